import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { converge } from '../../src/converge.ts';
import type { Host } from '../../src/host/host.ts';
import { instanceId, startAws, type AwsStandIn } from '../stand-ins/aws.ts';
import { makePod, type TestPod } from '../stand-ins/pod.ts';

let pod: TestPod;
let aws: AwsStandIn;
beforeEach(async () => {
  [pod, aws] = await Promise.all([makePod(), startAws()]);
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pod.close();
  await aws.close();
});

const secret = { arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod' };
const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 900, drainHook: 'drained' };
/** As the timer of an instance runs it. */
const run = (config = {}, host: Host = pod.host) =>
  converge(pod.spec({ lifecycle, readyTimeoutSeconds: 10 }, config), host, { isRepeated: true });
const codeOf = ({ steps }: Awaited<ReturnType<typeof run>>) => steps.find(({ error }) => error)?.error?.code;
const older = { discovery: { test: 'older' } };
const beat = 'RecordLifecycleActionHeartbeat';

test('fault (instance): a launch fails for its state, which another instance would find as it is → Auto Scaling is kept waiting, the report says until when and what mends it, and the first run that succeeds lets the instance into service', async () => {
  const report = await run(older);
  expect(codeOf(report)).toBe('STATE_NEWER');
  expect(aws.calls).toEqual([]);
  expect(aws.beats).toBeGreaterThan(0);
  const { conditions, startedAt } = report;
  expect(conditions).toContainEqual(
    expect.objectContaining({ type: 'LaunchCompleted', status: 'False', reason: 'StateNewer' }),
  );
  const until = new Date(Date.parse(startedAt) + 90_000_000).toISOString().slice(0, 16);
  const told = conditions.find(({ type }) => type === 'LaunchCompleted')?.message;
  expect(told).toContain(`held until ${until}`);
  expect(told).toMatch(/Session Manager.*restore --list/);
  expect(report.steps.at(-1)).toMatchObject({ name: 'hold-launch', status: 'changed' });

  aws.beats = 0;
  const again = await run(older);
  expect(codeOf(again)).toBe('STATE_NEWER');
  expect(aws.calls).toEqual([]);
  // At its beginning, too: the last one is a minute ago.
  expect(aws.beats).toBeGreaterThan(1);
  // Since the first one, not since this one.
  expect(again.conditions.find(({ type }) => type === 'LaunchCompleted')?.message).toBe(told);

  const mended = await run({ discovery: { test: 'fine' } });
  expect(mended.outcome).toBe('ready');
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  expect(mended.conditions).toContainEqual(
    expect.objectContaining({ type: 'LaunchCompleted', status: 'True' }),
  );
  const later = await run({ discovery: { test: 'fine' } });
  expect(later.conditions.map(({ type }) => type)).not.toContain('LaunchCompleted');
  expect(aws.waiting).toBe(false);
});

test.each([
  ['a gateway refuses its config, and there is no good one', 'GATEWAY_CONFIG_REFUSED', '{}', 'refuse'],
  ['the secret is no JSON object', 'SECRET_INVALID', 'hunter2', 'fine'],
])(
  'fault (config): at a launch %s → %s; the launch is held until that is mended',
  async (_, code, value, wish) => {
    aws.secret = { value, version: '1' };
    const by = (asked: string) =>
      converge(pod.spec({ lifecycle, secret }, { discovery: { test: asked } }), pod.host, {
        isRepeated: true,
      });
    expect(codeOf(await by(wish))).toBe(code);
    expect(codeOf(await by(wish))).toBe(code);
    expect(aws.calls).toEqual([]);
    aws.secret = { value: '{}', version: '2' };
    expect((await by('fine')).outcome).toBe('ready');
    expect(aws.calls).toContain('CompleteLifecycleAction CONTINUE');
    expect(aws.calls).not.toContain('CompleteLifecycleAction ABANDON');
  },
);

test('fault (instance): a launch that is held fails in another way while somebody is at work on it → it is held on', async () => {
  expect(codeOf(await run(older))).toBe('STATE_NEWER');
  expect(codeOf(await run({ discovery: { test: 'silent' } }))).toBe('GATEWAY_NOT_READY');
  expect(aws.calls).toEqual([]);
  expect(aws.beats).toBeGreaterThan(0);
});

