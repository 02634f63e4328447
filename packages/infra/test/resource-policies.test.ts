import { PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { decideTogether, type Caller } from '../../iam-policies/test/evaluator.ts';
import type { PolicyJson } from '../../iam-policies/src/json.ts';
import { podConfigSchema, synthesize, type Template } from '../src/index.ts';
import {
  bucketOf,
  bundle,
  exampleConfig,
  podStack,
  podTemplate,
  scratch,
  templateOf,
  theOne,
} from './example-pod.ts';
import {
  account,
  identityPolicies,
  region,
  resourcePolicies,
  type ResourcePolicy,
} from './resource-policies.ts';

/**
 * As `npx projen synth` makes it, with CDK's recommended feature flags; as an app without any flag does; and with what
 * adds a statement to a policy.
 */
const templates: Readonly<Record<string, Template>> = {
  'with the recommended flags': synthesized(),
  'without flags': podTemplate(),
  'with encrypted logs': synthesized({ logs: { encrypt: true } }),
};

function synthesized(overrides: object = {}): Template {
  const config = podConfigSchema.parse({ ...exampleConfig, ...overrides });
  return synthesize({ config, bundle, outdir: scratch() }).template;
}

const another = '999988887777';
const administrator: PolicyJson = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Everything', Effect: 'Allow', Action: '*', Resource: '*' }],
};
const file = 'AWS::EFS::FileSystem FileSystemPolicy';
const key = 'AWS::KMS::Key KeyPolicy';
const bucket = 'AWS::S3::BucketPolicy PolicyDocument';
const logs = 'the bucket of access logs';
const topic = 'AWS::SNS::TopicPolicy PolicyDocument';
const trust = 'AWS::IAM::Role AssumeRolePolicyDocument';

/** There are two buckets. */
const placeOf = ({ place, logicalId }: ResourcePolicy): string =>
  logicalId.startsWith('PodAccessLogs') ? logs : place;

/** Who asks, and what their own policies are. */
type Who =
  | 'the role'
  | 'an administrator of the account'
  | 'a role that may do nothing'
  | 'an administrator of another account'
  | 'somebody without credentials'
  | `service ${string}`;

const [tls, plain] = [{ 'aws:SecureTransport': ['true'] }, { 'aws:SecureTransport': ['false'] }];
const target = { ...tls, 'elasticfilesystem:AccessedViaMountTarget': ['true'] };
const point = (id: string) => ({
  'elasticfilesystem:AccessPointArn': [`arn:aws:elasticfilesystem:${region}:${account}:access-point/${id}`],
});
type Context = Readonly<Record<string, readonly string[]>>;
type Ways = (template: Template) => Readonly<Record<string, Context>>;

/** How a client may come to a file system. */
const mounts = {
  state: (template: Template) => ({ ...target, ...point(accessPoint(template, '/state')) }),
  artifacts: (template: Template) => ({ ...target, ...point(accessPoint(template, '/artifacts')) }),
  'a third access point': () => ({ ...target, ...point('fsap-of-somebody') }),
  'the root of the file system': () => target,
  'state without TLS': (template: Template) => ({
    ...target,
    ...plain,
    ...point(accessPoint(template, '/state')),
  }),
  'state past the mount targets': (template: Template) => ({
    ...target,
    'elasticfilesystem:AccessedViaMountTarget': ['false'],
    ...point(accessPoint(template, '/state')),
  }),
} as const satisfies Record<string, (template: Template) => Context>;

const efs = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map((name) => `elasticfilesystem:${name}`);
const everybodyElse: readonly Who[] = [
  'an administrator of the account',
  'a role that may do nothing',
  'an administrator of another account',
  'somebody without credentials',
  'service backup.amazonaws.com',
];

interface Row {
  readonly place: string;
  readonly who: Who;
  readonly action: string;
  readonly how: string;
  readonly context: (template: Template) => Context;
  readonly allowed: boolean;
}

const through = (
  names: readonly (keyof typeof mounts)[],
  who: Who,
  actions: readonly string[],
  allowed: boolean,
) =>
  names.flatMap((how) =>
    actions.map((action): Row => ({ place: file, who, action, how, context: mounts[how], allowed })),
  );
const everyWay = Object.keys(mounts) as (keyof typeof mounts)[];
const ours = ['state', 'artifacts'] as const;
const notOurs = everyWay.filter((how) => how !== 'state' && how !== 'artifacts');

