import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, type Clock } from './clock.ts';
import { decide, effectsToRepeat, nextDeadline } from './scaling-decisions.ts';
import {
  emptyGroup,
  groupStateSchema,
  type GroupDefinition,
  type GroupEffect,
  type GroupEvent,
  type GroupState,
  type LifecycleState,
} from './scaling-group.ts';
import { isTerminating } from './scaling-transitions.ts';
import { stateFile, type StateFile } from './state-file.ts';

/** A machine that runs, whatever it is made of. */
export interface RunningInstance {
  /** Settles when the machine is off, however that came about. */
  readonly ended: Promise<unknown>;
  /** Turns it off: SIGTERM lets it shut down, SIGKILL does not. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> | void;
}

export interface LaunchRequest {
  readonly instanceId: string;
  readonly availabilityZone: string;
}

export interface AutoScalingGroupOptions {
  readonly definition: GroupDefinition;
  /** File that the group remembers itself in. */
  readonly path: string;
  /** Starts a machine; resolves as soon as it runs (EC2 `running`), not when it is ready. */
  readonly launch: (request: LaunchRequest) => Promise<RunningInstance>;
  /** After a restart of this process: the machine of a remembered instance, if it still runs. Default: none does. */
  readonly adopt?: (request: LaunchRequest) => Promise<RunningInstance | undefined>;
  /** The target group. `deregister` resolves when connections are drained. */
  readonly targets?: {
    register(instanceId: string): Promise<void> | void;
    deregister(instanceId: string): Promise<void> | void;
  };
  readonly onTransition?: (transition: Transition) => void;
  /** The state could not be written, or `targets` failed. Default: an unhandled rejection, which ends the process. */
  readonly onFailure?: (error: unknown) => void;
  readonly clock?: Clock;
  /** From SIGTERM to SIGKILL. EC2 waits a few minutes before it cuts the power. Default: 120. */
  readonly shutdownTimeoutSeconds?: number;
}

/** A change of an instance's lifecycle state. */
export interface Transition {
  readonly instanceId: string;
  readonly from: LifecycleState | undefined;
  readonly to: LifecycleState | 'Terminated';
}

/**
 * An Auto Scaling group: decides with `decide`, remembers before it acts, acts, and turns what happens into events.
 * One event is handled at a time.
 */
export class AutoScalingGroup {
  readonly definition: GroupDefinition;
  readonly #options: AutoScalingGroupOptions;
  readonly #clock: Clock;
  readonly #file: StateFile<GroupState>;
  /** Settles with undefined for a machine that could not be started. */
  readonly #machines = new Map<string, Promise<RunningInstance | undefined>>();
  #state: GroupState = emptyGroup;
  #queue: Promise<void> = Promise.resolve();
  #cancelTick: () => void = () => undefined;
  #closed = false;
  #waiting: Array<() => void> = [];

  constructor(options: AutoScalingGroupOptions) {
    this.definition = options.definition;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#file = stateFile(options.path, (value) => groupStateSchema.parse(value));
  }

  /** A snapshot. */
  get state(): GroupState {
    return this.#state;
  }

