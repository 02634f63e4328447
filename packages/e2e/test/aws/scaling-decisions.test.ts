import { describe, expect, it } from 'vitest';
import { decide, effectsToRepeat, nextDeadline } from '../../src/aws/scaling-decisions.ts';
import {
  emptyGroup,
  type GroupDefinition,
  type GroupEffect,
  type GroupEvent,
  type GroupState,
} from '../../src/aws/scaling-group.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const pod: GroupDefinition = {
  name: 'pod',
  arn: 'arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:id:autoScalingGroupName/pod',
  minSize: 1,
  maxSize: 1,
  desiredCapacity: 1,
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  usesLoadBalancerHealth: true,
  healthCheckGracePeriodSeconds: 60,
  hooks: [{ name: 'ready', transition: 'launching', heartbeatTimeoutSeconds: 300, defaultResult: 'ABANDON' }],
  tags: {},
};

/** Plays events against the pure decisions, and remembers what was done. */
class Play {
  state: GroupState = emptyGroup;
  seconds = 0;
  effects: GroupEffect[] = [];
  readonly group: GroupDefinition;
  #ids = 0;

  constructor(group: GroupDefinition = pod) {
    this.group = group;
  }

  event(event: GroupEvent): this {
    const { state, effects } = decide(this.group, this.state, event, {
      now: start + this.seconds * 1000,
      newInstanceId: () => `i-${++this.#ids}`,
      newToken: () => `token-${++this.#ids}`,
    });
    this.state = state;
    this.effects = [...effects];
    return this;
  }

  tick(seconds: number): this {
    this.seconds += seconds;
    return this.event({ type: 'tick' });
  }

  get first() {
    const instance = this.state.instances[0];
    if (instance === undefined) throw new Error('no instance');
    return instance;
  }

  get states(): string[] {
    return this.state.instances.map(({ state }) => state);
  }

  get deadline(): number | undefined {
    const deadline = nextDeadline(this.group, this.state);
    return deadline === undefined ? undefined : (deadline - start) / 1000;
  }

  /** Launches an instance up to Pending:Wait. */
  wait(): this {
    this.tick(0);
    return this.event({ type: 'launched', instanceId: this.first.id });
  }

  inService(): this {
    this.wait();
    const instanceId = this.first.id;
    this.event({ type: 'complete', instanceId, hook: 'ready', result: 'CONTINUE' });
    return this.event({ type: 'registered', instanceId });
  }
}