test('fault (instance): Auto Scaling gives up a launch that is held, or takes the instance away → it is held no longer', async () => {
  expect(codeOf(await run(older))).toBe('STATE_NEWER');
  aws.waiting = false;
  const over = await run(older);
  expect(over.conditions.map(({ type }) => type)).not.toContain('LaunchCompleted');
  expect(over.steps.at(-1)).toMatchObject({ name: 'hold-launch', status: 'unchanged' });

  aws.calls.length = 0;
  aws.targetState = 'Terminated';
  aws.waiting = true;
  expect((await run(older)).outcome).toBe('drained');
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
});

test('an instance that is in service is not held, and nobody hears of its failure', async () => {
  expect((await run()).outcome).toBe('ready');
  aws.calls.length = 0;
  const report = await run(older);
  expect(report.conditions.map(({ type }) => type)).not.toContain('LaunchCompleted');
  expect(aws.calls).toEqual([]);
});

test('a run that nobody repeats holds nothing: its machine ends with it', async () => {
  const report = await converge(pod.spec({ lifecycle }, older), pod.host);
  expect(codeOf(report)).toBe('STATE_NEWER');
  expect(aws.calls).toEqual(['CompleteLifecycleAction ABANDON']);
});

test('fault (aws): the heartbeat of a launch that is held is not taken → the report says so, and the next run beats again', async () => {
  aws.instead = (name) => (name === beat ? [400, ''] : undefined);
  const report = await run(older);
  expect(codeOf(report)).toBe('STATE_NEWER');
  expect(report.steps.at(-1)?.error?.code).toBe('LIFECYCLE_SIGNAL_FAILED');
  aws.instead = () => undefined;
  aws.beats = 0;
  await run(older);
  expect(aws.calls).toEqual([]);
  expect(aws.beats).toBeGreaterThan(0);
});

/** Another instance with the same state, in the place of the one that was given up. */
function replaceAs(id: string): Host {
  aws.instead = (name) => (name === '/latest/meta-data/instance-id' ? [200, id] : undefined);
  aws.waiting = true;
  aws.calls.length = 0;
  return pod.replace();
}

test('fault (instance): a new instance cannot become ready, for what may lie in its machine → ABANDON, and Auto Scaling replaces it; the next one that fails in the same way is held, until one comes into service', async () => {
  const silent = { discovery: { test: 'silent' } };
  const first = await run(silent);
  expect(codeOf(first)).toBe('GATEWAY_NOT_READY');
  expect(first.instanceId).toBe(instanceId);
  // Whatever runs before it is gone is the same launch.
  aws.waiting = true;
  await run(silent);
  expect(aws.calls).toEqual(['CompleteLifecycleAction ABANDON', 'CompleteLifecycleAction ABANDON']);
  await pod.host.units.stop('openclaw');

  const second = replaceAs('i-0000000000000000b');
  const held = await run(silent, second);
  expect(codeOf(held)).toBe('GATEWAY_NOT_READY');
  expect(aws.calls).toEqual([]);
  expect(aws.beats).toBeGreaterThan(0);
  expect(held.conditions).toContainEqual(
    expect.objectContaining({ type: 'LaunchCompleted', reason: 'GatewayNotReady' }),
  );
  expect((await run({}, second)).outcome).toBe('ready');
  expect(aws.calls.at(-1)).toBe('CompleteLifecycleAction CONTINUE');
  await second.units.stop('openclaw');

  // A success is the end of it: this is a first time again.
  const third = replaceAs('i-0000000000000000c');
  expect(codeOf(await run(silent, third))).toBe('GATEWAY_NOT_READY');
  expect(aws.calls).toEqual(['CompleteLifecycleAction ABANDON']);
  await third.units.stop('openclaw');

  // As is one by another spec.
  const fourth = replaceAs('i-0000000000000000d');
  await run({ discovery: { test: 'silent', other: 1 } }, fourth);
  expect(aws.calls).toEqual(['CompleteLifecycleAction ABANDON']);
});
