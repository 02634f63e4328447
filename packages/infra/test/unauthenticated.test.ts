import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { describe, expect, test } from 'vitest';
import type { PodConfigInput } from '../src/index.ts';
import { exampleConfig, podStack, podTemplate, resourcesOf, templateOf } from './example-pod.ts';
import { unauthenticatedWays } from './unauthenticated.ts';

const { hostedZone } = exampleConfig.domain;
const choices: { readonly [K in keyof PodConfigInput]?: readonly PodConfigInput[K][] } = {
  domain: [
    { hostedZone, names: ['example.com'] },
    { hostedZone, names: ['a', 'b', 'c', 'd', 'e'].map((label) => `${label}.example.com`) },
  ],
  network: [
    { internetFacing: false, natGateways: 1 },
    { cidr: '172.16.0.0/20', allowedCidrs: ['198.51.100.0/24'] },
  ],
  login: [
    { mfa: 'off', sessionHours: 1 },
    { mfa: 'required', sessionHours: 168 },
  ],
  healthCheck: [{ path: '/health' }, {}],
};

/** Every combination of one choice per key. */
function combinations(): Partial<PodConfigInput>[] {
  return Object.entries(choices).reduce<Partial<PodConfigInput>[]>(
    (pods, [key, values]) => pods.flatMap((pod) => values.map((value) => ({ ...pod, [key]: value }))),
    [{}],
  );
}

test.for(combinations())('nobody reaches the gateway without a login: %j', (overrides) => {
  const template = podTemplate(overrides);
  expect(unauthenticatedWays(template)).toEqual([]);
  const names = overrides.domain?.names;
  // Every name that has a record is behind the login, and no other name is forwarded.
  const [[, rule]] = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule') as [[string, never]];
  expect(rule).toHaveProperty('Properties.Conditions', [
    { Field: 'host-header', HostHeaderConfig: { Values: names } },
  ]);
  const records = resourcesOf(template, 'AWS::Route53::RecordSet').map(
    ([, { Properties }]) => Properties?.['Name'],
  );
  expect(new Set(records)).toEqual(new Set(names?.map((name) => `${name}.`)));
});

describe('the walk finds', () => {
  const tampered = (tamper: (stack: ReturnType<typeof podStack>) => void) => {
    const stack = podStack();
    tamper(stack);
    return unauthenticatedWays(templateOf(stack));
  };
  const rule = (stack: ReturnType<typeof podStack>) =>
    stack.pod.node.findAll().find((child): child is CfnListenerRule => child instanceof elb.CfnListenerRule)!;
  const listeners = (stack: ReturnType<typeof podStack>) =>
    stack.pod.node.findAll().filter((child): child is elb.CfnListener => child instanceof elb.CfnListener);

  test('a rule that forwards without a login', () => {
    expect(
      tampered((stack) => {
        rule(stack).addPropertyDeletionOverride('Actions.0');
      }),
    ).toEqual([expect.stringContaining('forward')]);
  });

  test('a login that lets everybody through', () => {
    expect(
      tampered((stack) => {
        rule(stack).addPropertyOverride(
          'Actions.0.AuthenticateCognitoConfig.OnUnauthenticatedRequest',
          'allow',
        );
      }),
    ).toHaveLength(2);
  });

  test('a forward before the login', () => {
    expect(tampered((stack) => rule(stack).addPropertyOverride('Actions.1.Order', 0))).toHaveLength(1);
  });

  test('a default action that forwards', () => {
    expect(
      tampered((stack) => {
        for (const listener of listeners(stack)) {
          listener.addPropertyOverride('DefaultActions', [{ Type: 'forward', TargetGroupArn: 'arn' }]);
        }
      }),
    ).toHaveLength(2);
  });
});