const secretsManager = { 'kms:ViaService': [`secretsmanager.${region}.amazonaws.com`] };
const theSecret: Ways = (template) => ({
  'the secret of the pod': {
    ...secretsManager,
    'kms:EncryptionContext:SecretARN': [theOne(template, 'AWS::SecretsManager::Secret').id],
  },
  'a backup of the pod': {
    'kms:ViaService': [`s3.${region}.amazonaws.com`],
    'kms:EncryptionContext:aws:s3:arn': [`arn:aws:s3:::${bucketOf(template, 'Backups').id}`],
  },
  'a backup elsewhere': {
    'kms:ViaService': [`s3.${region}.amazonaws.com`],
    'kms:EncryptionContext:aws:s3:arn': ['arn:aws:s3:::elsewhere'],
  },
  'another secret': { ...secretsManager, 'kms:EncryptionContext:SecretARN': ['another'] },
  directly: {},
});
const keyRow = (who: Who, action: string, how: string, allowed: boolean): Row => ({
  place: key,
  who,
  action: `kms:${action}`,
  how,
  context: (template) => theSecret(template)[how]!,
  allowed,
});
/** How an object is asked for, and below which name it lies. */
const requests = {
  'its own archive': [tls, '1.3', 'openclaw'],
  'the archive of another pod': [tls, '1.3', 'other'],
  'its own archive in plain HTTP': [plain, '1.3', 'openclaw'],
  'its own archive with an old TLS': [tls, '1.1', 'openclaw'],
} as const;
const bucketRow = (who: Who, action: string, how: keyof typeof requests, allowed: boolean): Row => ({
  place: bucket,
  who,
  action: `s3:${action}`,
  how,
  context: () => ({ ...requests[how][0], 's3:TlsVersion': [requests[how][1]] }),
  allowed,
});
/** Where a log of the load balancer would lie. */
const logKeys = {
  'a log of the pod': `openclaw/AWSLogs/${account}/a.log.gz`,
  'a log of another account': `openclaw/AWSLogs/${another}/a.log.gz`,
  'a log elsewhere in the bucket': 'a.log.gz',
} as const;
const logRow = (who: Who, action: string, how: keyof typeof logKeys, allowed: boolean, over = tls): Row => ({
  place: logs,
  who,
  action: `s3:${action}`,
  how,
  context: () => ({ ...over, 's3:TlsVersion': ['1.3'] }),
  allowed,
});
const topicRow = (who: Who, how: string, context: Context, allowed: boolean): Row => ({
  place: topic,
  who,
  action: 'sns:Publish',
  how,
  context: () => context,
  allowed,
});
const from = (owner: string): Context => ({ 'aws:SourceAccount': [owner] });
const delivery = 'service logdelivery.elasticloadbalancing.amazonaws.com';
const trustRow = (who: Who, action: string, allowed: boolean): Row => ({
  place: trust,
  who,
  action: `sts:${action}`,
  how: 'at all',
  context: () => ({}),
  allowed,
});

