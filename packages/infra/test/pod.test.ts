import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bundle, exampleConfig, flatten, podTemplate, resourcesOf, specOf, theOne } from './example-pod.ts';

const template = podTemplate();
const names = exampleConfig.domain.names;
const ref = (id: string) => ({ Ref: id });

describe('S1: certificate, records, and a login at priority 1', () => {
  test('every DNS name has an A and an AAAA alias of the load balancer', () => {
    const records = resourcesOf(template, 'AWS::Route53::RecordSet').map(([, { Properties }]) => ({
      name: Properties?.['Name'],
      type: Properties?.['Type'],
      alias: JSON.stringify(Properties?.['AliasTarget']).includes('DNSName'),
    }));
    expect(records).toHaveLength(names.length * 2);
    for (const name of names) {
      for (const type of ['A', 'AAAA'])
        expect(records).toContainEqual({ name: `${name}.`, type, alias: true });
    }
    const balancer = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties;
    expect(balancer).toMatchObject({ IpAddressType: 'dualstack', Scheme: 'internet-facing' });
  });

  test('the certificate covers every DNS name and is validated in the hosted zone', () => {
    const { properties } = theOne(template, 'AWS::CertificateManager::Certificate');
    expect(properties).toMatchObject({
      DomainName: names[0],
      SubjectAlternativeNames: names.slice(1),
      ValidationMethod: 'DNS',
      DomainValidationOptions: names.map((DomainName) => ({
        DomainName,
        HostedZoneId: 'Z0123456789ABCDEFGHIJ',
      })),
    });
  });

  test('one rule, at priority 1, logs in on every DNS name and then forwards', () => {
    const { properties } = theOne(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(properties['Priority']).toBe(1);
    expect(properties['Conditions']).toEqual([{ Field: 'host-header', HostHeaderConfig: { Values: names } }]);
    expect(properties['Actions']).toEqual([
      {
        Type: 'authenticate-cognito',
        Order: 1,
        AuthenticateCognitoConfig: expect.objectContaining({
          OnUnauthenticatedRequest: 'authenticate',
          Scope: 'openid email',
          SessionTimeout: 86_400,
          UserPoolClientId: ref(theOne(template, 'AWS::Cognito::UserPoolClient').id),
          UserPoolDomain: ref(theOne(template, 'AWS::Cognito::UserPoolDomain').id),
        }),
      },
      {
        Type: 'forward',
        Order: 2,
        TargetGroupArn: ref(theOne(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id),
      },
    ]);
  });

  test('HTTPS is TLS 1.2 or later and HTTP only redirects', () => {
    const listeners = Object.fromEntries(
      resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener').map(([, { Properties }]) => [
        Properties?.['Port'],
        Properties,
      ]),
    );
    expect(Object.keys(listeners).toSorted()).toEqual(['443', '80']);
    expect(listeners[443]).toMatchObject({
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '403' } }],
    });
    expect(listeners[80]).toMatchObject({
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
  });

  test('only an admin creates users, and the client is one that a load balancer can use', () => {
    expect(theOne(template, 'AWS::Cognito::UserPool').properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
    expect(theOne(template, 'AWS::Cognito::UserPoolClient').properties).toMatchObject({
      GenerateSecret: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: expect.arrayContaining(['openid']),
      CallbackURLs: names.map((name) => `https://${name}/oauth2/idpresponse`),
      PreventUserExistenceErrors: 'ENABLED',
    });
    expect(theOne(template, 'AWS::Cognito::UserPoolDomain').properties).toMatchObject({
      Domain: 'openclaw-123456789012',
      ManagedLoginVersion: 2,
    });
    expect(theOne(template, 'AWS::Cognito::ManagedLoginBranding').properties).toMatchObject({
      UseCognitoProvidedValues: true,
      ClientId: ref(theOne(template, 'AWS::Cognito::UserPoolClient').id),
    });
  });

  describe('groups and providers of others', () => {
    const federated = podTemplate({
      login: {
        groups: [
          'admins',
          { name: 'support', scopes: ['operator.read'], agents: ['desk'] },
          'members',
          'viewers',
        ],
        identityProviders: [
          {
            type: 'oidc',
            name: 'Corp',
            issuer: 'https://idp.example.com',
            clientId: 'client-of-the-pool',
            clientSecretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:corp-AbCdEf',
            attributes: { groups: 'groups' },
            groups: { 'claw-admins': 'admins' },
          },
          { type: 'saml', name: 'Old', metadataUrl: 'https://old.example.com/metadata' },
        ],
      },
    });
    const client = theOne(federated, 'AWS::Cognito::UserPoolClient').properties;

    test('are in the user pool, groups to outlive the stack', () => {
      const groups = resourcesOf(federated, 'AWS::Cognito::UserPoolGroup');
      expect(
        groups.map(([, { Properties }]) => [Properties?.['GroupName'], Properties?.['Precedence']]),
      ).toEqual([
        ['admins', 0],
        ['support', 1],
        ['members', 2],
        ['viewers', 3],
      ]);
      for (const [, { DeletionPolicy }] of groups) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    });

    test('bring their people by the login page, and their groups in an attribute that a client may write', () => {
      expect(client['SupportedIdentityProviders']).toEqual([
        'COGNITO',
        ref(providerId('Corp')),
        ref(providerId('Old')),
      ]);
      expect(client['WriteAttributes']).toEqual(expect.arrayContaining(['custom:groups', 'email', 'name']));
      // Nobody's token lets them write it.
      expect(client['AllowedOAuthScopes']).not.toContain('aws.cognito.signin.user.admin');
      expect(theOne(federated, 'AWS::Cognito::UserPool').properties['Schema']).toEqual([
        { Name: 'groups', AttributeDataType: 'String', Mutable: true },
      ]);
    });

    const providerId = (name: string) =>
      Object.entries(federated.Resources).find(
        ([, { Type, Properties }]) =>
          Type === 'AWS::Cognito::UserPoolIdentityProvider' && Properties?.['ProviderName'] === name,
      )![0];

    test('are a client of an OpenID provider, whose secret stands in no template', () => {
      expect(federated.Resources[providerId('Corp')]?.Properties).toMatchObject({
        ProviderType: 'OIDC',
        ProviderDetails: {
          client_id: 'client-of-the-pool',
          client_secret:
            '{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:corp-AbCdEf:SecretString:::}}',
          oidc_issuer: 'https://idp.example.com',
          authorize_scopes: 'openid email profile',
        },
        AttributeMapping: { email: 'email', name: 'name', 'custom:groups': 'groups' },
      });
    });

    test('are a service of a SAML provider', () => {
      expect(federated.Resources[providerId('Old')]?.Properties).toMatchObject({
        ProviderType: 'SAML',
        ProviderDetails: { MetadataURL: 'https://old.example.com/metadata' },
      });
    });

    test('stand in the spec, with the roles that they give', () => {
      const { login, openclaw } = specOf(federated);
      expect(login).toMatchObject({
        groups: [
          { name: 'admins', role: 'admin' },
          { name: 'support', role: 'support' },
          { name: 'members', role: 'member' },
          { name: 'viewers', role: 'viewer' },
        ],
        providers: [{ name: 'Corp', groups: { 'claw-admins': 'admins' } }],
      });
      expect(openclaw.config).toHaveProperty('gateway.roles.definitions.support', {
        sessions: { others: 'none' },
        agents: ['desk'],
        scopes: ['operator.read'],
      });
      expect(openclaw.config).toHaveProperty('gateway.roles.definitions.viewer.scopes', ['operator.read']);
    });

    test('are made in no pool that was there before: what it has could not be made again', () => {
      const kept = podTemplate({
        login: { groups: ['members'] },
        retainedFrom: { userPoolId: 'eu-central-1_Example' },
      });
      expect(resourcesOf(kept, 'AWS::Cognito::UserPoolGroup')).toEqual([]);
      expect(specOf(kept)['login']).toMatchObject({ groups: [{ name: 'members', role: 'member' }] });
    });
  });

  test('a user who is disabled is out within 15 minutes, when the tokens of the session are over', () => {
    expect(theOne(template, 'AWS::Cognito::UserPoolClient').properties).toMatchObject({
      AccessTokenValidity: 15,
      IdTokenValidity: 15,
      RefreshTokenValidity: 24 * 60,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      EnableTokenRevocation: true,
    });
  });

  test('the load balancer itself reaches Cognito and the gateway, and nothing else', () => {
    const { properties } = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const [{ 'Fn::GetAtt': reference }] = properties['SecurityGroups'] as [
      { 'Fn::GetAtt': [string, string] },
    ];
    expect(template.Resources[reference[0]]?.Properties?.['SecurityGroupEgress']).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }),
    ]);
    expect(theOne(template, 'AWS::EC2::SecurityGroupEgress').properties).toMatchObject({
      GroupId: { 'Fn::GetAtt': reference },
      FromPort: 5173,
      ToPort: 5173,
    });
  });

  test('malformed requests do not reach the gateway', () => {
    const { properties } = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const attributes = Object.fromEntries(
      (properties['LoadBalancerAttributes'] as { Key: string; Value: string }[]).map(({ Key, Value }) => [
        Key,
        Value,
      ]),
    );
    expect(attributes).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'strictest',
      'idle_timeout.timeout_seconds': '120',
    });
  });
});