describe('a launch', () => {
  it('goes from Pending to InService through the hook, and is registered before it is in service', () => {
    const play = new Play().tick(0);
    const { id: instanceId } = play.first;
    expect(play.states).toEqual(['Pending']);
    expect(play.effects).toEqual([{ type: 'launch', instanceId, availabilityZone: 'eu-central-1a' }]);
    expect(play.event({ type: 'launched', instanceId }).states).toEqual(['Pending:Wait']);
    expect(play.state.activities[0]?.status).toBe('MidLifecycleAction');
    play.event({ type: 'complete', instanceId, hook: 'ready', result: 'CONTINUE' });
    expect(play.states).toEqual(['Pending:Proceed']);
    expect(play.effects).toEqual([{ type: 'register', instanceId }]);
    expect(play.event({ type: 'registered', instanceId }).states).toEqual(['InService']);
    expect(play.state.activities).toMatchObject([{ status: 'Successful', instanceId }]);
    expect(play.deadline).toBeUndefined();
  });

  it('needs no hook', () => {
    const play = new Play({ ...pod, hooks: [] }).wait();
    expect(play.states).toEqual(['Pending:Proceed']);
  });

  it('waits for every hook', () => {
    const second = {
      name: 'second',
      transition: 'launching',
      heartbeatTimeoutSeconds: 60,
      defaultResult: 'CONTINUE',
    } as const;
    const play = new Play({ ...pod, hooks: [...pod.hooks, second] }).wait();
    play.event({ type: 'complete', instanceId: play.first.id, hook: 'ready', result: 'CONTINUE' });
    expect(play.states).toEqual(['Pending:Wait']);
    expect(play.tick(60).states).toEqual(['Pending:Proceed']);
  });

  it('is abandoned when the heartbeat timeout passes, and replaced after a back-off', () => {
    const play = new Play().wait();
    expect(play.deadline).toBe(300);
    expect(play.tick(299).states).toEqual(['Pending:Wait']);
    const lost = play.first.id;
    expect(play.tick(1).states).toEqual(['Terminating:Proceed']);
    expect(play.effects).toEqual([{ type: 'shut-down', instanceId: lost }]);
    expect(play.state.activities[1]).toMatchObject({
      status: 'Failed',
      statusMessage: expect.stringContaining('heartbeat timeout'),
    });
    expect(play.event({ type: 'ended', instanceId: lost, reason: 'stopped' }).states).toEqual([]);
    expect(play.deadline).toBe(305);
    expect(play.tick(5).states).toEqual(['Pending']);
    expect(play.first.availabilityZone).toBe('eu-central-1b');
  });

  it('that is hopeless is tried ever more slowly, and the count starts over once one succeeds', () => {
    const play = new Play();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const instanceId = play.tick(0).wait().first.id;
      play.event({ type: 'complete', instanceId, hook: 'ready', result: 'ABANDON' });
      play.event({ type: 'ended', instanceId, reason: 'stopped' });
      const delay = (play.deadline ?? NaN) - play.seconds;
      delays.push(delay);
      play.seconds += delay;
    }
    expect(delays).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(play.inService().state).toMatchObject({ failedLaunches: 0, launchNotBefore: 0 });
  });

  it('is extended by a heartbeat, up to the global timeout', () => {
    const play = new Play().wait();
    const instanceId = play.first.id;
    play.tick(200).event({ type: 'heartbeat', instanceId, hook: 'ready' });
    expect(play.deadline).toBe(500);
    for (let beat = 0; beat < 200 && play.states[0] === 'Pending:Wait'; beat += 1) {
      play.tick(299).event({ type: 'heartbeat', instanceId, hook: 'ready' });
    }
    expect(play.seconds).toBeGreaterThanOrEqual(30_000);
    expect(play.seconds).toBeLessThan(30_300);
    expect(play.states).not.toContain('Pending:Wait');
  });

  // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html, GlobalTimeout
  it.each([
    [30, 3000],
    [900, 90_000],
    [1800, 172_800],
    [7200, 172_800],
  ])('with a heartbeat timeout of %i s is held for %i s, however often it beats', (timeout, longest) => {
    const hooks = pod.hooks.map((hook) => ({ ...hook, heartbeatTimeoutSeconds: timeout }));
    const play = new Play({ ...pod, hooks }).wait();
    const instanceId = play.first.id;
    for (let beat = 0; beat < 200 && play.deadline !== longest; beat += 1)
      play.tick(timeout - 1).event({ type: 'heartbeat', instanceId, hook: 'ready' });
    expect(play.deadline).toBe(longest);
    expect(play.tick(longest - 1 - play.seconds).states).toEqual(['Pending:Wait']);
    expect(play.tick(1).states).toEqual(['Terminating:Proceed']);
  });

  it('fails when the instance ends while it waits', () => {
    const play = new Play().wait();
    const instanceId = play.first.id;
    play.event({ type: 'ended', instanceId, reason: 'exit 1' });
    expect(play.state.instances).toEqual([]);
    expect(play.state.failedLaunches).toBe(1);
  });
});

