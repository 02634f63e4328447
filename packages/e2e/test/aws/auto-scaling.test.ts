import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
  DescribeScalingActivitiesCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetInstanceHealthCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AutoScalingGroup,
  autoScaling,
  CredentialIssuer,
  startEndpoint,
  type AutoScalingGroupOptions,
  type GroupDefinition,
  type LaunchRequest,
  type Listening,
  type PolicyDocument,
  type RunningInstance,
  type Transition,
} from '../../src/aws/index.ts';
import { FakeClock } from './fake-clock.ts';

const region = 'eu-central-1';
const account = '111122223333';
const definition: GroupDefinition = {
  name: 'pod',
  arn: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:0a1b:autoScalingGroupName/pod`,
  minSize: 1,
  maxSize: 1,
  desiredCapacity: 1,
  availabilityZones: [`${region}a`, `${region}b`],
  usesLoadBalancerHealth: true,
  healthCheckGracePeriodSeconds: 60,
  hooks: [{ name: 'ready', transition: 'launching', heartbeatTimeoutSeconds: 300, defaultResult: 'ABANDON' }],
  tags: { pod: 'team' },
};

/** A machine that does what it is told, and can die of itself. */
class Machine implements RunningInstance {
  readonly request: LaunchRequest;
  readonly signals: string[] = [];
  readonly #end = Promise.withResolvers<void>();
  readonly ended = this.#end.promise;
  readonly #deaf: boolean;

  constructor(request: LaunchRequest, deaf = false) {
    this.request = request;
    this.#deaf = deaf;
  }

  stop(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(signal);
    if (!this.#deaf || signal === 'SIGKILL') this.die();
  }

  die(): void {
    this.#end.resolve();
  }
}

let directory: string;
let clock: FakeClock;
let machines: Machine[];
let registered: Set<string>;
let transitions: Transition[];
let group: AutoScalingGroup;

function createGroup(options: Partial<AutoScalingGroupOptions> = {}): AutoScalingGroup {
  return new AutoScalingGroup({
    definition,
    path: join(directory, 'group.json'),
    async launch(request) {
      const machine = new Machine(request);
      machines.push(machine);
      return machine;
    },
    targets: { register: (id) => void registered.add(id), deregister: (id) => void registered.delete(id) },
    onTransition: (transition) => transitions.push(transition),
    clock,
    shutdownTimeoutSeconds: 30,
    ...options,
  });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'asg-'));
  clock = new FakeClock(() => group.settled());
  machines = [];
  registered = new Set();
  transitions = [];
  group = createGroup();
});

afterEach(async () => {
  await group.close();
  await rm(directory, { recursive: true });
});

const states = () => group.state.instances.map(({ state }) => state);
const inState = (state: string) =>
  group.until(({ instances }) => instances.some((instance) => instance.state === state));
const newest = (): Machine => {
  const machine = machines.at(-1);
  if (machine === undefined) throw new Error('nothing was launched');
  return machine;
};

async function inService(): Promise<string> {
  await inState('Pending:Wait');
  const { instanceId } = newest().request;
  await group.request({ type: 'complete', instanceId, hook: 'ready', result: 'CONTINUE' });
  await inState('InService');
  return instanceId;
}

describe('the group', () => {
  it('launches one instance, registers it once its hook is completed, and replaces it on demand', async () => {
    await group.start();
    const first = await inService();
    expect(registered).toEqual(new Set([first]));
    expect(group.targetLifecycleState(first)).toBe('InService');
    expect(await group.terminateAndReplace()).toEqual([first]);
    await group.until(({ instances }) => instances.length === 1 && instances[0]?.state === 'Pending:Wait');
    expect(machines[0]?.signals).toEqual(['SIGTERM']);
    expect(group.targetLifecycleState(first)).toBe('Terminated');
    const second = await inService();
    expect(second).toMatch(/^i-[0-9a-f]{17}$/);
    expect(registered).toEqual(new Set([second]));
    expect(transitions.filter(({ instanceId }) => instanceId === first).map(({ to }) => to)).toEqual([
      'Pending',
      'Pending:Wait',
      'Pending:Proceed',
      'InService',
      'Terminating',
      'Terminating:Proceed',
      'Terminated',
    ]);
  });

  it('replaces an instance that dies', async () => {
    await group.start();
    const first = await inService();
    newest().die();
    await group.until(({ instances }) => instances.every(({ id }) => id !== first));
    await inState('Pending:Wait');
    expect(machines).toHaveLength(2);
  });

  it('replaces an instance that the load balancer finds unhealthy, after the grace period', async () => {
    await group.start();
    const first = await inService();
    await group.reportHealth(first, 'unhealthy');
    expect(states()).toEqual(['InService']);
    await clock.advance(60);
    expect(machines).toHaveLength(2);
    expect(
      group.state.activities.some(({ cause }) => cause.includes('ELB system health check failure')),
    ).toBe(true);
  });

  it('abandons a launch that nobody completes, and does not spin', async () => {
    await group.start();
    await inState('Pending:Wait');
    await clock.advance(300);
    expect(machines).toHaveLength(1);
    expect(machines[0]?.signals).toEqual(['SIGTERM']);
    await clock.advance(5);
    expect(machines).toHaveLength(2);
    await clock.advance(300 + 9);
    expect(machines).toHaveLength(2);
    await clock.advance(1);
    expect(machines).toHaveLength(3);
  });

  it('counts a launch that throws as failed, and says why', async () => {
    group = createGroup({ launch: () => Promise.reject(new Error('no space left')) });
    await group.start();
    await group.until(({ failedLaunches }) => failedLaunches === 1);
    expect(JSON.stringify(group.state.activities)).toContain('no space left');
  });

  it('cuts the power of an instance that does not shut down', async () => {
    group = createGroup({
      async launch(request) {
        const machine = new Machine(request, true);
        machines.push(machine);
        return machine;
      },
    });
    await group.start();
    await inService();
    await group.terminateAndReplace();
    await clock.advance(31);
    expect(machines[0]?.signals).toEqual(['SIGTERM', 'SIGKILL']);
    const closed = group.close();
    await clock.advance(31);
    await closed;
  });

  it('does not lose a machine that starts after its instance was given up', async () => {
    const slow = Promise.withResolvers<void>();
    group = createGroup({
      async launch(request) {
        await slow.promise;
        const machine = new Machine(request);
        machines.push(machine);
        return machine;
      },
    });
    await group.start();
    const closed = group.close();
    slow.resolve();
    await closed;
    expect(machines.map(({ signals }) => signals)).toEqual([['SIGTERM']]);
  });
});

describe('a group whose process was killed', () => {
  it('takes up the instance that still runs', async () => {
    await group.start();
    const first = await inService();
    const machine = newest();
    registered.clear();
    const again = createGroup({ adopt: async () => machine });
    await again.start();
    await again.until(() => registered.has(first));
    expect(again.state.instances).toMatchObject([{ id: first, state: 'InService' }]);
    expect(machines).toHaveLength(1);
    await again.close();
    expect(machine.signals).toEqual(['SIGTERM']);
  });

  it('replaces the instance that is gone, and keeps the history', async () => {
    await group.start();
    const first = await inService();
    const everRegistered = new Set<string>();
    const again = createGroup({
      targets: { register: (id) => void everRegistered.add(id), deregister: () => undefined },
    });
    await again.start();
    await again.until(({ instances }) => instances.length === 1 && instances[0]?.id !== first);
    expect(everRegistered).not.toContain(first);
    expect(again.state.activities.map(({ description }) => description.split(' ')[0])).toEqual([
      'Launching',
      'Terminating',
      'Launching',
    ]);
    await again.close();
  });

  it('says so when what it remembered is damaged', async () => {
    await writeFile(join(directory, 'group.json'), '{"version":1}');
    await expect(group.start()).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
      message: expect.stringContaining('group.json'),
    });
  });
});

describe('the API', () => {
  let endpoint: Listening;
  let client: AutoScalingClient;
  let policies: PolicyDocument[];

  beforeEach(async () => {
    const credentials = new CredentialIssuer();
    policies = [{ Statement: { Effect: 'Allow', Action: 'autoscaling:*', Resource: '*' } }];
    endpoint = await startEndpoint({
      listen: { host: '127.0.0.1', port: 0 },
      region,
      credentials,
      services: [autoScaling(group)],
      policies: () => policies,
    });
    client = new AutoScalingClient({
      region,
      endpoint: endpoint.url,
      maxAttempts: 1,
      credentials: credentials.issue({ account, roleName: 'PodRole', sessionName: 'i-1' }),
    });
    await group.start();
    await inState('Pending:Wait');
  });

  afterEach(() => endpoint.close());

  const action = () => ({
    AutoScalingGroupName: 'pod',
    LifecycleHookName: 'ready',
    InstanceId: newest().request.instanceId,
  });

  it('describes the group to the real client', async () => {
    const { InstanceId } = action();
    const { AutoScalingGroups } = await client.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['pod'] }),
    );
    expect(AutoScalingGroups).toMatchObject([
      {
        AutoScalingGroupName: 'pod',
        HealthCheckType: 'ELB',
        HealthCheckGracePeriod: 60,
        Instances: [{ InstanceId, LifecycleState: 'Pending:Wait' }],
      },
    ]);
    const { AutoScalingInstances } = await client.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [InstanceId] }),
    );
    expect(AutoScalingInstances).toMatchObject([
      { InstanceId, AutoScalingGroupName: 'pod', HealthStatus: 'Healthy' },
    ]);
    const { LifecycleHooks } = await client.send(
      new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'pod' }),
    );
    expect(LifecycleHooks).toMatchObject([
      {
        LifecycleHookName: 'ready',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        HeartbeatTimeout: 300,
        GlobalTimeout: 30_000,
        DefaultResult: 'ABANDON',
      },
    ]);
    const { Activities } = await client.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'pod' }),
    );
    expect(Activities).toMatchObject([
      { StatusCode: 'MidLifecycleAction', Description: `Launching a new EC2 instance: ${InstanceId}` },
    ]);
  });

  it('completes the hook, once', async () => {
    await client.send(new RecordLifecycleActionHeartbeatCommand(action()));
    await client.send(new CompleteLifecycleActionCommand({ ...action(), LifecycleActionResult: 'CONTINUE' }));
    await inState('InService');
    await expect(
      client.send(new CompleteLifecycleActionCommand({ ...action(), LifecycleActionResult: 'CONTINUE' })),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: `No active Lifecycle Action found with instance ID ${action().InstanceId}`,
    });
  });

  it('takes the token in place of the instance', async () => {
    const token = group.state.instances[0]?.actions[0]?.token;
    const { InstanceId: _, ...rest } = action();
    await client.send(
      new CompleteLifecycleActionCommand({
        ...rest,
        LifecycleActionToken: token,
        LifecycleActionResult: 'ABANDON',
      }),
    );
    expect(states()).not.toContain('Pending:Wait');
  });

  it('refuses what is wrong, and what the policies do not allow', async () => {
    const complete = { ...action(), LifecycleActionResult: 'CONTINUE' };
    for (const wrong of [
      { AutoScalingGroupName: 'other' },
      { LifecycleHookName: 'other' },
      { LifecycleActionResult: 'MAYBE' },
    ]) {
      await expect(
        client.send(new CompleteLifecycleActionCommand({ ...complete, ...wrong })),
      ).rejects.toMatchObject({ name: 'ValidationError' });
    }
    policies = [
      {
        Statement: {
          Effect: 'Allow',
          Action: 'autoscaling:CompleteLifecycleAction',
          Resource: '*',
          Condition: { StringEquals: { 'autoscaling:ResourceTag/pod': 'another' } },
        },
      },
    ];
    await expect(client.send(new CompleteLifecycleActionCommand(complete))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    expect(states()).toEqual(['Pending:Wait']);
  });

  it('sets health and terminates', async () => {
    const first = await inService();
    await client.send(
      new SetInstanceHealthCommand({
        InstanceId: first,
        HealthStatus: 'Unhealthy',
        ShouldRespectGracePeriod: false,
      }),
    );
    await group.until(({ instances }) => instances.every(({ id }) => id !== first));
    const second = await inService();
    const terminate = { InstanceId: second, ShouldDecrementDesiredCapacity: false };
    await expect(
      client.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          ...terminate,
          ShouldDecrementDesiredCapacity: true,
        }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationError' });
    const { Activity } = await client.send(new TerminateInstanceInAutoScalingGroupCommand(terminate));
    expect(Activity?.Description).toBe(`Terminating EC2 instance: ${second}`);
  });
});
