/**
 * What an Auto Scaling group does next: pure, one event at a time.
 * Lifecycle: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
 * Hooks: https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html and lifecycle-hooks.html
 * Health: https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-checks-overview.html and health-check-grace-period.html
 */
import { endActivity, startActivity, updateActivity } from './scaling-activity.ts';
import type {
  GroupDefinition,
  GroupEffect,
  GroupEvent,
  GroupState,
  Instance,
  LifecycleResult,
} from './scaling-group.ts';

export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  newInstanceId(): string;
  newToken(): string;
}

export interface Decision {
  readonly state: GroupState;
  readonly effects: readonly GroupEffect[];
}

/** AWS retries failing launches ever more slowly and documents no numbers: 5 s, doubled each time, at most 5 minutes. */
const firstBackoff = 5_000;
const longestBackoff = 300_000;
/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html, GlobalTimeout */
const longestWait = 48 * 3600_000;

export function decide(
  group: GroupDefinition,
  before: GroupState,
  event: GroupEvent,
  moment: Moment,
): Decision {
  const state = structuredClone(before);
  const effects: GroupEffect[] = [];
  const turn: Turn = { group, state, effects, moment };
  apply(turn, event);
  expireLifecycleActions(turn);
  replaceUnhealthy(turn);
  launchMissing(turn);
  return { state, effects };
}

