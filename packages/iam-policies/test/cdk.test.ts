import { App, Aws, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import * as autoscaling from '../src/catalogue/autoscaling.ts';
import * as secretsmanager from '../src/catalogue/secretsmanager.ts';
import { toInlinePolicy, toManagedPolicies, toPolicyDocument, toPolicyStatements } from '../src/cdk.ts';
import * as s3 from '../src/catalogue/s3.ts';
import { allow, document, limits } from '../src/index.ts';
import { completeLifecycle, readSecret } from '../src/intents/index.ts';

function stackWith(use: (stack: Stack, policy: ReturnType<typeof document>) => unknown): Template {
  const stack = new Stack(new App(), 'Pod');
  const secret = new Secret(stack, 'Keys');
  const group = autoscaling.autoScalingGroup({
    partition: Aws.PARTITION,
    region: stack.region,
    account: stack.account,
    name: `${stack.stackName}-*`,
  });
  use(stack, document(readSecret(secretsmanager.secret(secret.secretArn)), completeLifecycle(group)));
  return Template.fromStack(stack);
}

const expected = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'CompleteLifecycle',
      Effect: 'Allow',
      Action: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
      Resource: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':autoscaling:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':autoScalingGroup:*:autoScalingGroupName/Pod-*',
          ],
        ],
      },
    },
    {
      Sid: 'ReadSecret',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: { Ref: expect.stringMatching(/^Keys/) },
    },
  ],
};

describe('in a CDK stack', () => {
  it('a document becomes a policy whose tokens resolve', () => {
    const template = stackWith((stack, policy) => {
      const managed = new ManagedPolicy(stack, 'Policy', { document: toPolicyDocument(policy) });
      return managed;
    });
    expect(Object.values(template.findResources('AWS::IAM::ManagedPolicy'))).toMatchObject([
      { Properties: { PolicyDocument: expected } },
    ]);
  });

  it('its statements can be added to a role', () => {
    const template = stackWith((stack, policy) => {
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
      for (const statement of toPolicyStatements(policy)) role.addToPolicy(statement);
    });
    expect(Object.values(template.findResources('AWS::IAM::Policy'))).toMatchObject([
      { Properties: { PolicyDocument: expected } },
    ]);
  });

  it('a pseudo parameter becomes a reference, an IAM variable stays', () => {
    const stack = new Stack(new App(), 'Pod');
    const policy = document(
      allow('Own', s3.GetObject).on(
        s3.object({
          partition: '${AWS::Partition}',
          bucket: 'b-${AWS::AccountId}',
          key: '${aws:PrincipalTag/team}/*',
        }),
      ),
    );
    const reference = {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':s3:::b-',
          { Ref: 'AWS::AccountId' },
          '/${aws:PrincipalTag/team}/*',
        ],
      ],
    };
    expect(stack.resolve(toPolicyDocument(policy))).toMatchObject({ Statement: [{ Resource: reference }] });
    expect(stack.resolve(toPolicyStatements(policy).map((each) => each.toStatementJson()))).toMatchObject([
      { Resource: reference },
    ]);
  });

  it('what is too large for an inline policy is refused, and spread over managed ones', () => {
    const keys = Array.from({ length: 150 }, (_, index) => `${index}`.padStart(80, '0'));
    const [first, ...others] = keys.map((key) => s3.object({ bucket: 'assets', key }));
    const large = document(allow('Read', s3.GetObject).on(first!, ...others));
    expect(() => toInlinePolicy(large)).toThrow(expect.objectContaining({ code: 'POLICY_TOO_LARGE' }));
    const stack = new Stack(new App(), 'Pod');
    const managed = toManagedPolicies(large).map((policy): unknown => stack.resolve(policy));
    expect(managed.length).toBeGreaterThan(1);
    for (const policy of managed) expect(JSON.stringify(policy).length).toBeLessThanOrEqual(limits.managed);
    expect(JSON.stringify(managed).match(/assets/g)).toHaveLength(keys.length);
    expect(stack.resolve(toInlinePolicy(document(allow('Read', s3.GetObject).on(first!))))).toMatchObject({
      Statement: [{ Sid: 'Read' }],
    });
  });
});
