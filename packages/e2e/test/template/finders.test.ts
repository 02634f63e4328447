import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/aws/index.ts';
import {
  autoScalingGroup,
  dnsRecords,
  launchTemplate,
  loadBalancers,
  loadBalancerSubnets,
  resolveTemplate,
  rolePolicies,
  secrets,
  specParameter,
  targetGroups,
  userPool,
} from '../../src/template/index.ts';
import { podTemplate } from './pod-template.ts';

const identity = { region: 'eu-central-1', account: '111122223333', stackName: 'Team' };
const stack = resolveTemplate(podTemplate, identity);

/** The stack with some properties of a resource changed. */
function changed(logicalId: keyof typeof podTemplate.Resources, properties: object) {
  const resource = podTemplate.Resources[logicalId];
  const replaced = { ...resource, Properties: { ...resource.Properties, ...properties } };
  return resolveTemplate({ Resources: { ...podTemplate.Resources, [logicalId]: replaced } }, identity);
}

it('ties listeners, rules and target groups together', () => {
  const [balancer] = loadBalancers(stack);
  const [target] = Object.keys(targetGroups(stack));
  expect(balancer?.arn).toMatch(/:loadbalancer\/app\/pod\/[0-9a-f]{16}$/);
  expect(balancer?.listeners).toMatchObject([
    {
      arn: expect.stringMatching(/:listener\/app\/pod\/[0-9a-f]{16}\/[0-9a-f]{16}$/),
      properties: { Port: 443 },
      rules: [{ Priority: 1, Actions: [{ TargetGroupArn: target }] }],
    },
  ]);
  expect(loadBalancerSubnets(stack).map(({ cidrBlock }) => cidrBlock)).toEqual([
    '10.0.0.0/24',
    '10.0.1.0/24',
  ]);
});

describe('the Auto Scaling group', () => {
  it('has the hooks that stand in it and those that name it, with the defaults of AWS', () => {
    const { definition, subnets, targetGroupArns } = autoScalingGroup(stack);
    expect(definition).toMatchObject({
      minSize: 1,
      desiredCapacity: 1,
      availabilityZones: ['eu-central-1a'],
      usesLoadBalancerHealth: true,
      healthCheckGracePeriodSeconds: 60,
      tags: { pod: 'team' },
      hooks: [
        { name: 'ready', transition: 'launching', heartbeatTimeoutSeconds: 900, defaultResult: 'ABANDON' },
        {
          name: 'drain',
          transition: 'terminating',
          heartbeatTimeoutSeconds: 3600,
          defaultResult: 'CONTINUE',
        },
      ],
    });
    expect(subnets).toMatchObject([{ cidrBlock: '10.0.2.0/24' }]);
    expect(targetGroupArns).toEqual(Object.keys(targetGroups(stack)));
  });

  it('is refused where it would be played wrongly', () => {
    const launchFirst = {
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 },
    };
    expect(() => autoScalingGroup(changed('Group', launchFirst))).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_UNSUPPORTED' }),
    );
    const hook = { HeartbeatTimeout: 5, LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' };
    expect(() => autoScalingGroup(changed('Group', { LifecycleHookSpecificationList: [hook] }))).toThrow(
      /HeartbeatTimeout/,
    );
  });

  it('must be the only one', () => {
    const { Group, Drain: _, ...others } = podTemplate.Resources;
    expect(() => autoScalingGroup(resolveTemplate({ Resources: others }, identity))).toThrow(
      /has 0 resources/,
    );
    const twice = { ...podTemplate.Resources, Second: Group };
    expect(() => autoScalingGroup(resolveTemplate({ Resources: twice }, identity))).toThrow(
      /has 2 resources/,
    );
  });
});

it('reads the launch template, its user data as a shell would', () => {
  expect(launchTemplate(stack)).toEqual({
    imageId: 'ami-1',
    instanceType: 't4g.medium',
    userData: '#!/bin/bash\necho eu-central-1',
    roleName: expect.stringMatching(/^Team-Role-/),
    httpTokensRequired: true,
    hopLimit: 1,
  });
});

it('gathers every policy of the role, and names those whose text AWS keeps', () => {
  const { documents, awsManaged } = rolePolicies(stack, launchTemplate(stack).roleName);
  const decide = (action: string) => evaluate(documents, { action, resource: '*', context: {} });
  expect(['inline:Action', 'attached:Action', 'shared:Action'].map(decide)).toEqual([
    'allowed',
    'allowed',
    'allowed',
  ]);
  expect(decide('foreign:Action')).toBe('implicit-deny');
  expect(awsManaged).toEqual(['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore']);
});

it('reads the login', () => {
  expect(userPool(stack)).toMatchObject({
    id: expect.stringMatching(/^eu-central-1_[0-9a-f]{9}$/),
    properties: { UsernameAttributes: ['email'] },
    clients: [{ properties: { GenerateSecret: true } }],
    domains: ['team'],
  });
});

it('reads secrets, the spec and DNS records', () => {
  const [given, made] = secrets(stack);
  expect(given).toMatchObject({
    name: 'pod/keys',
    arn: expect.stringMatching(/:secret:pod\/keys-[0-9a-f]{6}$/),
    kmsKeyArn: expect.stringMatching(/^arn:aws:kms:eu-central-1:111122223333:key\//),
    initialValue: '{}',
  });
  expect(JSON.parse(made?.initialValue ?? '')).toEqual({
    user: 'me',
    password: expect.stringMatching(/^[0-9A-Za-z]{40}$/),
  });
  expect(specParameter(stack)).toEqual({
    name: '/team/spec',
    value: '{"apiVersion":"clawharbor/v1","region":"eu-central-1"}',
  });
  expect(() => specParameter(changed('Spec', { Value: 'other' }))).toThrow(/it has 0/);
  expect(dnsRecords(stack)).toEqual([
    { name: 'team.example.com', type: 'A', alias: loadBalancers(stack)[0]?.dnsName },
  ]);
});