/** Who may what: the whole of it. A policy without a row, or a row without a policy, fails. */
const rows: readonly Row[] = [
  ...through(ours, 'the role', efs.slice(0, 2), true),
  ...through(ours, 'the role', efs.slice(2), false),
  ...through(notOurs, 'the role', efs, false),
  ...everybodyElse.flatMap((who) => through(everyWay, who, efs, false)),

  keyRow('the role', 'Decrypt', 'the secret of the pod', true),
  keyRow('the role', 'Decrypt', 'another secret', false),
  keyRow('the role', 'Decrypt', 'directly', false),
  keyRow('the role', 'Encrypt', 'the secret of the pod', false),
  keyRow('the role', 'ScheduleKeyDeletion', 'directly', false),
  keyRow('the role', 'PutKeyPolicy', 'directly', false),
  // A key that no administrator of its account can manage is lost with its last user:
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  keyRow('an administrator of the account', 'PutKeyPolicy', 'directly', true),
  keyRow('an administrator of the account', 'Decrypt', 'the secret of the pod', true),
  ...everybodyElse
    .filter((who) => who !== 'an administrator of the account')
    .flatMap((who) => [
      keyRow(who, 'Decrypt', 'the secret of the pod', false),
      keyRow(who, 'PutKeyPolicy', 'directly', false),
    ]),

  keyRow('the role', 'GenerateDataKey', 'a backup of the pod', true),
  keyRow('the role', 'Decrypt', 'a backup of the pod', true),
  keyRow('the role', 'GenerateDataKey', 'a backup elsewhere', false),
  keyRow('the role', 'Decrypt', 'a backup elsewhere', false),
  keyRow('the role', 'GenerateDataKey', 'directly', false),

  ...(['GetObject', 'PutObject'] as const).flatMap((action) => [
    bucketRow('the role', action, 'its own archive', true),
    bucketRow('the role', action, 'the archive of another pod', false),
    bucketRow('the role', action, 'its own archive in plain HTTP', false),
    bucketRow('the role', action, 'its own archive with an old TLS', false),
    ...everybodyElse
      .filter((who) => who !== 'an administrator of the account')
      .map((who) => bucketRow(who, action, 'its own archive', false)),
  ]),
  ...(['DeleteObject', 'DeleteObjectVersion', 'BypassGovernanceRetention'] as const).map((action) =>
    bucketRow('the role', action, 'its own archive', false),
  ),
  bucketRow('an administrator of the account', 'GetObject', 'its own archive', true),
  bucketRow('an administrator of the account', 'GetObject', 'its own archive in plain HTTP', false),

  logRow(delivery, 'PutObject', 'a log of the pod', true),
  logRow(delivery, 'PutObject', 'a log of the pod', false, plain),
  logRow(delivery, 'PutObject', 'a log of another account', false),
  logRow(delivery, 'PutObject', 'a log elsewhere in the bucket', false),
  logRow(delivery, 'GetObject', 'a log of the pod', false),
  ...(['the role', ...everybodyElse] as const)
    .filter((who) => who !== 'an administrator of the account')
    .flatMap((who) => [
      logRow(who, 'PutObject', 'a log of the pod', false),
      logRow(who, 'GetObject', 'a log of the pod', false),
    ]),
  logRow('an administrator of the account', 'GetObject', 'a log of the pod', true),

  topicRow(
    'service cloudwatch.amazonaws.com',
    'for an alarm of the account',
    { ...tls, ...from(account) },
    true,
  ),
  topicRow('service cloudwatch.amazonaws.com', 'without TLS', { ...plain, ...from(account) }, false),
  topicRow(
    'service cloudwatch.amazonaws.com',
    'for an alarm of another',
    { ...tls, ...from(another) },
    false,
  ),
  topicRow('service events.amazonaws.com', 'for a rule of the account', { ...tls, ...from(account) }, false),
  ...(['the role', ...everybodyElse] as const)
    .filter((who) => who !== 'an administrator of the account')
    .map((who) => topicRow(who, 'at all', tls, false)),

  trustRow('service ec2.amazonaws.com', 'AssumeRole', true),
  ...(['the role', ...everybodyElse, 'service lambda.amazonaws.com'] as const).map((who) =>
    trustRow(who, 'AssumeRole', false),
  ),
  ...(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'TagSession'] as const).map((action) =>
    trustRow('service ec2.amazonaws.com', action, false),
  ),
];

function accessPoint(template: Template, path: string): string {
  return Object.entries(template.Resources).find(
    ([, { Type, Properties }]) =>
      Type === 'AWS::EFS::AccessPoint' && (Properties!['RootDirectory'] as { Path: string }).Path === path,
  )![0];
}

function callerOf(template: Template, who: Who): { caller: Caller; identity: readonly PolicyJson[] } {
  const inAccount = (name: string, owner = account): Caller => ({
    kind: 'principal',
    account: owner,
    arn: `arn:aws:iam::${owner}:role/${name}`,
  });
  switch (who) {
    case 'the role':
      return {
        caller: inAccount(theOne(template, 'AWS::IAM::Role').id),
        identity: identityPolicies(template),
      };
    case 'an administrator of the account':
      return { caller: inAccount('Administrator'), identity: [administrator] };
    case 'a role that may do nothing':
      return { caller: inAccount('Idle'), identity: [] };
    case 'an administrator of another account':
      return { caller: inAccount('Administrator', another), identity: [administrator] };
    case 'somebody without credentials':
      return { caller: { kind: 'anonymous' }, identity: [] };
    default:
      return { caller: { kind: 'service', service: who.replace('service ', '') }, identity: [] };
  }
}

function isAllowed(template: Template, { place, who, action, how, context }: Row): boolean {
  const [found, ...others] = resourcePolicies(template).filter((each) => placeOf(each) === place);
  if (!found || others.length > 0) throw new Error(`${place}: ${others.length + (found ? 1 : 0)} policies`);
  const { caller, identity } = callerOf(template, who);
  const guarded = {
    policy: found.policy,
    account,
    identitySuffices: [file, bucket, logs, topic].includes(place),
  };
  const resource =
    place === file
      ? `arn:aws:elasticfilesystem:${region}:${account}:file-system/${found.logicalId}`
      : place === key
        ? `arn:aws:kms:${region}:${account}:key/${found.logicalId}`
        : place === bucket
          ? `arn:aws:s3:::${bucketOf(template, 'Backups').id}/${requests[how as keyof typeof requests][2]}/a.tar.gz`
          : place === logs
            ? `arn:aws:s3:::${bucketOf(template, 'AccessLogs').id}/${logKeys[how as keyof typeof logKeys]}`
            : place === topic
              ? theOne(template, 'AWS::SNS::Topic').id
              : `arn:aws:iam::${account}:role/${found.logicalId}`;
  return (
    decideTogether(caller, identity, guarded, { action, resource, context: context(template) }) === 'allow'
  );
}