describe('answers over HTTPS', () => {
  const listeners = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener');
  const attributesOf = (protocol: string) => {
    const [, listener] = listeners.find(([, { Properties }]) => Properties?.['Protocol'] === protocol)!;
    const list = (listener.Properties?.['ListenerAttributes'] ?? []) as { Key: string; Value: string }[];
    return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
  };

  test('say that the name is to be asked over HTTPS only, for a year, and speak for no other name', () => {
    const policy = attributesOf('HTTPS')['routing.http.response.strict_transport_security.header_value'];
    expect(policy).toBe('max-age=31536000');
  });

  test('do not say what answers', () => {
    expect(attributesOf('HTTPS')['routing.http.response.server.enabled']).toBe('false');
  });

  test('keep what the gateway itself says of content and frames', () => {
    expect(Object.keys(attributesOf('HTTPS'))).toHaveLength(2);
  });

  test('over HTTP are redirects, which browsers take no policy from', () => {
    expect(attributesOf('HTTP')).toEqual({});
  });
});

describe('S2: the gateway believes the load balancer, and nobody else', () => {
  const gateway = specOf(template).openclaw.config['gateway'] as Record<string, unknown>;

  test('trusted proxies are the subnets of the load balancer', () => {
    const { properties } = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const subnets = (properties['Subnets'] as { Ref: string }[]).map(({ Ref }) => template.Resources[Ref]);
    expect(gateway['trustedProxies']).toEqual(subnets.map((subnet) => subnet?.Properties?.['CidrBlock']));
    expect(gateway['trustedProxies']).toHaveLength(2);
  });

  test('the instance lives in other subnets', () => {
    const { properties } = theOne(template, 'AWS::AutoScaling::AutoScalingGroup');
    const own = (properties['VPCZoneIdentifier'] as { Ref: string }[]).map(
      ({ Ref }) => template.Resources[Ref]?.Properties?.['CidrBlock'],
    );
    expect(own).toHaveLength(2);
    for (const cidr of own) expect(gateway['trustedProxies']).not.toContain(cidr);
  });

  test('only the load balancer reaches the port of the gateway', () => {
    const port = theOne(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').properties['Port'];
    expect(gateway['port']).toBe(port);
    const ingress = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(
      ([, { Properties }]) => Properties,
    );
    const launch = theOne(template, 'AWS::EC2::LaunchTemplate').properties['LaunchTemplateData'] as Record<
      string,
      unknown
    >;
    const [group] = (launch['NetworkInterfaces'] as [{ Groups: unknown[] }])[0].Groups;
    const balancer = (
      theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties['SecurityGroups'] as unknown[]
    )[0];
    expect(ingress.filter((rule) => JSON.stringify(rule?.['GroupId']) === JSON.stringify(group))).toEqual([
      expect.objectContaining({
        FromPort: port,
        ToPort: port,
        IpProtocol: 'tcp',
        SourceSecurityGroupId: balancer,
      }),
    ]);
    const own = template.Resources[(group as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0]];
    expect(own?.Properties).not.toHaveProperty('SecurityGroupIngress');
  });
});

describe('S3: exactly one instance, replaced when unhealthy', () => {
  const { resource, properties } = theOne(template, 'AWS::AutoScaling::AutoScalingGroup');

  test('minimum, maximum and desired capacity are 1', () => {
    expect(properties).toMatchObject({ MinSize: '1', MaxSize: '1', DesiredCapacity: '1' });
  });

  test('the load balancer says what is healthy, by a path that answers without attribution', () => {
    expect(properties).toMatchObject({
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 120,
      TargetGroupARNs: [ref(theOne(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id)],
    });
    expect(theOne(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').properties).toMatchObject({
      HealthCheckPath: '/healthz',
      Matcher: { HttpCode: '200' },
      TargetGroupAttributes: expect.arrayContaining([
        { Key: 'deregistration_delay.timeout_seconds', Value: '15' },
      ]),
    });
  });

  test('the old instance ends before the new one begins', () => {
    expect(properties['InstanceMaintenancePolicy']).toEqual({
      MinHealthyPercentage: 0,
      MaxHealthyPercentage: 100,
    });
    expect(JSON.stringify(resource.UpdatePolicy)).toContain('"MinHealthyPercentage":0');
    expect(JSON.stringify(resource.UpdatePolicy)).toContain('"MaxHealthyPercentage":100');
  });
});

describe('S4: a hook holds a new instance until the bootstrap says ready', () => {
  const { resource, properties } = theOne(template, 'AWS::AutoScaling::AutoScalingGroup');

  test('the hook is part of the group, and silence means ABANDON', () => {
    expect(properties['LifecycleHookSpecificationList']).toEqual([
      {
        LifecycleHookName: 'gateway-ready',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        DefaultResult: 'ABANDON',
        HeartbeatTimeout: 900,
      },
      {
        LifecycleHookName: 'gateway-drained',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        DefaultResult: 'CONTINUE',
        HeartbeatTimeout: 480,
      },
    ]);
    expect(resourcesOf(template, 'AWS::AutoScaling::LifecycleHook')).toEqual([]);
  });

  test('the spec names this very hook and group, and how often the load balancer looks', () => {
    expect(specOf(template)['lifecycle']).toEqual({
      autoScalingGroup: properties['AutoScalingGroupName'],
      hook: 'gateway-ready',
      heartbeatSeconds: 900,
      drainHook: 'gateway-drained',
      healthCheckSeconds: theOne(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').properties[
        'HealthCheckIntervalSeconds'
      ],
    });
  });

  test('the first instance finds its policy, its spec, its file system and a way out', () => {
    const after = new Set(resource.DependsOn);
    for (const type of [
      'AWS::IAM::Policy',
      'AWS::SSM::Parameter',
      'AWS::EFS::MountTarget',
      'AWS::EC2::Route',
    ]) {
      const ids = resourcesOf(template, type).map(([id]) => id);
      expect({ type, found: ids.some((id) => after.has(id)) }).toEqual({ type, found: true });
    }
    for (const [id] of resourcesOf(template, 'AWS::EFS::MountTarget')) expect(after).toContain(id);
  });
});

describe('S5: state outlives everything', () => {
  const { id, resource, properties } = theOne(template, 'AWS::EFS::FileSystem');

  test('encrypted, backed up, regional, retained', () => {
    expect(properties).toMatchObject({
      Encrypted: true,
      BackupPolicy: { Status: 'ENABLED' },
      ThroughputMode: 'elastic',
    });
    expect(properties).not.toHaveProperty('AvailabilityZoneName');
    expect(resource.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(resourcesOf(template, 'AWS::EFS::MountTarget')).toHaveLength(2);
  });

  test('two access points, each with an account of its own, are all there is to mount', () => {
    const points = resourcesOf(template, 'AWS::EFS::AccessPoint').map(([, { Properties }]) => Properties);
    expect(points).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          FileSystemId: ref(id),
          PosixUser: { Uid: '1800', Gid: '1800' },
          RootDirectory: {
            Path: '/state',
            CreationInfo: { OwnerUid: '1800', OwnerGid: '1800', Permissions: '700' },
          },
        }),
        expect.objectContaining({ RootDirectory: expect.objectContaining({ Path: '/artifacts' }) }),
      ]),
    );
    expect(points).toHaveLength(2);
  });

  test('only the gateway reaches the mount targets', () => {
    const nfs = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress')
      .map(([, { Properties }]) => Properties)
      .filter((rule) => rule?.['ToPort'] === 2049);
    expect(nfs).toHaveLength(1);
    expect(nfs[0]).toHaveProperty('SourceSecurityGroupId');
  });
});

