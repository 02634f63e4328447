import { describe, expect, it } from 'vitest';
import * as autoscaling from '../src/catalogue/autoscaling.ts';
import * as bedrock from '../src/catalogue/bedrock.ts';
import * as cloudwatch from '../src/catalogue/cloudwatch.ts';
import * as efs from '../src/catalogue/elasticfilesystem.ts';
import * as iam from '../src/catalogue/iam.ts';
import * as kms from '../src/catalogue/kms.ts';
import * as logs from '../src/catalogue/logs.ts';
import * as s3 from '../src/catalogue/s3.ts';
import * as secretsmanager from '../src/catalogue/secretsmanager.ts';
import {
  allow,
  anyone,
  awsPrincipal,
  deny,
  document,
  limits,
  resourcePolicy,
  servicePrincipal,
} from '../src/index.ts';
import { encryptLogs, fileSystemPolicy, mountFileSystem } from '../src/intents/index.ts';

const here = { region: 'eu-central-1', account: '111122223333' };
const object = (key: string) => s3.object({ bucket: 'assets', key });

describe('a document', () => {
  it('is plain IAM JSON of version 2012-10-17', () => {
    const policy = document(
      allow('Lifecycle', autoscaling.RecordLifecycleActionHeartbeat, autoscaling.CompleteLifecycleAction).on(
        autoscaling.autoScalingGroup({ ...here, name: 'pod-*' }),
      ),
      allow('Metrics', cloudwatch.PutMetricData)
        .onAll()
        .when('cloudwatch:namespace', 'StringEquals', 'B', 'A')
        .when('aws:CurrentTime', 'DateLessThan', new Date('2027-01-01T00:00:00Z'))
        .when('aws:ViaAWSService', 'Bool', false),
    );
    expect(JSON.parse(JSON.stringify(policy))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Lifecycle',
          Effect: 'Allow',
          Action: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
          Resource:
            'arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:*:autoScalingGroupName/pod-*',
        },
        {
          Sid: 'Metrics',
          Effect: 'Allow',
          Action: 'cloudwatch:PutMetricData',
          Resource: '*',
          Condition: {
            Bool: { 'aws:ViaAWSService': 'false' },
            DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' },
            StringEquals: { 'cloudwatch:namespace': ['A', 'B'] },
          },
        },
      ],
    });
  });

  it('merges statements of one Sid that differ only in their resources or only in their actions', () => {
    const policy = document(
      allow('Read', s3.GetObject).on(object('a')),
      allow('Read', s3.GetObject).on(object('b')),
      allow('Read', s3.GetObjectVersion).on(object('a'), object('b')),
    );
    expect(policy.toJSON().Statement).toEqual([
      {
        Sid: 'Read',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:GetObjectVersion'],
        Resource: ['arn:aws:s3:::assets/a', 'arn:aws:s3:::assets/b'],
      },
    ]);
  });

  it('keeps statements of different Sids apart: a Sid says why a permission is there', () => {
    const policy = document(
      allow('A', s3.GetObject).on(object('a')),
      allow('B', s3.GetObject).on(object('a')),
    );
    expect(policy.statements.map(({ sid }) => sid)).toEqual(['A', 'B']);
  });

  it('numbers equal Sids, around those that are taken', () => {
    const policy = document(
      allow('Read', s3.GetObject).on(object('a')),
      deny('Read', s3.GetObject).on(object('b')),
      allow('Read2', s3.PutObject).on(object('c')),
    );
    expect(policy.statements.map(({ sid }) => sid)).toEqual(['Read', 'Read2', 'Read3']);
  });

  it('cannot be changed, neither itself nor by its JSON', () => {
    const policy = document(
      allow('Read', s3.GetObject, s3.GetObjectVersion)
        .on(object('a'), object('b'))
        .when('s3:authType', 'StringEquals', 'a', 'b'),
      allow('Keys', kms.DescribeKey).unscoped('keys are found by alias'),
    );
    const before = JSON.stringify(policy);
    spoil(policy.toJSON());
    expect(() => spoil(policy.statements)).toThrow(TypeError);
    expect(() => spoil(policy.statements[0])).toThrow(TypeError);
    expect(() => spoil(policy.statements[1]!.conditions['StringEquals']!['s3:authType'])).toThrow(TypeError);
    expect(() => spoil(policy.unscoped)).toThrow(TypeError);
    expect(() => spoil(anyone)).toThrow(TypeError);
    expect(JSON.stringify(policy)).toBe(before);
  });

  it('sorts tokens by their numbers, whose digits depend on the rest of the app', () => {
    const resources = ([one, other]: [number, number]) =>
      document(
        allow('Read', secretsmanager.GetSecretValue).on(
          secretsmanager.secret(`\${Token[TOKEN.${one}]}`),
          secretsmanager.secret(`\${Token[TOKEN.${other}]}`),
        ),
      ).statements[0]!.resources.map((resource) => resource.includes(`${one}`));
    expect(resources([99, 100])).toEqual([true, false]);
    expect(resources([98, 99])).toEqual([true, false]);
  });

  it('keeps the reasons for every *', () => {
    const policy = document(
      allow('Read', s3.GetObject).on(object('a')),
      allow('Keys', kms.DescribeKey).unscoped('keys are found by alias'),
    );
    expect(policy.unscoped).toEqual([{ sid: 'Keys', reasons: ['keys are found by alias'] }]);
    expect(JSON.stringify(policy)).not.toContain('found by alias');
  });

  it('lets a deny say *', () => {
    const policy = document(deny('NoDeletes', s3.DeleteObject).onAll());
    expect(policy.toJSON().Statement[0]).toMatchObject({ Effect: 'Deny', Resource: '*' });
    expect(policy.unscoped).toEqual([]);
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov', '${AWS::Partition}', '${Token[AWS.Partition.3]}'])(
    'writes the partition %s',
    (partition) => {
      expect(s3.bucket({ partition, name: 'assets' })).toBe(`arn:${partition}:s3:::assets`);
    },
  );

  it('passes tokens through, as parts and as whole ARNs', () => {
    const token = '${Token[TOKEN.42]}';
    expect(efs.fileSystem({ region: token, account: token, id: `fs-${token}` })).toBe(
      `arn:aws:elasticfilesystem:${token}:${token}:file-system/fs-${token}`,
    );
    expect(secretsmanager.secret(token)).toBe(token);
    expect(secretsmanager.secret(`${token}-??????`)).toBe(`${token}-??????`);
  });

  it('compares what stands around a token', () => {
    const complete = 'arn:${AWS::Partition}:s3:::${Token[TOKEN.42]}/*';
    expect(s3.object(complete)).toBe(complete);
    const group =
      'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/pod/${AWS::StackName}:*';
    expect(logs.logGroup(group)).toBe(group);
  });

  it('takes IAM variables for names', () => {
    const name = 'data-${aws:PrincipalTag/team}';
    expect(s3.bucket({ name })).toBe(`arn:aws:s3:::${name}`);
    expect(s3.bucket(`arn:aws:s3:::${name}`)).toBe(`arn:aws:s3:::${name}`);
  });

  it('mounts through several access points', () => {
    const accessPoint = (id: string) => efs.accessPoint({ ...here, id });
    const mount = mountFileSystem({
      fileSystem: efs.fileSystem({ ...here, id: 'fs-1' }),
      accessPoint: [accessPoint('fsap-1'), accessPoint('fsap-2')],
    });
    expect(mount.content.conditions['ArnEquals']).toEqual({
      'elasticfilesystem:AccessPointArn': [accessPoint('fsap-1'), accessPoint('fsap-2')],
    });
  });

  it('takes any Region of what AWS owns, and the form without one', () => {
    expect(bedrock.foundationModel({ model: 'm' })).toBe('arn:aws:bedrock:*::foundation-model/m');
    expect(bedrock.foundationModel({ region: '', model: 'm' })).toBe('arn:aws:bedrock:::foundation-model/m');
  });
});