describe('health', () => {
  it('of the load balancer counts only after the grace period', () => {
    const play = new Play().inService();
    const instanceId = play.first.id;
    play.tick(10).event({ type: 'load-balancer-health', instanceId, health: 'unhealthy' });
    expect(play.states).toEqual(['InService']);
    expect(play.deadline).toBe(60);
    play.tick(50);
    expect(play.states).toEqual(['Terminating', 'Pending']);
    expect(play.effects.map(({ type }) => type)).toEqual(['deregister', 'launch']);
    expect(
      play.state.activities.find(({ description }) => description.startsWith('Terminating'))?.cause,
    ).toContain('ELB system health check failure');
  });

  it('that comes back within the grace period is forgiven', () => {
    const play = new Play().inService();
    const instanceId = play.first.id;
    play.event({ type: 'load-balancer-health', instanceId, health: 'unhealthy' });
    play.event({ type: 'load-balancer-health', instanceId, health: 'healthy' });
    expect(play.tick(1000).states).toEqual(['InService']);
  });

  it('of the load balancer does not count for a group with EC2 health checks', () => {
    const play = new Play({ ...pod, usesLoadBalancerHealth: false }).inService();
    play.event({ type: 'load-balancer-health', instanceId: play.first.id, health: 'unhealthy' });
    expect(play.tick(1000).states).toEqual(['InService']);
  });

  it('of EC2 counts at once: an instance that ended is replaced within the grace period', () => {
    const play = new Play().inService();
    play.tick(1).event({ type: 'ended', instanceId: play.first.id, reason: 'SIGKILL' });
    expect(play.states).toEqual(['Terminating', 'Pending']);
    expect(play.event({ type: 'deregistered', instanceId: play.first.id }).states).toEqual(['Pending']);
  });

  it('set by a user respects the grace period unless told otherwise', () => {
    const play = new Play().inService();
    const instanceId = play.first.id;
    play.event({ type: 'set-health', instanceId, health: 'Unhealthy', respectGracePeriod: true });
    expect(play.states).toEqual(['InService']);
    play.event({ type: 'set-health', instanceId, health: 'Unhealthy', respectGracePeriod: false });
    expect(play.states).toEqual(['Terminating', 'Pending']);
  });
});

describe('a termination', () => {
  const hooks = [
    ...pod.hooks,
    { name: 'drain', transition: 'terminating', heartbeatTimeoutSeconds: 30, defaultResult: 'ABANDON' },
  ] as const;

  it('deregisters, waits for the hook, then shuts down; the replacement does not wait for it', () => {
    const play = new Play({ ...pod, hooks }).inService();
    const instanceId = play.first.id;
    play.event({ type: 'terminate', instanceId, cause: 'somebody asked' });
    expect(play.states).toEqual(['Terminating', 'Pending']);
    expect(play.event({ type: 'deregistered', instanceId }).states).toEqual(['Terminating:Wait', 'Pending']);
    play.event({ type: 'complete', instanceId, hook: 'drain', result: 'CONTINUE' });
    expect(play.states).toEqual(['Terminating:Proceed', 'Pending']);
    expect(play.effects).toEqual([{ type: 'shut-down', instanceId }]);
    expect(play.event({ type: 'ended', instanceId, reason: 'stopped' }).states).toEqual(['Pending']);
  });

  it('goes on by itself when the hook times out, whatever its default result', () => {
    const play = new Play({ ...pod, hooks }).inService();
    const instanceId = play.first.id;
    play
      .event({ type: 'terminate', instanceId, cause: 'somebody asked' })
      .event({ type: 'deregistered', instanceId });
    expect(play.tick(30).states).toEqual(['Terminating:Proceed', 'Pending']);
  });

  it('happens once: later requests and late events change nothing', () => {
    const play = new Play().inService();
    const instanceId = play.first.id;
    play.event({ type: 'terminate', instanceId, cause: 'first' });
    const { state } = play;
    play.event({ type: 'terminate', instanceId, cause: 'second' });
    play.event({ type: 'registered', instanceId }).event({ type: 'launched', instanceId });
    play.event({ type: 'complete', instanceId: 'i-unknown', hook: 'ready', result: 'CONTINUE' });
    expect(play.state).toEqual(state);
  });
});

it('a group that is taken down waits for no hook and launches nothing', () => {
  const play = new Play().wait();
  const instanceId = play.first.id;
  play.event({ type: 'stop' });
  expect(play.effects).toEqual([{ type: 'shut-down', instanceId }]);
  play.event({ type: 'ended', instanceId, reason: 'stopped' });
  expect(play.tick(10_000).state.instances).toEqual([]);
});

it('a group that is taken up again repeats what nobody answered', () => {
  const play = new Play().inService();
  const instanceId = play.first.id;
  expect(effectsToRepeat(play.state)).toEqual([{ type: 'register', instanceId }]);
  play.event({ type: 'terminate', instanceId, cause: 'asked' });
  expect(effectsToRepeat(play.state)).toEqual([{ type: 'deregister', instanceId }]);
});
