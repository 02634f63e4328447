/**
 * The transitions of an instance's lifecycle, and what each sets in motion.
 * Lifecycle: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
 * Hooks: https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html and lifecycle-hooks.html
 */
import { endActivity, startActivity, updateActivity } from './scaling-activity.ts';
import type { GroupDefinition, GroupEffect, GroupState, Instance, LifecycleResult } from './scaling-group.ts';

export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  newInstanceId(): string;
  newToken(): string;
}

/** One event being handled: `state` and `effects` are its draft. */
export interface Turn {
  readonly group: GroupDefinition;
  readonly state: GroupState;
  readonly effects: GroupEffect[];
  readonly moment: Moment;
}

/** AWS retries failing launches ever more slowly and documents no numbers: 5 s, doubled each time, at most 5 minutes. */
const firstBackoff = 5_000;
const longestBackoff = 300_000;
/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html, GlobalTimeout */
const longestWait = 48 * 3600_000;

export function isTerminating({ state }: Instance): boolean {
  return state.startsWith('Terminating');
}

/** Restarts the timeout of an action, within its global timeout. */
export function beat({ group, moment }: Turn, instance: Instance, hook: string): void {
  const timeout = (group.hooks.find(({ name }) => name === hook)?.heartbeatTimeoutSeconds ?? 0) * 1000;
  for (const action of instance.actions.filter((candidate) => candidate.hook === hook)) {
    action.deadline = Math.min(moment.now + timeout, action.globalDeadline);
  }
}

/** Pending → Pending:Wait, or Terminating → Terminating:Wait; straight on where there is no hook. */
export function enterWait(turn: Turn, instance: Instance, transition: 'launching' | 'terminating'): void {
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
export function proceed(turn: Turn, instance: Instance): void {
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

export function enterService({ state, moment }: Turn, instance: Instance): void {
  instance.state = 'InService';
  instance.inServiceAt = moment.now;
  state.failedLaunches = 0;
  state.launchNotBefore = 0;
  endActivity(state, instance.activityId, 'Successful', moment.now);
}

export function complete(
  turn: Turn,
  instance: Instance,
  hook: string,
  result: LifecycleResult,
  how: string,
): void {
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
export function fail(turn: Turn, instance: Instance, why: string): void {
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

export function terminate(turn: Turn, instance: Instance, cause: string): void {
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
export function leave({ state, moment }: Turn, instance: Instance): void {
  state.instances = state.instances.filter((other) => other !== instance);
  endActivity(state, instance.activityId, 'Successful', moment.now);
}
