/** The vocabulary of the Auto Scaling stand-in: what a group is, what can happen to it, what it then does. */
import * as z from 'zod';

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html */
export interface LifecycleHook {
  readonly name: string;
  readonly transition: 'launching' | 'terminating';
  /** AWS's default: 3600. */
  readonly heartbeatTimeoutSeconds: number;
  /** AWS's default: ABANDON. */
  readonly defaultResult: LifecycleResult;
}

export type LifecycleResult = 'CONTINUE' | 'ABANDON';

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html */
export interface GroupDefinition {
  readonly name: string;
  readonly arn: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  readonly availabilityZones: readonly string[];
  /** Whether the load balancer's verdict counts, beside EC2's own, which always does. */
  readonly usesLoadBalancerHealth: boolean;
  /** AWS's default: 0. */
  readonly healthCheckGracePeriodSeconds: number;
  readonly hooks: readonly LifecycleHook[];
  readonly tags: Readonly<Record<string, string>>;
}

export const lifecycleStates = [
  'Pending',
  'Pending:Wait',
  'Pending:Proceed',
  'InService',
  'Terminating',
  'Terminating:Wait',
  'Terminating:Proceed',
] as const;

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html */
export type LifecycleState = (typeof lifecycleStates)[number];

const instanceSchema = z.strictObject({
  id: z.string(),
  availabilityZone: z.string(),
  state: z.enum(lifecycleStates),
  health: z.enum(['Healthy', 'Unhealthy']),
  /** The load balancer's last verdict. */
  loadBalancerHealth: z.enum(['healthy', 'unhealthy']).optional(),
  launchedAt: z.number(),
  inServiceAt: z.number().optional(),
  /** Whether its process is over; it may still be deregistering. */
  ended: z.boolean(),
  /** Lifecycle actions that are not completed yet: what keeps it in a wait state. */
  actions: z.array(
    z.strictObject({ hook: z.string(), token: z.string(), deadline: z.number(), globalDeadline: z.number() }),
  ),
  /** The scaling activity that it is in, or was in last. */
  activityId: z.string(),
});

const activitySchema = z.strictObject({
  id: z.string(),
  instanceId: z.string(),
  description: z.string(),
  cause: z.string(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  status: z.enum([
    'PreInService',
    'InProgress',
    'MidLifecycleAction',
    'WaitingForELBConnectionDraining',
    'Successful',
    'Failed',
    'Cancelled',
  ]),
  statusMessage: z.string().optional(),
});

export const groupStateSchema = z.strictObject({
  version: z.literal(1),
  instances: z.array(instanceSchema),
  /** Newest first. */
  activities: z.array(activitySchema),
  /** Launches in a row that did not reach InService. */
  failedLaunches: z.number(),
  /** Back-off: no launch before this time. */
  launchNotBefore: z.number(),
  launches: z.number(),
  /** The group is being taken down: nothing is launched. */
  stopping: z.boolean(),
});

export type Instance = z.output<typeof instanceSchema>;
export type ScalingActivity = z.output<typeof activitySchema>;
/** All that a group remembers. JSON, so that a killed process can take it up again. */
export type GroupState = z.output<typeof groupStateSchema>;

export const emptyGroup: GroupState = {
  version: 1,
  instances: [],
  activities: [],
  failedLaunches: 0,
  launchNotBefore: 0,
  launches: 0,
  stopping: false,
};

export type GroupEvent =
  /** Time has passed. */
  | { readonly type: 'tick' }
  | { readonly type: 'launched'; readonly instanceId: string }
  /** Its process is over, whoever ended it. */
  | { readonly type: 'ended'; readonly instanceId: string; readonly reason: string }
  | { readonly type: 'registered'; readonly instanceId: string }
  | { readonly type: 'deregistered'; readonly instanceId: string }
  | {
      readonly type: 'load-balancer-health';
      readonly instanceId: string;
      readonly health: 'healthy' | 'unhealthy';
    }
  | {
      readonly type: 'set-health';
      readonly instanceId: string;
      readonly health: 'Healthy' | 'Unhealthy';
      readonly respectGracePeriod: boolean;
    }
  | { readonly type: 'heartbeat'; readonly instanceId: string; readonly hook: string }
  | {
      readonly type: 'complete';
      readonly instanceId: string;
      readonly hook: string;
      readonly result: LifecycleResult;
    }
  | { readonly type: 'terminate'; readonly instanceId: string; readonly cause: string }
  /** Take the group down. */
  | { readonly type: 'stop' };

export type GroupEffect =
  | { readonly type: 'launch'; readonly instanceId: string; readonly availabilityZone: string }
  | { readonly type: 'register'; readonly instanceId: string }
  | { readonly type: 'deregister'; readonly instanceId: string }
  | { readonly type: 'shut-down'; readonly instanceId: string };
