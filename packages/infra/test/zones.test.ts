import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { describe, expect, test } from 'vitest';
import { OpenClawPod, type ExistingNetwork } from '../src/index.ts';
import { bundle, resourcesOf, scratchApp, templateOf, theOne } from './example-pod.ts';

const { PUBLIC, PRIVATE_WITH_EGRESS } = ec2.SubnetType;
const twoOfEach = [
  { name: 'edge', subnetType: PUBLIC },
  { name: 'partners', subnetType: PUBLIC },
  { name: 'app', subnetType: PRIVATE_WITH_EGRESS },
  { name: 'batch', subnetType: PRIVATE_WITH_EGRESS },
];

function podIn(choose: (stack: Stack) => ExistingNetwork, network = {}) {
  const stack = new Stack(scratchApp(), 'Team', { env: { account: '123456789012', region: 'eu-central-1' } });
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789',
    zoneName: 'example.com',
  });
  new OpenClawPod(stack, 'Pod', {
    bundle,
    domain: { hostedZone, names: ['a.example.com'] },
    existingNetwork: choose(stack),
    network,
  });
  const template = templateOf(stack);
  const zoneOf = (subnet: unknown) =>
    JSON.stringify(template.Resources[(subnet as { Ref: string }).Ref]?.Properties?.['AvailabilityZone']);
  const balancer = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties['Subnets'];
  return {
    balancer: balancer as { Ref: string }[],
    mountTargets: resourcesOf(template, 'AWS::EFS::MountTarget').map(
      ([, { Properties }]) => Properties?.['SubnetId'] as { Ref: string },
    ),
    group: theOne(template, 'AWS::AutoScaling::AutoScalingGroup').properties['VPCZoneIdentifier'] as {
      Ref: string;
    }[],
    zoneOf,
  };
}

const wide = (choice: Omit<ExistingNetwork, 'vpc'> = {}) => {
  return (stack: Stack) => ({
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 3, subnetConfiguration: twoOfEach }),
    ...choice,
  });
};

describe('a VPC with two tiers of each kind', () => {
  const pod = podIn(wide());

  test('gives each zone one mount target: EFS refuses a second', () => {
    expect(pod.mountTargets).toHaveLength(3);
    expect(new Set(pod.mountTargets.map(pod.zoneOf)).size).toBe(3);
  });

  test('gives the load balancer one subnet of each zone: it refuses a second', () => {
    expect(pod.balancer).toHaveLength(3);
    expect(new Set(pod.balancer.map(pod.zoneOf)).size).toBe(3);
    for (const { Ref } of pod.balancer) expect(Ref).toContain('edge');
  });

  test('gives the instance every subnet that it may be in, each in a zone with a mount target', () => {
    expect(pod.group).toHaveLength(6);
    const reached = new Set(pod.mountTargets.map(pod.zoneOf));
    for (const subnet of pod.group) expect(reached).toContain(pod.zoneOf(subnet));
  });

  test('is taken tier by tier when the tiers are named', () => {
    const chosen = podIn(
      wide({
        loadBalancerSubnets: { subnetGroupName: 'partners' },
        gatewaySubnets: { subnetGroupName: 'batch' },
      }),
    );
    for (const { Ref } of chosen.balancer) expect(Ref).toContain('partners');
    for (const { Ref } of [...chosen.mountTargets, ...chosen.group]) expect(Ref).toContain('batch');
    expect(chosen.mountTargets).toHaveLength(3);
  });

  test('is refused where both tiers were chosen for the load balancer, with the two that collide', () => {
    expect(() => podIn(wide({ loadBalancerSubnets: { subnetType: PUBLIC } }))).toThrow(
      expect.objectContaining({
        code: 'SUBNETS_SHARE_ZONE',
        message: expect.stringMatching(
          /edgeSubnet1 and Team\/Vpc\/partnersSubnet1 .*onePerAz: true/,
        ) as string,
      }),
    );
  });
});

const given = (stack: Stack, id: string, availabilityZone: string | undefined, block: number) =>
  ec2.Subnet.fromSubnetAttributes(stack, id, {
    subnetId: `subnet-0000000${block}`,
    ipv4CidrBlock: `10.0.${block}.0/24`,
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
  });
const inZones = (...zones: readonly (string | undefined)[]) => {
  return (stack: Stack) => ({
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    }),
    loadBalancerSubnets: { subnets: zones.map((zone, index) => given(stack, `Edge${index}`, zone, index)) },
    gatewaySubnets: { subnets: [given(stack, 'App', 'eu-central-1a', 9)] },
  });
};

test('two subnets of one zone are no two zones', () => {
  expect(() => podIn(inZones('eu-central-1a', 'eu-central-1a'))).toThrow(
    expect.objectContaining({ code: 'SUBNETS_SHARE_ZONE' }),
  );
  expect(podIn(inZones('eu-central-1a', 'eu-central-1b')).balancer).toHaveLength(2);
});

test('subnets whose zone nobody said are taken as they are', () => {
  expect(podIn(inZones(undefined, undefined)).balancer).toHaveLength(2);
});

test('an own VPC keeps the same rule', () => {
  const pod = podIn((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) }));
  expect([pod.balancer.length, pod.mountTargets.length, pod.group.length]).toEqual([2, 2, 2]);
});