/** When time alone changes something: the next `tick` is due then. */
export function nextDeadline(group: GroupDefinition, state: GroupState): number | undefined {
  const deadlines = state.instances.flatMap((instance) => [
    ...instance.actions.map(({ deadline }) => deadline),
    ...(isFailingLoadBalancer(group, instance) ? [graceEnd(group, instance)] : []),
  ]);
  if (isShort(group, state)) deadlines.push(state.launchNotBefore);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

/** Effects whose answer a killed process can no longer receive. */
export function effectsToRepeat(state: GroupState): GroupEffect[] {
  return state.instances.flatMap(({ id: instanceId, state: at, ended }): GroupEffect[] => {
    if (at === 'Pending:Proceed' || at === 'InService') return [{ type: 'register', instanceId }];
    if (at === 'Terminating') return [{ type: 'deregister', instanceId }];
    return at === 'Terminating:Proceed' && !ended ? [{ type: 'shut-down', instanceId }] : [];
  });
}

interface Turn {
  readonly group: GroupDefinition;
  readonly state: GroupState;
  readonly effects: GroupEffect[];
  readonly moment: Moment;
}

function apply(turn: Turn, event: GroupEvent): void {
  const { state, moment } = turn;
  if (event.type === 'tick') return;
  if (event.type === 'stop') {
    state.stopping = true;
    for (const instance of [...state.instances]) {
      terminate(turn, instance, 'the group was taken down');
      if (instance.state === 'Terminating:Wait') {
        instance.actions = [];
        proceed(turn, instance);
      }
    }
    return;
  }
  const instance = state.instances.find(({ id }) => id === event.instanceId);
  // What is gone has nothing left to change: its last events may arrive late.
  if (instance === undefined) return;

  switch (event.type) {
    case 'launched':
      if (instance.state === 'Pending') enterWait(turn, instance, 'launching');
      break;
    case 'registered':
      if (instance.state === 'Pending:Proceed') enterService(turn, instance);
      break;
    case 'deregistered':
      if (instance.state === 'Terminating') enterWait(turn, instance, 'terminating');
      break;
    case 'ended':
      instance.ended = true;
      if (instance.state === 'Terminating:Proceed') leave(turn, instance);
      else if (!isTerminating(instance)) {
        // The grace period is for health checks of a running instance: one that stopped is replaced at once.
        instance.health = 'Unhealthy';
        fail(
          turn,
          instance,
          `an EC2 health check indicating it has been terminated or stopped (${event.reason})`,
        );
      }
      break;
    case 'load-balancer-health':
      instance.loadBalancerHealth = event.health;
      break;
    case 'set-health':
      if (
        event.health === 'Unhealthy' &&
        event.respectGracePeriod &&
        moment.now < graceEnd(turn.group, instance)
      )
        break;
      instance.health = event.health;
      break;
    case 'heartbeat':
      for (const action of instance.actions.filter(({ hook }) => hook === event.hook)) {
        action.deadline = Math.min(moment.now + heartbeatOf(turn, event.hook), action.globalDeadline);
      }
      break;
    case 'complete':
      complete(turn, instance, event.hook, event.result, `with Lifecycle Action Result ${event.result}`);
      break;
    case 'terminate':
      terminate(turn, instance, event.cause);
      break;
  }
}

/** Pending → Pending:Wait, or Terminating → Terminating:Wait; straight on where there is no hook. */
function enterWait(turn: Turn, instance: Instance, transition: 'launching' | 'terminating'): void {
  const { group, moment, state } = turn;
  // A group that is taken down waits for nobody: whoever would complete the action goes too.
  const hooks = state.stopping ? [] : group.hooks.filter((hook) => hook.transition === transition);
  instance.actions = hooks.map((hook) => {
    const heartbeat = hook.heartbeatTimeoutSeconds * 1000;
    return {
      hook: hook.name,
      token: moment.newToken(),
      deadline: moment.now + heartbeat,
      globalDeadline: moment.now + Math.min(longestWait, 100 * heartbeat),
    };
  });
  if (hooks.length > 0) {
    instance.state = transition === 'launching' ? 'Pending:Wait' : 'Terminating:Wait';
    updateActivity(state, instance.activityId, 'MidLifecycleAction');
  } else {
    proceed(turn, instance);
  }
}

/** The hooks are through: on to the load balancer, or to the end. */
function proceed(turn: Turn, instance: Instance): void {
  if (isTerminating(instance)) {
    instance.state = 'Terminating:Proceed';
    updateActivity(turn.state, instance.activityId, 'InProgress');
    if (instance.ended) leave(turn, instance);
    else turn.effects.push({ type: 'shut-down', instanceId: instance.id });
  } else {
    instance.state = 'Pending:Proceed';
    updateActivity(turn.state, instance.activityId, 'InProgress');
    // The group registers an instance before it marks it InService.
    turn.effects.push({ type: 'register', instanceId: instance.id });
  }
}

function enterService({ state, moment }: Turn, instance: Instance): void {
  instance.state = 'InService';
  instance.inServiceAt = moment.now;
  state.failedLaunches = 0;
  state.launchNotBefore = 0;
  endActivity(state, instance.activityId, 'Successful', moment.now);
}

function complete(turn: Turn, instance: Instance, hook: string, result: LifecycleResult, how: string): void {
  if (!instance.actions.some((action) => action.hook === hook)) return;
  instance.actions = instance.actions.filter((action) => action.hook !== hook);
  if (result === 'ABANDON' && instance.state === 'Pending:Wait') {
    instance.actions = [];
    fail(turn, instance, `lifecycle action ${hook} being abandoned ${how}`);
    return;
  }
  // While terminating, ABANDON skips the other hooks, and the instance is terminated all the same.
  if (result === 'ABANDON') instance.actions = [];
  if (instance.actions.length === 0) proceed(turn, instance);
}

/** An instance that must be replaced. A launch that failed delays the next one. */
function fail(turn: Turn, instance: Instance, why: string): void {
  const { state, moment } = turn;
  if (instance.inServiceAt === undefined) {
    state.failedLaunches += 1;
    state.launchNotBefore =
      moment.now + Math.min(longestBackoff, firstBackoff * 2 ** (state.failedLaunches - 1));
    endActivity(
      state,
      instance.activityId,
      'Failed',
      moment.now,
      `Instance failed to launch in response to ${why}`,
    );
  }
  terminate(turn, instance, `an instance was taken out of service in response to ${why}`);
}

function terminate(turn: Turn, instance: Instance, cause: string): void {
  const { state, moment, effects } = turn;
  if (isTerminating(instance)) return;
  if (instance.inServiceAt === undefined) {
    endActivity(state, instance.activityId, 'Cancelled', moment.now, `Cancelled because ${cause}`);
  }
  const wasRegistered = instance.state === 'InService' || instance.state === 'Pending:Proceed';
  instance.state = 'Terminating';
  instance.actions = [];
  instance.activityId = startActivity(state, {
    id: moment.newToken(),
    instanceId: instance.id,
    description: `Terminating EC2 instance: ${instance.id}`,
    cause: `At ${new Date(moment.now).toISOString()} ${cause}.`,
    startedAt: moment.now,
    status: wasRegistered ? 'WaitingForELBConnectionDraining' : 'InProgress',
  });
  if (wasRegistered) effects.push({ type: 'deregister', instanceId: instance.id });
  else enterWait(turn, instance, 'terminating');
}

/** Terminated: no longer a part of the group. */
function leave({ state, moment }: Turn, instance: Instance): void {
  state.instances = state.instances.filter((other) => other !== instance);
  endActivity(state, instance.activityId, 'Successful', moment.now);
}

function expireLifecycleActions(turn: Turn): void {
  for (const instance of [...turn.state.instances]) {
    for (const { hook, deadline } of instance.actions) {
      if (deadline > turn.moment.now) continue;
      const result = turn.group.hooks.find(({ name }) => name === hook)?.defaultResult ?? 'ABANDON';
      complete(turn, instance, hook, result, `after its heartbeat timeout (default result ${result})`);
    }
  }
}

function replaceUnhealthy(turn: Turn): void {
  const { group, state, moment } = turn;
  for (const instance of [...state.instances]) {
    if (instance.state !== 'InService') continue;
    if (isFailingLoadBalancer(group, instance) && moment.now >= graceEnd(group, instance)) {
      instance.health = 'Unhealthy';
      fail(turn, instance, 'an ELB system health check failure');
    } else if (instance.health === 'Unhealthy') {
      fail(turn, instance, 'a user health-check');
    }
  }
}

/**
 * An instance that terminates no longer counts against the desired capacity, so its replacement is launched meanwhile:
 * for a while there are two.
 */
function launchMissing({ group, state, effects, moment }: Turn): void {
  while (isShort(group, state) && moment.now >= state.launchNotBefore) {
    const id = moment.newInstanceId();
    const active = state.instances.filter((instance) => !isTerminating(instance)).length;
    // Zones take turns, so that a launch that fails in one is tried in another.
    const availabilityZone = group.availabilityZones[state.launches % group.availabilityZones.length] ?? '';
    const activityId = startActivity(state, {
      id: moment.newToken(),
      instanceId: id,
      description: `Launching a new EC2 instance: ${id}`,
      cause: `At ${new Date(moment.now).toISOString()} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${active} to ${active + 1}.`,
      startedAt: moment.now,
      status: 'PreInService',
    });
    state.launches += 1;
    state.instances.push({
      id,
      availabilityZone,
      state: 'Pending',
      health: 'Healthy',
      launchedAt: moment.now,
      ended: false,
      actions: [],
      activityId,
    });
    effects.push({ type: 'launch', instanceId: id, availabilityZone });
  }
}

function isShort(group: GroupDefinition, state: GroupState): boolean {
  return (
    !state.stopping &&
    state.instances.filter((instance) => !isTerminating(instance)).length < group.desiredCapacity
  );
}

export function isTerminating({ state }: Instance): boolean {
  return state.startsWith('Terminating');
}

function isFailingLoadBalancer(group: GroupDefinition, instance: Instance): boolean {
  return (
    group.usesLoadBalancerHealth &&
    instance.state === 'InService' &&
    instance.loadBalancerHealth === 'unhealthy'
  );
}

/** The grace period starts when the instance is InService, that is after the launch hooks. */
function graceEnd(group: GroupDefinition, instance: Instance): number {
  return (instance.inServiceAt ?? Infinity) + group.healthCheckGracePeriodSeconds * 1000;
}

function heartbeatOf({ group }: Turn, hook: string): number {
  return (group.hooks.find(({ name }) => name === hook)?.heartbeatTimeoutSeconds ?? 0) * 1000;
}