describe('S6: a config change is no change of the machine', () => {
  test('user data and launch template stay when the config changes', () => {
    const changed = podTemplate({ openclaw: { admins: [], config: { session: { scope: 'global' } } } });
    expect(theOne(changed, 'AWS::EC2::LaunchTemplate')).toEqual(theOne(template, 'AWS::EC2::LaunchTemplate'));
    expect(specOf(changed)).not.toEqual(specOf(template));
  });

  test('a pinned image is no parameter that the next deploy reads anew', () => {
    const pinned = podTemplate({ machine: { imageId: 'ami-0123456789abcdef0' } });
    expect(theOne(pinned, 'AWS::EC2::LaunchTemplate').properties['LaunchTemplateData']).toHaveProperty(
      'ImageId',
      'ami-0123456789abcdef0',
    );
    expect(JSON.stringify(template.Parameters)).toContain('AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>');
    expect(JSON.stringify(pinned.Parameters)).not.toContain('AWS::EC2::Image::Id');
  });
});

describe('Ollama', () => {
  const ollama = {
    version: '0.12.3',
    sha256: 'a'.repeat(64),
    models: ['llama3.2:3b', 'hf.co/team/Model:Q4_K_M'],
  };

  test('is not there unless it is asked for', () => {
    const spec = specOf(template);
    expect(spec).not.toHaveProperty('ollama');
    expect(spec.openclaw.config).not.toHaveProperty('models.providers.ollama');
  });

  test('runs on the instance, as a provider of the gateway, without another launch template', () => {
    const local = podTemplate({ ollama });
    const spec = specOf(local);
    expect(spec['ollama']).toEqual(ollama);
    expect(spec.openclaw.config).toHaveProperty('models.providers.ollama.baseUrl', 'http://127.0.0.1:11434');
    expect(spec.openclaw.config).toHaveProperty('models.providers.amazon-bedrock');
    expect(theOne(local, 'AWS::EC2::LaunchTemplate')).toEqual(theOne(template, 'AWS::EC2::LaunchTemplate'));
  });
});