describe('the size of a document', () => {
  const many = (count: number, length = 60) =>
    document(
      allow('Read', s3.GetObject).on(
        object('0'.repeat(length)),
        ...Array.from({ length: count - 1 }, (_, index) => object(`${index + 1}`.padStart(length, '0'))),
      ),
    );

  it('is that of its JSON without white space', () => {
    expect(many(3).size).toBe(JSON.stringify(many(3)).length);
  });

  it.each([
    ['${Token[TOKEN.42]}', 128],
    ['${Token[AWS.Partition.3]}', 'aws-us-gov'.length],
    ['${AWS::Partition}', 'aws-us-gov'.length],
    ['${Token[AWS.Region.7]}', 20],
    ['${AWS::Region}', 20],
    ['${AWS::AccountId}', 12],
    ['${AWS::StackName}', 128],
    [
      '${AWS::StackId}',
      `arn:aws-us-gov:cloudformation:${'r'.repeat(20)}:111122223333:stack/`.length + 128 + 1 + 36,
    ],
    ['${AWS::URLSuffix}', 'amazonaws.com.cn'.length],
  ])('counts %s, which only CloudFormation knows, as %i', (token, length) => {
    const policy = document(allow('Read', s3.GetObject).on(object(`a${token}z`)));
    expect(policy.size).toBe(JSON.stringify(policy).length - token.length + length);
  });

  it('decides how it can be attached', () => {
    expect(many(3).asInline().toJSON()).toEqual(many(3).toJSON());
    expect(many(3).asManaged()).toHaveLength(1);
    const large = many(150);
    expect(large.size).toBeGreaterThan(limits.inline);
    expect(() => large.asInline()).toThrow(expect.objectContaining({ code: 'POLICY_TOO_LARGE' }));
    const parts = large.asManaged();
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.size).toBeLessThanOrEqual(limits.managed);
    expect(new Set(parts.flatMap((part) => part.statements.flatMap((each) => each.resources))).size).toBe(
      150,
    );
  });

  it('fills the policies it is spread over', () => {
    const policy = many(170);
    expect(policy.size).toBeGreaterThan(2 * limits.managed);
    expect(policy.asManaged()).toHaveLength(Math.ceil(policy.size / limits.managed));
  });

  it('spreads the values of a condition when there is nothing else to spread', () => {
    const names = Array.from({ length: 150 }, (_, index) => `${index}`.padStart(80, '0'));
    const [first, ...others] = names;
    const said = allow('Read', s3.GetObject).on(object('a'));
    const parts = document(said.when('aws:PrincipalTag/team', 'StringEquals', first!, ...others)).asManaged();
    expect(parts).toHaveLength(3);
    const values = parts.flatMap((part) =>
      part.statements.flatMap(({ conditions }) => conditions['StringEquals']!['aws:PrincipalTag/team']),
    );
    expect(values).toEqual(names);
    for (const operator of ['StringNotEquals', 'ForAllValues:StringEquals'] as const) {
      const whole = { ...said.content, conditions: { [operator]: { 'aws:userid': names } } };
      expect(() => document({ for: 'identity', content: whole }).asManaged()).toThrow(
        expect.objectContaining({ code: 'STATEMENT_TOO_LARGE' }),
      );
    }
  });

  it('has to fit the managed policies that a role may have', () => {
    const policy = many(1000);
    expect(() => policy.asManaged()).toThrow(expect.objectContaining({ code: 'TOO_MANY_POLICIES' }));
    expect(policy.asManaged(20).length).toBeGreaterThan(limits.managedPerRole);
  });

  it('cannot be split below one action on one resource', () => {
    const policy = document(allow('Read', s3.GetObject).on(object('k'.repeat(7000))));
    expect(() => policy.asManaged()).toThrow(expect.objectContaining({ code: 'STATEMENT_TOO_LARGE' }));
  });
});

