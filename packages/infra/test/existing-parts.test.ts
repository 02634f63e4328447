import { Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import { OpenClawPod, type ExistingParts, type OpenClawPodProps } from '../src/index.ts';
import {
  bucketOf,
  bundle,
  flatten,
  resourcesOf,
  scratchApp,
  specOf,
  templateOf,
  theOne,
} from './example-pod.ts';

const account = '123456789012';
const region = 'eu-central-1';
const at = (service: string, resource: string, where = region) =>
  `arn:aws:${service}:${where}:${account}:${resource}`;

function podWith(props: (stack: Stack) => Partial<OpenClawPodProps>) {
  const stack = new Stack(scratchApp(), 'Team', { env: { account, region } });
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789',
    zoneName: 'example.com',
  });
  new OpenClawPod(stack, 'Pod', {
    bundle,
    domain: { hostedZone, names: ['a.example.com'] },
    ...props(stack),
  });
  return templateOf(stack);
}
const withExisting = (existing: (stack: Stack) => ExistingParts, props: Partial<OpenClawPodProps> = {}) =>
  podWith((stack) => ({ existing: existing(stack), ...props }));
const policyOf = (template: ReturnType<typeof templateOf>) =>
  JSON.stringify(
    resourcesOf(template, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties?.['PolicyDocument']),
  );

describe('a user pool', () => {
  const pool = (stack: Stack) => cognito.UserPool.fromUserPoolId(stack, 'Pool', 'eu-central-1_AbCdEfGhI');

  test('is logged in to by a client of the pod, at its own domain', () => {
    const template = withExisting((stack) => ({
      login: {
        userPool: pool(stack),
        domain: cognito.UserPoolDomain.fromDomainName(stack, 'Domain', 'team'),
      },
    }));
    expect(resourcesOf(template, 'AWS::Cognito::UserPool')).toEqual([]);
    expect(resourcesOf(template, 'AWS::Cognito::UserPoolDomain')).toEqual([]);
    expect(theOne(template, 'AWS::Cognito::UserPoolClient').properties['UserPoolId']).toBe(
      'eu-central-1_AbCdEfGhI',
    );
    const rule = theOne(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').properties[
      'Actions'
    ] as unknown[];
    expect(rule[0]).toMatchObject({
      AuthenticateCognitoConfig: {
        UserPoolArn: expect.objectContaining({ 'Fn::Join': expect.anything() as unknown }) as unknown,
        UserPoolDomain: 'team',
      },
    });
  });

  test('gets a domain where it has none, and a style for its client unless its pages are the classic ones', () => {
    const template = withExisting((stack) => ({ login: { userPool: pool(stack) } }));
    expect(theOne(template, 'AWS::Cognito::UserPoolDomain').properties['Domain']).toBe(`openclaw-${account}`);
    expect(resourcesOf(template, 'AWS::Cognito::ManagedLoginBranding')).toHaveLength(1);
    const classic = withExisting((stack) => ({ login: { userPool: pool(stack), managedLogin: false } }));
    expect(resourcesOf(classic, 'AWS::Cognito::ManagedLoginBranding')).toEqual([]);
    expect(theOne(classic, 'AWS::Cognito::UserPoolDomain').properties['ManagedLoginVersion']).toBe(1);
  });
});

describe('a key', () => {
  test('encrypts secret and backups, and the role may use it for them', () => {
    const arn = at('kms', 'key/11111111-2222-3333-4444-555555555555');
    const template = withExisting((stack) => ({ key: kms.Key.fromKeyArn(stack, 'Key', arn) }));
    expect(resourcesOf(template, 'AWS::KMS::Key')).toEqual([]);
    expect(theOne(template, 'AWS::SecretsManager::Secret').properties['KmsKeyId']).toBe(arn);
    expect(JSON.stringify(bucketOf(template, 'Backups').properties['BucketEncryption'])).toContain(arn);
    expect(specOf(template)['backups']).toMatchObject({ kmsKey: arn });
    expect(policyOf(template)).toContain(arn);
  });

  test('of the app lets CloudWatch Logs in where logs are encrypted', () => {
    const template = withExisting((stack) => ({ key: new kms.Key(stack, 'Key') }), {
      logs: { encrypt: true },
    });
    expect(JSON.stringify(theOne(template, 'AWS::KMS::Key').properties['KeyPolicy'])).toContain(
      `logs.${region}`,
    );
    expect(theOne(template, 'AWS::Logs::LogGroup').properties).toHaveProperty('KmsKeyId');
  });
});

