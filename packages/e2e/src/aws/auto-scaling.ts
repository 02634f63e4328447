/**
 * Amazon EC2 Auto Scaling, as far as an instance of the pod and its operator call it.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Operations_List.html
 * Which action takes which resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html
 */
import * as z from 'zod';
import type { AutoScalingGroup } from './auto-scaling-group.ts';
import { AwsFault } from './fault.ts';
import { operation, type Operation, type OperationDefinition } from './operation.ts';
import { queryService } from './query-protocol.ts';
import type { GroupDefinition, Instance, LifecycleHook, ScalingActivity } from './scaling-group.ts';
import type { AwsService, Permission } from './service.ts';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const names = z.array(z.string()).default([]);
const lifecycleAction = z
  .object({
    AutoScalingGroupName: z.string(),
    LifecycleHookName: z.string(),
    LifecycleActionToken: z.string().optional(),
    InstanceId: z.string().optional(),
  })
  .refine(({ InstanceId, LifecycleActionToken }) => (InstanceId ?? LifecycleActionToken) !== undefined, {
    error: 'Either instance ID or lifecycle action token is required',
  });

export function autoScaling(group: AutoScalingGroup): AwsService {
  const { definition } = group;
  const { name, arn, tags } = definition;

  const onGroup = (action: string, groupName = name): Permission[] => [
    {
      action: `autoscaling:${action}`,
      resource:
        groupName === name
          ? arn
          : arn.replace(/:autoScalingGroup:.*$/, `:autoScalingGroup:*:autoScalingGroupName/${groupName}`),
      context: Object.fromEntries(
        Object.entries(groupName === name ? tags : {}).flatMap(([key, value]) => [
          [`autoscaling:ResourceTag/${key}`, value],
          [`aws:ResourceTag/${key}`, value],
        ]),
      ),
    },
  ];
  const anywhere = (action: string) => () => [{ action: `autoscaling:${action}`, resource: '*' }];

  const find = (instanceId: string): Instance => {
    const found = group.state.instances.find(({ id }) => id === instanceId);
    if (found === undefined)
      throw invalid(`Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
    return found;
  };

  /** The instance that waits for this very action. */
  const waiting = (input: z.output<typeof lifecycleAction>): string => {
    if (input.AutoScalingGroupName !== name) {
      throw invalid(
        `AutoScalingGroup name not found - AutoScalingGroup ${input.AutoScalingGroupName} not found`,
      );
    }
    const found = group.state.instances.find(
      ({ id, actions }) =>
        (input.InstanceId === undefined || id === input.InstanceId) &&
        actions.some(
          ({ hook, token }) =>
            hook === input.LifecycleHookName &&
            (input.LifecycleActionToken === undefined || token === input.LifecycleActionToken),
        ),
    );
    if (found === undefined) {
      const what =
        input.InstanceId === undefined
          ? `token ${input.LifecycleActionToken}`
          : `instance ID ${input.InstanceId}`;
      throw invalid(`No active Lifecycle Action found with ${what}`);
    }
    return found.id;
  };

  return queryService({
    signingName: 'autoscaling',
    version: '2011-01-01',
    namespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    operations: {
      CompleteLifecycleAction: query({
        input: lifecycleAction.safeExtend({ LifecycleActionResult: z.enum(['CONTINUE', 'ABANDON']) }),
        permissions: ({ AutoScalingGroupName }) => onGroup('CompleteLifecycleAction', AutoScalingGroupName),
        async run(input) {
          const instanceId = waiting(input);
          await group.request({
            type: 'complete',
            instanceId,
            hook: input.LifecycleHookName,
            result: input.LifecycleActionResult,
          });
          return {};
        },
      }),
      RecordLifecycleActionHeartbeat: query({
        input: lifecycleAction,
        permissions: ({ AutoScalingGroupName }) =>
          onGroup('RecordLifecycleActionHeartbeat', AutoScalingGroupName),
        async run(input) {
          await group.request({
            type: 'heartbeat',
            instanceId: waiting(input),
            hook: input.LifecycleHookName,
          });
          return {};
        },
      }),
      SetInstanceHealth: query({
        input: z.object({
          InstanceId: z.string(),
          HealthStatus: z.enum(['Healthy', 'Unhealthy']),
          ShouldRespectGracePeriod: flag.default(true),
        }),
        permissions: () => onGroup('SetInstanceHealth'),
        async run({ InstanceId, HealthStatus, ShouldRespectGracePeriod }) {
          const { id: instanceId } = find(InstanceId);
          await group.request({
            type: 'set-health',
            instanceId,
            health: HealthStatus,
            respectGracePeriod: ShouldRespectGracePeriod,
          });
          return {};
        },
      }),
      TerminateInstanceInAutoScalingGroup: query({
        input: z.object({ InstanceId: z.string(), ShouldDecrementDesiredCapacity: flag }),
        permissions: () => onGroup('TerminateInstanceInAutoScalingGroup'),
        async run({ InstanceId, ShouldDecrementDesiredCapacity }) {
          const { id: instanceId } = find(InstanceId);
          if (ShouldDecrementDesiredCapacity) {
            throw invalid(
              `Currently, desiredSize equals minSize (${definition.minSize}). Terminating instance without replacement will violate group's min size constraint.`,
            );
          }
          await group.request({
            type: 'terminate',
            instanceId,
            cause: 'instance was taken out of service in response to a user request',
          });
          const activity = group.state.activities.find((candidate) => candidate.instanceId === instanceId);
          return { Activity: activity === undefined ? undefined : activityXml(name, activity) };
        },
      }),
      DescribeAutoScalingGroups: query({
        input: z.object({ AutoScalingGroupNames: names }),
        permissions: anywhere('DescribeAutoScalingGroups'),
        run: ({ AutoScalingGroupNames: wanted }) => ({
          AutoScalingGroups:
            wanted.length === 0 || wanted.includes(name) ? [groupXml(definition, group.state.instances)] : [],
        }),
      }),
      DescribeAutoScalingInstances: query({
        input: z.object({ InstanceIds: names }),
        permissions: anywhere('DescribeAutoScalingInstances'),
        run: ({ InstanceIds: wanted }) => ({
          AutoScalingInstances: group.state.instances
            .filter(({ id }) => wanted.length === 0 || wanted.includes(id))
            .map((instance) => ({ ...instanceXml(instance), AutoScalingGroupName: name })),
        }),
      }),
      DescribeLifecycleHooks: query({
        input: z.object({ AutoScalingGroupName: z.string(), LifecycleHookNames: names }),
        permissions: anywhere('DescribeLifecycleHooks'),
        run: ({ AutoScalingGroupName, LifecycleHookNames: wanted }) => ({
          LifecycleHooks: definition.hooks
            .filter(
              (hook) => AutoScalingGroupName === name && (wanted.length === 0 || wanted.includes(hook.name)),
            )
            .map((hook) => hookXml(name, hook)),
        }),
      }),
      DescribeScalingActivities: query({
        input: z.object({
          AutoScalingGroupName: z.string().optional(),
          MaxRecords: z.coerce.number().int().min(1).max(100).default(100),
        }),
        permissions: anywhere('DescribeScalingActivities'),
        run: ({ AutoScalingGroupName = name, MaxRecords }) => ({
          Activities: group.state.activities
            .filter(() => AutoScalingGroupName === name)
            .slice(0, MaxRecords)
            .map((activity) => activityXml(name, activity)),
        }),
      }),
    },
  });
}