describe('a resource-based policy', () => {
  it('names principals and, where the service wants none, no resource', () => {
    const arn = 'arn:aws:iam::111122223333:role/pod';
    const everything = [
      'elasticfilesystem:ClientMount',
      'elasticfilesystem:ClientRootAccess',
      'elasticfilesystem:ClientWrite',
    ];
    const nobody = { Effect: 'Deny', Principal: { AWS: '*' }, Action: everything };
    expect(resourcePolicy(fileSystemPolicy(iam.role(arn))).toJSON().Statement).toEqual([
      {
        ...nobody,
        Sid: 'DenyBesidesMountTargets',
        Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } },
      },
      {
        ...nobody,
        Sid: 'DenyOthers',
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': arn }, Null: { 'aws:PrincipalArn': 'false' } },
      },
      { ...nobody, Sid: 'DenyRoot', Action: 'elasticfilesystem:ClientRootAccess' },
      {
        ...nobody,
        Sid: 'DenyWithoutAccessPoint',
        Condition: { Null: { 'elasticfilesystem:AccessPointArn': 'true' } },
      },
      { ...nobody, Sid: 'DenyWithoutTls', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });

  it('lets CloudWatch Logs encrypt one log group with a key', () => {
    const logGroup = logs.logGroup({ ...here, name: '/pod' });
    const [statement] = resourcePolicy(encryptLogs({ region: here.region, logGroup })).toJSON().Statement;
    expect(statement).toMatchObject({
      Principal: { Service: 'logs.eu-central-1.amazonaws.com' },
      Resource: '*',
      Condition: { StringLike: { 'kms:EncryptionContext:aws:logs:arn': logGroup } },
    });
  });

  it('is the same whether a principal is named once or twice', () => {
    const said = allow('Use', kms.Decrypt).onAttached('*').by(awsPrincipal('111122223333'));
    expect(resourcePolicy(said.by(awsPrincipal('111122223333')))).toEqual(
      expect.objectContaining({ statements: resourcePolicy(said).statements }),
    );
    expect(resourcePolicy(said, said.by(awsPrincipal('111122223333'))).statements).toHaveLength(1);
  });

  it('sorts principals by kind, and writes * for the resource it is attached to where a service wants it', () => {
    const policy = resourcePolicy(
      allow('Use', kms.Decrypt)
        .onAttached('*')
        .by(
          servicePrincipal('logs.amazonaws.com'),
          awsPrincipal('222233334444'),
          awsPrincipal('111122223333'),
        ),
      deny('NoDeletion', kms.ScheduleKeyDeletion).onAttached('*').by(anyone),
    );
    expect(policy.toJSON().Statement).toMatchObject([
      { Sid: 'NoDeletion', Resource: '*', Principal: { AWS: '*' } },
      {
        Sid: 'Use',
        Resource: '*',
        Principal: { AWS: ['111122223333', '222233334444'], Service: 'logs.amazonaws.com' },
      },
    ]);
  });
});

/** Empties every list and object in it, from within. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.values(value).forEach(spoil);
  // In strict mode a delete that fails throws.
  for (const key of Object.keys(value)) delete (value as Record<string, unknown>)[key];
}