describe('a secret', () => {
  const complete = at('secretsmanager', 'secret:team/keys-AbCdEf');

  test('is read by its complete ARN, and with its own key', () => {
    const keyArn = at('kms', 'key/99999999-2222-3333-4444-555555555555');
    const template = withExisting((stack) => ({
      secret: secretsmanager.Secret.fromSecretAttributes(stack, 'Secret', {
        secretCompleteArn: complete,
        encryptionKey: kms.Key.fromKeyArn(stack, 'SecretKey', keyArn),
      }),
    }));
    expect(resourcesOf(template, 'AWS::SecretsManager::Secret')).toEqual([]);
    expect(specOf(template)['secret']).toEqual({ arn: complete });
    expect(policyOf(template)).toContain(`"Resource":"${complete}"`);
    expect(policyOf(template)).toContain(keyArn);
  });

  test('under the key of the service wants no permission for a key', () => {
    const template = withExisting((stack) => ({
      secret: secretsmanager.Secret.fromSecretCompleteArn(stack, 'Secret', complete),
    }));
    expect(policyOf(template)).not.toContain('kms:EncryptionContext:SecretARN');
  });

  test('by its name is that name with what Secrets Manager puts behind it', () => {
    const template = withExisting((stack) => ({
      secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'team/keys'),
    }));
    expect(
      flatten(
        JSON.parse(policyOf(template))[0].Statement.find(({ Sid }: { Sid: string }) => Sid === 'ReadSecret')
          .Resource,
      ),
    ).toMatch(/:secret:team\/keys-\?{6}$/);
  });

  test('of the app is one, too', () => {
    const template = withExisting((stack) => ({ secret: new secretsmanager.Secret(stack, 'Secret') }));
    expect(JSON.stringify(specOf(template)['secret'])).toContain('<Secret');
  });
});

describe('a file system', () => {
  const given = (stack: Stack) =>
    efs.FileSystem.fromFileSystemAttributes(stack, 'Files', {
      fileSystemId: 'fs-0123456789abcdef0',
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'FilesGroup', 'sg-0123456789abcdef0'),
    });
  const point = (stack: Stack, id: string, fileSystem: efs.IFileSystem) =>
    efs.AccessPoint.fromAccessPointAttributes(stack, id, { accessPointId: `fsap-${id}`, fileSystem });

  test('is mounted through access points of the pod, where it was given none', () => {
    const template = withExisting((stack) => ({ fileSystem: { fileSystem: given(stack) } }));
    expect(resourcesOf(template, 'AWS::EFS::FileSystem')).toEqual([]);
    // It has its own, and EFS refuses a second one in a zone.
    expect(resourcesOf(template, 'AWS::EFS::MountTarget')).toEqual([]);
    const points = resourcesOf(template, 'AWS::EFS::AccessPoint').map(([, { Properties }]) => Properties);
    expect(points).toEqual([
      expect.objectContaining({
        FileSystemId: 'fs-0123456789abcdef0',
        PosixUser: { Uid: '1800', Gid: '1800' },
      }),
      expect.objectContaining({
        FileSystemId: 'fs-0123456789abcdef0',
        PosixUser: { Uid: '1802', Gid: '1802' },
      }),
    ]);
    expect(specOf(template)['fileSystem']).toMatchObject({ id: 'fs-0123456789abcdef0' });
    const nfs = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(
      ([, { Properties }]) => Properties,
    );
    expect(nfs).toContainEqual(expect.objectContaining({ GroupId: 'sg-0123456789abcdef0', ToPort: 2049 }));
  });

  test('is mounted through its own access points', () => {
    const template = withExisting((stack) => {
      const fileSystem = given(stack);
      return {
        fileSystem: {
          fileSystem,
          stateAccessPoint: point(stack, '0123456789abcdef1', fileSystem),
          artifactsAccessPoint: point(stack, '0123456789abcdef2', fileSystem),
        },
      };
    });
    expect(resourcesOf(template, 'AWS::EFS::AccessPoint')).toEqual([]);
    expect(specOf(template)['fileSystem']).toMatchObject({
      stateAccessPoint: 'fsap-0123456789abcdef1',
      artifactsAccessPoint: 'fsap-0123456789abcdef2',
    });
    expect(policyOf(template)).toContain('access-point/fsap-0123456789abcdef1');
  });

  test('is not entered by the door of another, nor by one door for both', () => {
    const other = (stack: Stack) =>
      efs.FileSystem.fromFileSystemAttributes(stack, 'Other', {
        fileSystemId: 'fs-0fedcba9876543210',
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'OtherGroup', 'sg-0123456789abcdef1'),
      });
    const invalid = expect.objectContaining({ code: 'ACCESS_POINT_INVALID' }) as unknown as Error;
    expect(() =>
      withExisting((stack) => ({
        fileSystem: {
          fileSystem: given(stack),
          stateAccessPoint: point(stack, '0123456789abcdef1', other(stack)),
        },
      })),
    ).toThrow(invalid);
    expect(() =>
      withExisting((stack) => {
        const fileSystem = given(stack);
        const both = point(stack, '0123456789abcdef1', fileSystem);
        return { fileSystem: { fileSystem, stateAccessPoint: both, artifactsAccessPoint: both } };
      }),
    ).toThrow(invalid);
  });
});

