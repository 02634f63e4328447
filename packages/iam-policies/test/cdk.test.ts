import { App, Aws, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import * as autoscaling from '../src/catalogue/autoscaling.ts';
import * as secretsmanager from '../src/catalogue/secretsmanager.ts';
import { toPolicyDocument, toPolicyStatements } from '../src/cdk.ts';
import { document } from '../src/index.ts';
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
});
