/**
 * What an Auto Scaling group does next: pure, one event at a time.
 * Lifecycle: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
 * Hooks: https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html and lifecycle-hooks.html
 * Health: https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-checks-overview.html and health-check-grace-period.html
 */
import { startActivity } from './scaling-activity.ts';
import type { GroupDefinition, GroupEffect, GroupEvent, GroupState, Instance } from './scaling-group.ts';
import {
  beat,
  complete,
  enterService,
  enterWait,
  fail,
  isTerminating,
  leave,
  proceed,
  terminate,
  type Moment,
  type Turn,
} from './scaling-transitions.ts';

export interface Decision {
  readonly state: GroupState;
  readonly effects: readonly GroupEffect[];
}

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

function apply(turn: Turn, event: GroupEvent): void {
  const { state, moment } = turn;
  if (event.type === 'tick') return;
  if (event.type === 'stop') {
    state.stopping = true;
    for (const instance of Array.from(state.instances)) {
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
      beat(turn, instance, event.hook);
      break;
    case 'complete':
      complete(turn, instance, event.hook, event.result, `with Lifecycle Action Result ${event.result}`);
      break;
    case 'terminate':
      terminate(turn, instance, event.cause);
      break;
  }
}

// Both walk over a copy: what is replaced leaves the list.

function expireLifecycleActions(turn: Turn): void {
  for (const instance of Array.from(turn.state.instances)) {
    for (const { hook, deadline } of instance.actions) {
      if (deadline > turn.moment.now) continue;
      const result = turn.group.hooks.find(({ name }) => name === hook)?.defaultResult ?? 'ABANDON';
      complete(turn, instance, hook, result, `after its heartbeat timeout (default result ${result})`);
    }
  }
}

function replaceUnhealthy(turn: Turn): void {
  const { group, state, moment } = turn;
  for (const instance of Array.from(state.instances)) {
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