function query<Schema extends z.ZodType>(definition: OperationDefinition<Schema>): Operation {
  return operation(definition, 'ValidationError');
}

function invalid(message: string): AwsFault {
  return new AwsFault('ValidationError', 400, message);
}

function instanceXml({ id, availabilityZone, state, health }: Instance) {
  return {
    InstanceId: id,
    AvailabilityZone: availabilityZone,
    LifecycleState: state,
    HealthStatus: health,
    ProtectedFromScaleIn: false,
  };
}

function groupXml(group: GroupDefinition, instances: readonly Instance[]) {
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: 300,
    AvailabilityZones: group.availabilityZones,
    HealthCheckType: group.usesLoadBalancerHealth ? 'ELB' : 'EC2',
    HealthCheckGracePeriod: group.healthCheckGracePeriodSeconds,
    Instances: instances.map(instanceXml),
    Tags: Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
  };
}

function hookXml(groupName: string, hook: LifecycleHook) {
  return {
    LifecycleHookName: hook.name,
    AutoScalingGroupName: groupName,
    LifecycleTransition: `autoscaling:EC2_INSTANCE_${hook.transition.toUpperCase()}`,
    HeartbeatTimeout: hook.heartbeatTimeoutSeconds,
    GlobalTimeout: Math.min(172_800, 100 * hook.heartbeatTimeoutSeconds),
    DefaultResult: hook.defaultResult,
  };
}

function activityXml(groupName: string, activity: ScalingActivity) {
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: groupName,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startedAt),
    EndTime: activity.endedAt === undefined ? undefined : new Date(activity.endedAt),
    StatusCode: activity.status,
    StatusMessage: activity.statusMessage,
    Progress: activity.endedAt === undefined ? 50 : 100,
  };
}