test('a log group is written to, and left as it is', () => {
  const template = withExisting((stack) => ({
    logGroup: logs.LogGroup.fromLogGroupName(stack, 'Journal', '/team/pod'),
  }));
  expect(resourcesOf(template, 'AWS::Logs::LogGroup')).toEqual([]);
  expect(specOf(template)['logGroup']).toBe('/team/pod');
  expect(policyOf(template)).toContain(':log-group:/team/pod:log-stream:*');
});

test('a permissions boundary is that of every role', () => {
  const arn = `arn:aws:iam::${account}:policy/boundary`;
  const template = withExisting((stack) => ({
    permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', arn),
  }));
  const roles = resourcesOf(template, 'AWS::IAM::Role');
  expect(roles.length).toBeGreaterThan(0);
  for (const [, { Properties }] of roles) expect(Properties).toHaveProperty('PermissionsBoundary', arn);
});

describe('security groups', () => {
  const vpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });

  test('are used, and let the load balancer through to the gateway', () => {
    const template = podWith((stack) => {
      const own = vpc(stack);
      return {
        existingNetwork: {
          vpc: own,
          loadBalancerSecurityGroup: ec2.SecurityGroup.fromSecurityGroupId(
            stack,
            'Edge',
            'sg-0000000000000000a',
          ),
          gatewaySecurityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Inner', 'sg-0000000000000000b'),
        },
      };
    });
    const balancer = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties;
    expect(balancer['SecurityGroups']).toEqual(['sg-0000000000000000a']);
    const rules = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(
      ([, { Properties }]) => Properties,
    );
    expect(rules).toContainEqual(
      expect.objectContaining({
        GroupId: 'sg-0000000000000000b',
        SourceSecurityGroupId: 'sg-0000000000000000a',
        ToPort: 5173,
      }),
    );
    const data = theOne(template, 'AWS::EC2::LaunchTemplate').properties['LaunchTemplateData'] as {
      NetworkInterfaces: [{ Groups: string[] }];
    };
    expect(data.NetworkInterfaces[0].Groups).toEqual(['sg-0000000000000000b']);
  });

  test('are two: with one, who reaches the login page reaches the gateway behind it', () => {
    expect(() =>
      podWith((stack) => {
        const both = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Both', 'sg-0000000000000000a');
        return {
          existingNetwork: { vpc: vpc(stack), loadBalancerSecurityGroup: both, gatewaySecurityGroup: both },
        };
      }),
    ).toThrow(expect.objectContaining({ code: 'SECURITY_GROUP_SHARED' }));
  });
});

test.each<[string, (stack: Stack) => ExistingParts]>([
  ['existing.key', (stack) => ({ key: kms.Key.fromKeyArn(stack, 'X', at('kms', 'key/1', 'us-east-1')) })],
  [
    'existing.secret',
    (stack) => ({
      secret: secretsmanager.Secret.fromSecretCompleteArn(
        stack,
        'X',
        at('secretsmanager', 'secret:a-AbCdEf', 'us-east-1'),
      ),
    }),
  ],
  [
    'existing.login.userPool',
    (stack) => ({
      login: {
        userPool: cognito.UserPool.fromUserPoolArn(
          stack,
          'X',
          at('cognito-idp', 'userpool/us-east-1_AbCdEfGhI', 'us-east-1'),
        ),
      },
    }),
  ],
  [
    'existing.logGroup',
    (stack) => ({
      logGroup: logs.LogGroup.fromLogGroupArn(stack, 'X', at('logs', 'log-group:/a:*', 'us-east-1')),
    }),
  ],
  [
    'existing.fileSystem',
    (stack) => ({
      fileSystem: {
        fileSystem: efs.FileSystem.fromFileSystemAttributes(stack, 'X', {
          fileSystemArn: at('elasticfilesystem', 'file-system/fs-0123456789abcdef0', 'us-east-1'),
          securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'G', 'sg-0123456789abcdef0'),
        }),
      },
    }),
  ],
])('%s of another Region is refused', (place, existing) => {
  expect(() => withExisting(existing)).toThrow(
    expect.objectContaining({
      code: 'EXISTING_PART_ELSEWHERE',
      message: expect.stringContaining(`${place}: is in us-east-1`) as string,
    }),
  );
});

test('logs are not encrypted with a key whose policy nobody of the app writes', () => {
  const key = (stack: Stack) => ({ key: kms.Key.fromKeyArn(stack, 'Key', at('kms', 'key/1')) });
  expect(() => withExisting(key, { logs: { encrypt: true } })).toThrow(
    expect.objectContaining({ code: 'KEY_POLICY_NOT_OURS' }),
  );
});
