import { describe, expect, test } from 'vitest';
import { exampleConfig, podTemplate, resourcesOf, theOne } from './example-pod.ts';

const publicZone = exampleConfig.domain.hostedZone;
const privateZone = { id: 'Z0PRIVATE', name: 'example.com' };
const certificateAuthorityArn =
  'arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-0000-0000-0000-000000000000';
const network = { internetFacing: false, allowedCidrs: ['10.0.0.0/8'] };
const names = ['openclaw.example.com'];

const zonesOf = (template: ReturnType<typeof podTemplate>) =>
  new Set(
    resourcesOf(template, 'AWS::Route53::RecordSet').map(
      ([, { Properties }]) => Properties?.['HostedZoneId'],
    ),
  );

describe('split DNS', () => {
  const template = podTemplate({ network, domain: { hostedZone: publicZone, privateZone, names } });

  test('tells the names to the networks of the private zone, and to nobody else', () => {
    expect([...zonesOf(template)]).toEqual([privateZone.id]);
    expect(resourcesOf(template, 'AWS::Route53::RecordSet')).toHaveLength(2);
  });

  test('validates the certificate in the public zone', () => {
    expect(theOne(template, 'AWS::CertificateManager::Certificate').properties).toMatchObject({
      DomainValidationOptions: [{ DomainName: names[0], HostedZoneId: publicZone.id }],
    });
  });

  test('leads to a load balancer without public addresses, in subnets without them', () => {
    const { properties } = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(properties['Scheme']).toBe('internal');
    for (const subnet of properties['Subnets'] as { Ref: string }[]) {
      expect(template.Resources[subnet.Ref]?.Properties?.['MapPublicIpOnLaunch']).toBe(false);
    }
  });
});

describe('a certificate of a private CA', () => {
  const template = podTemplate({
    network,
    domain: { privateZone, certificateAuthorityArn, names: [...names, 'chat.example.com'] },
  });

  test('is issued by it for every name, and wants no public zone', () => {
    const { id, properties } = theOne(template, 'AWS::CertificateManager::Certificate');
    expect(properties).toMatchObject({
      CertificateAuthorityArn: certificateAuthorityArn,
      DomainName: names[0],
      SubjectAlternativeNames: ['chat.example.com'],
    });
    expect(properties).not.toHaveProperty('ValidationMethod');
    const listeners = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::Listener');
    expect(listeners.flatMap(([, { Properties }]) => Properties?.['Certificates'] ?? [])).toEqual([
      { CertificateArn: { Ref: id } },
    ]);
  });

  test('may stand without any zone: then somebody points the names at the load balancer', () => {
    const without = podTemplate({ domain: { certificateAuthorityArn, names } });
    expect(resourcesOf(without, 'AWS::Route53::RecordSet')).toEqual([]);
    expect(without.Outputs).toHaveProperty('LoadBalancerDnsName');
    expect(template.Outputs).not.toHaveProperty('LoadBalancerDnsName');
  });

  test('is refused where it is of another Region', () => {
    const elsewhere = certificateAuthorityArn.replace('eu-central-1', 'eu-west-1');
    expect(() => podTemplate({ domain: { certificateAuthorityArn: elsewhere, names } })).toThrow(
      expect.objectContaining({ code: 'EXISTING_PART_ELSEWHERE' }),
    );
  });
});

describe('endpoints', () => {
  const interfaces = (template: ReturnType<typeof podTemplate>) =>
    resourcesOf(template, 'AWS::EC2::VPCEndpoint').filter(
      ([, { Properties }]) => Properties?.['VpcEndpointType'] === 'Interface',
    );
  const servicesOf = (template: ReturnType<typeof podTemplate>) =>
    interfaces(template).map(([, { Properties }]) => String(Properties?.['ServiceName']).split('.').at(-1));

  test('there are none unless asked for', () => expect(interfaces(podTemplate())).toEqual([]));

  test('take what the role of the instance may call, and are there before it', () => {
    const template = podTemplate({ network: { endpoints: true } });
    const { PolicyDocument } = theOne(template, 'AWS::IAM::Policy').properties as {
      PolicyDocument: { Statement: { Action: string | string[] }[] };
    };
    const called = PolicyDocument.Statement.flatMap(({ Action }) => Action).map(
      (action) => action.split(':')[0]!,
    );
    // By the VPC itself, by a gateway endpoint, through another service, and as the login page does.
    const elsewise = new Set(['elasticfilesystem', 's3', 'kms', 'aws-marketplace', 'cognito-idp']);
    const expected = new Set(called.filter((service) => !elsewise.has(service)));
    expect(new Set(servicesOf(template))).toEqual(new Set([...expected, 'bedrock-runtime']));
    const group = theOne(template, 'AWS::AutoScaling::AutoScalingGroup').resource;
    for (const [id, { Properties }] of interfaces(template)) {
      expect(group.DependsOn, id).toContain(id);
      expect(Properties).toMatchObject({ PrivateDnsEnabled: true });
      expect(Properties?.['SubnetIds']).toHaveLength(2);
    }
  });

  test('let in the gateway only', () => {
    const template = podTemplate({ network: { endpoints: true } });
    const rules = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').filter(([id]) =>
      /Endpoints/.test(id),
    );
    expect(rules.map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({ FromPort: 443, ToPort: 443 }),
    ]);
    expect(JSON.stringify(rules[0]![1].Properties?.['SourceSecurityGroupId'])).toContain(
      'GatewaySecurityGroup',
    );
  });

  test('lead to no other Region', () => {
    const template = podTemplate({ network: { endpoints: true }, bedrock: { region: 'us-west-2' } });
    expect(servicesOf(template)).not.toContain('bedrock-runtime');
  });
});

const certificateArn =
  'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-0000-0000-000000000000';
test.each([
  [
    'CERTIFICATE_INVALID',
    { certificateAuthorityArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/x', names },
  ],
  ['CERTIFICATE_INVALID', { certificateAuthorityArn, certificateArn, names }],
  ['CERTIFICATE_INVALID', { privateZone, names }],
  [
    'HOSTED_ZONE_INVALID',
    { certificateAuthorityArn, privateZone: { id: 'zone', name: 'example.com' }, names },
  ],
  ['DNS_NAME_OUTSIDE_ZONE', { certificateAuthorityArn, privateZone: { id: 'Z1', name: 'corp.test' }, names }],
  ['DNS_NAME_OUTSIDE_ZONE', { hostedZone: { id: 'Z1', name: 'corp.test' }, privateZone, names }],
])('%s: %j', (code, domain) => {
  expect(() => podTemplate({ domain })).toThrow(
    expect.objectContaining({
      issues: expect.arrayContaining([expect.objectContaining({ params: { code } })]) as unknown,
    }),
  );
});