  /** Takes up what was remembered, and launches what is missing. @throws StandInError STATE_UNREADABLE */
  async start(): Promise<void> {
    const remembered = { ...((await this.#file.read()) ?? emptyGroup), stopping: false };
    this.#state = remembered;
    for (const { id: instanceId, availabilityZone } of remembered.instances) {
      const machine = await this.#options.adopt?.({ instanceId, availabilityZone });
      if (machine === undefined) {
        await this.#dispatch({ type: 'ended', instanceId, reason: 'not found after a restart' });
      } else {
        this.#machines.set(instanceId, Promise.resolve(machine));
        this.#watch(instanceId, machine);
        await this.#dispatch({ type: 'launched', instanceId });
      }
    }
    for (const effect of effectsToRepeat(remembered)) {
      // What is gone is not registered again.
      if (effect.type !== 'register' || this.#machines.has(effect.instanceId)) this.#start(effect);
    }
    await this.#dispatch({ type: 'tick' });
  }

  /** What IMDS answers to: https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html */
  targetLifecycleState(instanceId: string): 'InService' | 'Terminated' {
    const instance = this.#state.instances.find(({ id }) => id === instanceId);
    return instance === undefined || isTerminating(instance) ? 'Terminated' : 'InService';
  }

  /** The verdict of the load balancer's health check; counts if the group's health check type says so. */
  reportHealth(instanceId: string, health: 'healthy' | 'unhealthy'): Promise<void> {
    return this.#dispatch({ type: 'load-balancer-health', instanceId, health });
  }

  /** Tells the group what an API call asks for. The change is on disk when this resolves. */
  request(
    event: Extract<GroupEvent, { type: 'set-health' | 'heartbeat' | 'complete' | 'terminate' }>,
  ): Promise<void> {
    return this.#dispatch(event);
  }

  /** Terminates every instance and launches a new one, as TerminateInstanceInAutoScalingGroup does. @returns what it terminated */
  async terminateAndReplace(): Promise<readonly string[]> {
    const ids = this.#state.instances.filter((instance) => !isTerminating(instance)).map(({ id }) => id);
    for (const instanceId of ids) {
      await this.#dispatch({
        type: 'terminate',
        instanceId,
        cause: 'instance was taken out of service in response to a user request',
      });
    }
    return ids;
  }

  /** Resolves when `holds` is true of the state. */
  async until(holds: (state: GroupState) => boolean): Promise<void> {
    while (!holds(this.#state)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  /** Resolves when all that happened so far, and what follows from it at once, is handled. */
  async settled(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#queue) {
      seen = this.#queue;
      await seen;
      await nextTurn();
    }
  }

  /** Takes the group down and waits until nothing runs. Terminate hooks are not waited for: the whole pod goes. */
  async close(): Promise<void> {
    await this.#dispatch({ type: 'stop' });
    await this.until(({ instances }) => instances.length === 0);
    this.#cancelTick();
    this.#closed = true;
    await this.#queue;
  }

  #dispatch(event: GroupEvent): Promise<void> {
    const handled = this.#queue.then(() => this.#handle(event));
    this.#queue = handled.catch(() => undefined);
    return handled;
  }

  async #handle(event: GroupEvent): Promise<void> {
    if (this.#closed) return;
    const before = this.#state;
    const { state, effects } = decide(this.definition, before, event, {
      now: this.#clock.now(),
      newInstanceId: () => `i-${randomBytes(9).toString('hex').slice(0, 17)}`,
      newToken: randomUUID,
    });
    await this.#file.write(state);
    this.#state = state;
    this.#announce(before, state);
    for (const effect of effects) this.#start(effect);
    this.#scheduleTick();
  }

  #start(effect: GroupEffect): void {
    const { onFailure } = this.#options;
    const performed = this.#perform(effect);
    void (onFailure === undefined ? performed : performed.catch(onFailure));
  }

  async #perform(effect: GroupEffect): Promise<void> {
    const { instanceId } = effect;
    const { targets } = this.#options;
    switch (effect.type) {
      case 'launch':
        await this.#launch(effect);
        break;
      case 'register':
        await targets?.register(instanceId);
        await this.#dispatch({ type: 'registered', instanceId });
        break;
      case 'deregister':
        await targets?.deregister(instanceId);
        await this.#dispatch({ type: 'deregistered', instanceId });
        break;
      case 'shut-down':
        await this.#shutDown(instanceId);
        break;
    }
  }

  async #launch({ instanceId, availabilityZone }: LaunchRequest): Promise<void> {
    let failure = 'it could not be launched';
    const launching = this.#options.launch({ instanceId, availabilityZone }).catch((error: unknown) => {
      failure += `: ${messageOf(error)}`;
      return undefined;
    });
    this.#machines.set(instanceId, launching);
    const machine = await launching;
    if (machine === undefined) {
      this.#machines.delete(instanceId);
      await this.#dispatch({ type: 'ended', instanceId, reason: failure });
    } else {
      this.#watch(instanceId, machine);
      await this.#dispatch({ type: 'launched', instanceId });
    }
  }

  #watch(instanceId: string, machine: RunningInstance): void {
    const outlive = async (): Promise<void> => {
      const reason = await machine.ended.then(() => 'it stopped', messageOf);
      this.#machines.delete(instanceId);
      await this.#dispatch({ type: 'ended', instanceId, reason });
    };
    void outlive();
  }

  async #shutDown(instanceId: string): Promise<void> {
    const machine = await this.#machines.get(instanceId);
    // Otherwise its end has been told already.
    if (machine === undefined) return;
    const patience = (this.#options.shutdownTimeoutSeconds ?? 120) * 1000;
    const cancel = this.#clock.at(this.#clock.now() + patience, () => void machine.stop('SIGKILL'));
    try {
      await machine.stop('SIGTERM');
      await machine.ended.catch(() => undefined);
    } finally {
      cancel();
    }
  }

  #scheduleTick(): void {
    this.#cancelTick();
    const deadline = nextDeadline(this.definition, this.#state);
    if (deadline === undefined) return;
    this.#cancelTick = this.#clock.at(deadline, () => void this.#dispatch({ type: 'tick' }));
  }

  #announce(before: GroupState, after: GroupState): void {
    const states = (state: GroupState) =>
      new Map(state.instances.map((instance) => [instance.id, instance.state]));
    const from = states(before);
    const to = states(after);
    for (const instanceId of new Set([...from.keys(), ...to.keys()])) {
      const now = to.get(instanceId) ?? 'Terminated';
      if (from.get(instanceId) !== now)
        this.#options.onTransition?.({ instanceId, from: from.get(instanceId), to: now });
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
