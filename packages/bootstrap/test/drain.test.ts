import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backUp } from '../src/backup/create.ts';
import { converge } from '../src/converge.ts';
import { areBackupsDue } from '../src/steps/back-up.ts';
import { instanceId, startAws, type AwsStandIn } from './stand-ins/aws.ts';
import { freePort, makePod, type TestPod } from './stand-ins/pod.ts';

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

const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 30, drainHook: 'drained' };
const run = () => converge(pod.spec({ lifecycle }), pod.host);
const gateway = () => pod.host.units.state('openclaw');

/** As when Auto Scaling takes away an instance that was in service. */
async function takeAway(): Promise<void> {
  expect((await run()).outcome).toBe('ready');
  aws.calls.length = 0;
  aws.targetState = 'Terminated';
  aws.waiting = true;
}

test('fault (instance): Auto Scaling takes the instance away → the gateway is asked to end and ends what is under way, then the hook gets CONTINUE; no later run starts it again', async () => {
  await takeAway();
  const report = await run();
  expect(report.outcome).toBe('drained');
  expect(report.steps.flatMap(({ changes }) => changes)).toEqual([
    'stop openclaw: what was under way has ended',
    `CONTINUE for ${instanceId}, whose gateway has ended`,
  ]);
  expect((await gateway()).status).toBe('inactive');
  const again = await run();
  expect(again.outcome).toBe('drained');
  expect(again.steps.flatMap(({ changes }) => changes)).toEqual([]);
  expect((await gateway()).status).toBe('inactive');
  expect(aws.calls[0]).toBe('CompleteLifecycleAction CONTINUE');
});

test('fault (gateway): its event loop is frozen, and Auto Scaling takes the instance away → it is killed and the fence is free, not waited for', async () => {
  await takeAway();
  const { pid } = await gateway();
  process.kill(pid!, 'SIGSTOP');
  const start = Date.now();
  expect((await run()).steps.flatMap(({ changes }) => changes)[0]).toBe(
    'kill openclaw, which did not answer',
  );
  expect(Date.now() - start).toBeLessThan(25_000);
  expect((await gateway()).status).toBe('inactive');
  // Its replacement has the state at once.
  aws.targetState = 'InService';
  aws.waiting = true;
  expect((await converge(pod.spec({ lifecycle }), pod.replace())).outcome).toBe('ready');
});

test('fault (aws): Auto Scaling does not take the word of an instance that leaves → the gateway has ended, and the next run says it again', async () => {
  await takeAway();
  aws.instead = (name) => (name === 'CompleteLifecycleAction' ? [400, ''] : undefined);
  const failed = await run();
  expect(failed.steps.at(-1)?.error?.code).toBe('LIFECYCLE_SIGNAL_FAILED');
  expect((await gateway()).status).toBe('inactive');
  aws.instead = () => undefined;
  expect((await run()).outcome).toBe('drained');
  expect(aws.waiting).toBe(false);
});

test('fault (instance): Auto Scaling takes the instance away while it copies an archive to a bucket that says nothing → the same run lets go of that, and drains the gateway', async () => {
  expect((await run()).outcome).toBe('ready');
  aws.calls.length = 0;
  aws.waiting = true;
  const spec = pod.spec({ lifecycle, backups: { bucket: 'archives' } });
  await backUp({ host: pod.host, spec, signal: new AbortController().signal }, 'asked-for');
  aws.instead = (name) => {
    if (!name.startsWith('/archives/')) return undefined;
    aws.targetState = 'Terminated';
    return 'silence';
  };
  const start = Date.now();
  const report = await converge(spec, pod.host);
  expect(Date.now() - start).toBeLessThan(45_000);
  expect(report.outcome).toBe('drained');
  expect(report.steps.find(({ name }) => name === 'back-up')?.status).toBe('stopped');
  expect((await gateway()).status).toBe('inactive');
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  // Nothing has failed: the one after it goes on.
  expect(await areBackupsDue(pod.host, spec)).toBe(true);
});

test('fault (instance): a warm instance is taken out of its pool → the hook gets CONTINUE at once, and nothing is started', async () => {
  aws.targetState = 'Warmed:Terminated';
  const report = await run();
  expect(report.outcome).toBe('drained');
  expect((await gateway()).status).toBe('absent');
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
});

test('fault (instance): an instance goes back into a warm pool → its gateway ends, what waits for that gets CONTINUE, and another instance has the state', async () => {
  expect((await run()).outcome).toBe('ready');
  aws.calls.length = 0;
  aws.targetState = 'Warmed:Stopped';
  aws.waiting = true;
  const report = await run();
  expect(report.outcome).toBe('prepared');
  expect((await gateway()).status).toBe('inactive');
  expect(report.steps.flatMap(({ changes }) => changes)).toContain(
    `CONTINUE for ${instanceId}, whose gateway has ended`,
  );
});

test('fault (instance): the gateway of an instance that leaves does not end → its hook is prolonged by nobody', async () => {
  await takeAway();
  const { pid } = await gateway();
  const draining = run();
  process.kill(pid!, 'SIGSTOP');
  // Three heartbeats, if there were any.
  await new Promise((wake) => setTimeout(wake, 11_000));
  process.kill(pid!, 'SIGCONT');
  await draining;
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
});

test('fault (instance): the instance before drains for longer than a gateway may take to start → the new one waits at the fence, its gateway has its whole time from then, and it is not abandoned', async () => {
  expect((await run()).outcome).toBe('ready');
  aws.calls.length = 0;
  aws.waiting = true;
  const port = { gateway: { mode: 'local', port: await freePort() } };
  const spec = pod.spec({ lifecycle, readyTimeoutSeconds: 10 }, port);
  setTimeout(() => void pod.host.close(), 20_000);
  expect((await converge(spec, pod.replace())).outcome).toBe('ready');
  expect(new Set(aws.calls)).toContain('CompleteLifecycleAction CONTINUE');
  expect(aws.calls).not.toContain('CompleteLifecycleAction ABANDON');
});
