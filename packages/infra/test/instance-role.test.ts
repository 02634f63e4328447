import { describe, expect, test } from 'vitest';
import { bucketOf, flatten, podTemplate, resourcesOf, theOne } from './example-pod.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const template = podTemplate();
const statementsOf = (document: unknown) => (document as { Statement: Statement[] }).Statement;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
/** Names of actions, each once, in order. */
const names = (values: readonly unknown[]) => [...new Set(values.map(String))].toSorted();

const statements = statementsOf(theOne(template, 'AWS::IAM::Policy').properties['PolicyDocument']);
const granting = (action: string) => statements.filter(({ Action }) => list(Action).includes(action));
const resourcesFor = (action: string) =>
  granting(action)
    .flatMap(({ Resource }) => list(Resource).map(flatten))
    .toSorted();

describe('S10: the role of the instance', () => {
  test('may do this and nothing else', () => {
    expect(names(statements.flatMap(({ Action }) => list(Action)))).toEqual([
      'autoscaling:CompleteLifecycleAction',
      'autoscaling:RecordLifecycleActionHeartbeat',
      'aws-marketplace:Subscribe',
      'aws-marketplace:ViewSubscriptions',
      'bedrock:InvokeModel',
      'bedrock:InvokeModelWithResponseStream',
      'bedrock:ListFoundationModels',
      'bedrock:ListInferenceProfiles',
      'cognito-idp:ListUsers',
      'cognito-idp:ListUsersInGroup',
      'ec2:DescribeInstances',
      'elasticfilesystem:ClientMount',
      'elasticfilesystem:ClientWrite',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
      'secretsmanager:GetSecretValue',
      'ssm:GetParameter',
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
    expect(statements.every(({ Effect }) => Effect === 'Allow')).toBe(true);
  });

  test('has one policy, which is ours, and is for EC2 only', () => {
    const { properties } = theOne(template, 'AWS::IAM::Role');
    expect(properties).not.toHaveProperty('ManagedPolicyArns');
    expect(properties).not.toHaveProperty('Policies');
    expect(statementsOf(properties['AssumeRolePolicyDocument'])).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } },
    ]);
  });

  test('reads one secret, one parameter, one object', () => {
    expect(resourcesFor('secretsmanager:GetSecretValue')).toEqual([
      `<${theOne(template, 'AWS::SecretsManager::Secret').id}>`,
    ]);
    expect(resourcesFor('ssm:GetParameter')).toEqual([
      'arn:<AWS::Partition>:ssm:eu-central-1:123456789012:parameter/clawharbor/openclaw/spec',
    ]);
    const ownObjects = new Set(resourcesFor('s3:PutObject'));
    const [object, ...others] = resourcesFor('s3:GetObject').filter((resource) => !ownObjects.has(resource));
    expect(others).toEqual([]);
    expect(object).toMatch(
      /^arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-123456789012-eu-central-1\/[0-9a-f]{64}\.mjs$/,
    );
  });

  test('decrypts only that secret, and only through Secrets Manager', () => {
    const [statement, ...others] = granting('kms:Decrypt').filter(
      ({ Condition }) => !JSON.stringify(Condition).includes('aws:s3:arn'),
    );
    expect(others).toEqual([]);
    expect(list(statement?.Resource)).toEqual([
      { 'Fn::GetAtt': [theOne(template, 'AWS::KMS::Key').id, 'Arn'] },
    ]);
    const condition = JSON.stringify(statement?.Condition);
    expect(condition).toContain('secretsmanager.eu-central-1.amazonaws.com');
    expect(condition).toContain('kms:EncryptionContext:SecretARN');
  });

  test('keeps backups below its own name in its own bucket, and deletes nothing', () => {
    const bucket = bucketOf(template, 'Backups').id;
    const objects = `arn:<AWS::Partition>:s3:::<${bucket}>/openclaw/*`;
    expect(resourcesFor('s3:PutObject')).toEqual([objects]);
    expect(resourcesFor('s3:GetObject')).toContain(objects);
    const [listing] = granting('s3:ListBucket');
    expect(listing?.Condition).toEqual({ StringLike: { 's3:prefix': 'openclaw/*' } });
    const [encrypting, ...more] = granting('kms:GenerateDataKey');
    expect(more).toEqual([]);
    const condition = JSON.stringify(encrypting?.Condition);
    expect(condition).toContain('s3.eu-central-1.amazonaws.com');
    expect(condition).toContain('kms:EncryptionContext:aws:s3:arn');
    expect(
      statements.some(({ Action }) => list(Action).some((action) => /Delete|\*/.test(String(action)))),
    ).toBe(false);
  });

  test('completes the hook of its own group only', () => {
    expect(resourcesFor('autoscaling:CompleteLifecycleAction')).toEqual([
      'arn:<AWS::Partition>:autoscaling:eu-central-1:123456789012:autoScalingGroup:*:autoScalingGroupName/clawharbor-openclaw',
    ]);
    expect(theOne(template, 'AWS::AutoScaling::AutoScalingGroup').properties['AutoScalingGroupName']).toBe(
      'clawharbor-openclaw',
    );
  });

  test('writes streams of the log group of the pod only', () => {
    const group = `arn:<AWS::Partition>:logs:eu-central-1:123456789012:log-group:<${theOne(template, 'AWS::Logs::LogGroup').id}>`;
    expect(resourcesFor('logs:PutLogEvents')).toEqual([`${group}:log-stream:*`]);
    expect(resourcesFor('logs:DescribeLogStreams')).toEqual([`${group}:*`]);
  });

  test('calls models abroad only through an inference profile', () => {
    const abroad = granting('bedrock:InvokeModel').filter(({ Resource }) =>
      list(Resource).some((resource) => flatten(resource).includes('bedrock:*:')),
    );
    expect(abroad.length).toBeGreaterThan(0);
    for (const { Condition } of abroad) {
      expect(Object.keys(Condition?.['ArnLike'] ?? {})).toEqual(['bedrock:InferenceProfileArn']);
    }
  });

  test('mounts only through the access points of the pod', () => {
    const points = resourcesOf(template, 'AWS::EFS::AccessPoint').map(([id]) => id);
    const allowed = granting('elasticfilesystem:ClientMount').flatMap(({ Condition }) =>
      list(Condition?.['ArnEquals']?.['elasticfilesystem:AccessPointArn']).map(flatten),
    );
    expect(allowed).toHaveLength(2);
    for (const id of points) expect(allowed.some((arn) => arn.includes(id))).toBe(true);
  });

  test('says * only where AWS knows nothing narrower', () => {
    const everything = statements
      .filter(({ Resource }) => list(Resource).includes('*'))
      .flatMap(({ Action }) => list(Action));
    expect(names(everything)).toEqual([
      'aws-marketplace:Subscribe',
      'aws-marketplace:ViewSubscriptions',
      'bedrock:ListFoundationModels',
      'bedrock:ListInferenceProfiles',
      'ec2:DescribeInstances',
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
  });
});