describe.each(Object.entries(templates))('a pod %s', (_, template) => {
  test('has no policy of a resource that the table does not know', () => {
    const places = resourcePolicies(template).map(placeOf);
    expect(places.toSorted()).toEqual([file, trust, key, bucket, logs, topic].toSorted());
    expect(new Set(rows.map(({ place }) => place))).toEqual(new Set(places));
  });

  test('leaves no reference unresolved in them', () => {
    expect(JSON.stringify([resourcePolicies(template), identityPolicies(template)])).not.toMatch(
      /"(Ref|Fn::)/,
    );
  });

  test.each(rows.map((row) => [row.who, row.action, row.how, row.allowed, row] as const))(
    '%s, %s, %s: %s',
    (_who, _action, _how, expected, row) => {
      expect(isAllowed(template, row)).toBe(expected);
    },
  );

  test('takes away only, in the policy of the file system', () => {
    const { policy } = resourcePolicies(template).find(({ place }) => place === file)!;
    expect(policy.Statement.filter(({ Effect }) => Effect !== 'Deny')).toEqual([]);
  });
});

describe('CloudWatch Logs, with the key of the pod', () => {
  const [{ policy } = { policy: administrator }] = resourcePolicies(templates['with encrypted logs']!).filter(
    ({ place }) => place === key,
  );
  const asks = (service: string, group: string) =>
    decideTogether(
      { kind: 'service', service },
      [],
      { policy, account, identitySuffices: false },
      {
        action: 'kms:Decrypt',
        resource: '*',
        context: { 'kms:EncryptionContext:aws:logs:arn': [group] },
      },
    );
  const group = `arn:aws:logs:${region}:${account}:log-group:any`;

  test.each([
    [`logs.${region}.amazonaws.com`, group, 'allow'],
    ['logs.us-east-1.amazonaws.com', group, 'implicit deny'],
    [`logs.${region}.amazonaws.com`, group.replace(account, another), 'implicit deny'],
  ])('%s for %s: %s', (service, of, decision) => {
    expect(asks(service, of)).toBe(decision);
  });
});

describe('the walk finds', () => {
  test('a policy that somebody adds to a resource', () => {
    const stack = podStack();
    stack.pod.secret.addToResourcePolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        principals: [new StarPrincipal()],
        resources: ['*'],
      }),
    );
    expect(resourcePolicies(templateOf(stack)).map(({ place }) => place)).toContain(
      'AWS::SecretsManager::ResourcePolicy ResourcePolicy',
    );
  });

  /** Rows of the file system that come out otherwise with another policy. */
  const wrongWith = (
    change: (policy: { Version: string; Statement: readonly object[] }) => object,
  ): Row[] => {
    const template = synthesized();
    const { id, resource, properties } = theOne(template, 'AWS::EFS::FileSystem');
    const FileSystemPolicy = change(properties['FileSystemPolicy'] as PolicyJson);
    const changed = { ...resource, Properties: { ...properties, FileSystemPolicy } };
    const tampered = { ...template, Resources: { ...template.Resources, [id]: changed } };
    return rows.filter((row) => row.place === file && isAllowed(tampered, row) !== row.allowed);
  };
  const addedByCdk = {
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: ['elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'],
    Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } },
  };

  test('what CDK would add to the policy of a file system, were ours not in its way', () => {
    const wrong = wrongWith(({ Version }) => ({ Version, Statement: [addedByCdk] }));
    expect(wrong.map(({ who }) => who)).toEqual(
      expect.arrayContaining(['the role', 'an administrator of the account', 'somebody without credentials']),
    );
    expect(wrongWith((policy) => policy)).toEqual([]);
  });

  test.each([
    ['DenyOthers', 'an administrator of the account'],
    ['DenyRoot', 'the role'],
    ['DenyWithoutAccessPoint', 'the role'],
    ['DenyWithoutTls', 'the role'],
    ['DenyBesidesMountTargets', 'somebody without credentials'],
  ])('what %s keeps from %s when somebody is allowed more', (sid, who) => {
    const more = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'elasticfilesystem:Client*' };
    const wrong = (kept: (statement: { Sid?: string }) => boolean) =>
      wrongWith(({ Version, Statement }) => ({ Version, Statement: [...Statement.filter(kept), more] }));
    const keeps = wrong((statement) => statement.Sid !== sid).length - wrong(() => true).length;
    expect(keeps).toBeGreaterThan(0);
    expect(wrong((statement) => statement.Sid !== sid).map((row) => row.who)).toContain(who);
  });
});