describe('S7: secrets', () => {
  const { resource, properties } = theOne(template, 'AWS::SecretsManager::Secret');

  test('encrypted with a rotated key of the pod, retained', () => {
    const key = theOne(template, 'AWS::KMS::Key');
    expect(properties['KmsKeyId']).toEqual({ 'Fn::GetAtt': [key.id, 'Arn'] });
    expect(key.properties['EnableKeyRotation']).toBe(true);
    expect([resource.DeletionPolicy, key.resource.DeletionPolicy]).toEqual([
      'RetainExceptOnCreate',
      'RetainExceptOnCreate',
    ]);
  });

  test('the template knows the names and no value', () => {
    expect(JSON.parse(properties['SecretString'] as string)).toEqual({
      ANTHROPIC_API_KEY: '',
      OPENAI_API_KEY: '',
    });
    expect(specOf(template)['secret']).toEqual({
      arn: `<${theOne(template, 'AWS::SecretsManager::Secret').id}>`,
    });
  });
});

describe('S8: logs', () => {
  test('kept for 365 days in a group that the spec names', () => {
    const { id, resource, properties } = theOne(template, 'AWS::Logs::LogGroup');
    expect(properties['RetentionInDays']).toBe(365);
    expect(resource.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(specOf(template)['logGroup']).toBe(`<${id}>`);
  });

  test('encrypted with the key of the pod on request', () => {
    const encrypted = podTemplate({ logs: { encrypt: true } });
    const key = theOne(encrypted, 'AWS::KMS::Key');
    expect(theOne(encrypted, 'AWS::Logs::LogGroup').properties['KmsKeyId']).toEqual({
      'Fn::GetAtt': [key.id, 'Arn'],
    });
    expect(JSON.stringify(key.properties['KeyPolicy'])).toContain('logs.eu-central-1.amazonaws.com');
  });
});

describe('S9: the machine', () => {
  const data = theOne(template, 'AWS::EC2::LaunchTemplate').properties['LaunchTemplateData'] as Record<
    string,
    unknown
  >;
  const script = flatten(data['UserData']);

  test('IMDSv2 only, one hop, encrypted disk, no SSH key, no public address', () => {
    expect(data['MetadataOptions']).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(data['BlockDeviceMappings']).toEqual([
      {
        DeviceName: '/dev/xvda',
        Ebs: expect.objectContaining({ Encrypted: true, VolumeType: 'gp3', VolumeSize: 20 }),
      },
    ]);
    expect(data).not.toHaveProperty('KeyName');
    expect(data['NetworkInterfaces']).toEqual([expect.objectContaining({ AssociatePublicIpAddress: false })]);
  });

  test('Amazon Linux 2023, arm64 unless asked otherwise', () => {
    const image = template.Parameters?.[(data['ImageId'] as { Ref: string }).Ref];
    expect(image).toEqual({
      Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
    });
    expect(data['InstanceType']).toBe('t4g.medium');
    const x86 = podTemplate({ machine: { architecture: 'x86_64' } });
    expect(JSON.stringify(x86.Parameters)).toContain('al2023-ami-kernel-default-x86_64');
    expect(JSON.stringify(theOne(x86, 'AWS::EC2::LaunchTemplate').properties)).toContain('"t3.medium"');
  });

  test('user data fetches the bundle, checks it before it runs it, and knows only where the spec is', () => {
    const sha256 = createHash('sha256').update(readFileSync(bundle)).digest('hex');
    const lines = script.split('\n');
    const place = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(place('set -euo pipefail')).toBe(1);
    expect(place('aws s3 cp')).toBeGreaterThan(0);
    expect(lines[place('sha256sum --check --strict')]).toContain(sha256);
    expect(place('sha256sum')).toBeGreaterThan(place('aws s3 cp'));
    expect(place('/usr/bin/node-24')).toBeGreaterThan(place('sha256sum'));
    // Under the lock that the timer's runs take too.
    expect(lines[place('/usr/bin/node-24')]).toMatch(/^exec flock \/run\/clawharbor-bootstrap\.lock /);
    expect(script).toContain('run --host systemd --spec ssm:/clawharbor/openclaw/spec');
    expect(theOne(template, 'AWS::SSM::Parameter').properties['Name']).toBe('/clawharbor/openclaw/spec');
    expect(script).not.toMatch(/trustedProxies|openclaw\.example\.com|SecretsSecret/);
  });
});

test('outputs name what an operator needs', () => {
  expect(Object.keys(template.Outputs ?? {}).toSorted()).toEqual([
    'AlarmTopicArn',
    'AutoScalingGroupName',
    'DeployedAs',
    'LogGroupName',
    'SecretArn',
    'SpecParameterName',
    'Url',
    'UserPoolId',
  ]);
  expect(template.Outputs?.['Url']?.Value).toBe('https://openclaw.example.com/new');
});

test('what is deployed is reviewed when it changes', async () => {
  await expect(`${JSON.stringify(template, undefined, 2)}\n`).toMatchFileSnapshot(
    './snapshots/pod.template.snap',
  );
});
