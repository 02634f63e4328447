/** What an instance of a stack is made of: its Auto Scaling group, launch template, role and policies. */
import * as z from 'zod';
import type { GroupDefinition, LifecycleHook } from '../aws/scaling-group.ts';
import { StandInError } from '../errors.ts';
import { read } from './read.ts';
import { onlyResource, referredTo, resourcesOf, type Resource, type Stack } from './stack.ts';

const number = z.coerce.number().int();
const texts = z.array(z.string()).default([]);

const hookSchema = z.object({
  LifecycleHookName: z.string().optional(),
  LifecycleTransition: z.enum(['autoscaling:EC2_INSTANCE_LAUNCHING', 'autoscaling:EC2_INSTANCE_TERMINATING']),
  HeartbeatTimeout: number.min(30).max(7200).default(3600),
  DefaultResult: z.enum(['CONTINUE', 'ABANDON']).default('ABANDON'),
});

const groupSchema = z.object({
  MinSize: number,
  MaxSize: number,
  DesiredCapacity: number.optional(),
  HealthCheckType: z.string().default('EC2'),
  HealthCheckGracePeriod: number.default(0),
  LifecycleHookSpecificationList: z.array(hookSchema).default([]),
  TargetGroupARNs: texts,
  VPCZoneIdentifier: texts,
  AvailabilityZones: texts,
  InstanceMaintenancePolicy: z
    .object({ MinHealthyPercentage: number, MaxHealthyPercentage: number })
    .optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
});

export interface AutoScalingGroupResource {
  readonly definition: GroupDefinition;
  readonly targetGroupArns: readonly string[];
  /** Subnet of each Availability Zone. */
  readonly subnets: readonly SubnetResource[];
}

export interface SubnetResource {
  readonly id: string;
  readonly availabilityZone: string;
  /** IPv4. */
  readonly cidrBlock: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html */
export function autoScalingGroup(stack: Stack): AutoScalingGroupResource {
  const resource = onlyResource(stack, 'AWS::AutoScaling::AutoScalingGroup');
  const group = read(groupSchema, resource);
  const launchesFirst = (group.InstanceMaintenancePolicy?.MinHealthyPercentage ?? 0) >= 100;
  if (launchesFirst) {
    throw new StandInError(
      'TEMPLATE_UNSUPPORTED',
      `${resource.logicalId}: an instance maintenance policy that launches before it terminates is not played here.`,
    );
  }
  const zones = group.VPCZoneIdentifier.map((id) => subnet(referredTo(stack, 'AWS::EC2::Subnet', id)));
  const separate = resourcesOf(stack, 'AWS::AutoScaling::LifecycleHook').filter(
    ({ properties }) => properties['AutoScalingGroupName'] === resource.ref,
  );
  return {
    definition: {
      name: resource.ref,
      arn: String(resource.attributes['AutoScalingGroupARN']),
      minSize: group.MinSize,
      maxSize: group.MaxSize,
      desiredCapacity: group.DesiredCapacity ?? group.MinSize,
      availabilityZones:
        zones.length > 0 ? zones.map(({ availabilityZone }) => availabilityZone) : group.AvailabilityZones,
      usesLoadBalancerHealth: group.HealthCheckType.split(',').includes('ELB'),
      healthCheckGracePeriodSeconds: group.HealthCheckGracePeriod,
      hooks: [
        ...group.LifecycleHookSpecificationList.map((hook) =>
          lifecycleHook(hook, hook.LifecycleHookName ?? ''),
        ),
        ...separate.map((hook) => lifecycleHook(read(hookSchema, hook), hook.ref)),
      ],
      tags: Object.fromEntries(group.Tags.map(({ Key, Value }) => [Key, Value])),
    },
    targetGroupArns: group.TargetGroupARNs,
    subnets: zones,
  };
}

function lifecycleHook(hook: z.output<typeof hookSchema>, name: string): LifecycleHook {
  return {
    name,
    transition: hook.LifecycleTransition.endsWith('LAUNCHING') ? 'launching' : 'terminating',
    heartbeatTimeoutSeconds: hook.HeartbeatTimeout,
    defaultResult: hook.DefaultResult,
  };
}

/** All subnets of the stack. */
export function subnets(stack: Stack): SubnetResource[] {
  return resourcesOf(stack, 'AWS::EC2::Subnet').map(subnet);
}

/** Subnets of the stack's load balancer, of which its nodes have addresses. */
export function loadBalancerSubnets(stack: Stack): SubnetResource[] {
  const balancer = onlyResource(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const { Subnets } = read(z.object({ Subnets: texts }), balancer);
  return Subnets.map((id) => subnet(referredTo(stack, 'AWS::EC2::Subnet', id)));
}

function subnet(resource: Resource): SubnetResource {
  const { AvailabilityZone, CidrBlock } = read(
    z.object({ AvailabilityZone: z.string(), CidrBlock: z.string() }),
    resource,
  );
  return { id: resource.ref, availabilityZone: AvailabilityZone, cidrBlock: CidrBlock };
}

export interface LaunchTemplateResource {
  readonly imageId: string;
  readonly instanceType: string;
  /** As a shell would read it, Base64 undone. */
  readonly userData: string;
  readonly roleName: string;
  readonly httpTokensRequired: boolean;
  readonly hopLimit: number;
}

const launchTemplateSchema = z.object({
  LaunchTemplateData: z.object({
    ImageId: z.string(),
    InstanceType: z.string(),
    UserData: z.base64(),
    IamInstanceProfile: z.union([z.object({ Arn: z.string() }), z.object({ Name: z.string() })]),
    MetadataOptions: z
      .object({ HttpTokens: z.string().default('optional'), HttpPutResponseHopLimit: number.default(1) })
      .default({ HttpTokens: 'optional', HttpPutResponseHopLimit: 1 }),
  }),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html */
export function launchTemplate(stack: Stack): LaunchTemplateResource {
  const { LaunchTemplateData: data } = read(
    launchTemplateSchema,
    onlyResource(stack, 'AWS::EC2::LaunchTemplate'),
  );
  const wanted =
    'Arn' in data.IamInstanceProfile ? data.IamInstanceProfile.Arn : data.IamInstanceProfile.Name;
  const profile = referredTo(stack, 'AWS::IAM::InstanceProfile', wanted);
  const { Roles } = read(z.object({ Roles: z.tuple([z.string()]) }), profile);
  return {
    imageId: data.ImageId,
    instanceType: data.InstanceType,
    userData: Buffer.from(data.UserData, 'base64').toString('utf8'),
    roleName: Roles[0],
    httpTokensRequired: data.MetadataOptions.HttpTokens === 'required',
    hopLimit: data.MetadataOptions.HttpPutResponseHopLimit,
  };
}
