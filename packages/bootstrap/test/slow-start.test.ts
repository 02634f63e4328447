import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import { startAws, type AwsStandIn } from './stand-ins/aws.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

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

const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 30 };

// openclaw/openclaw#150762: after a reboot the gateway may check its databases for minutes before it listens.
test('fault (gateway): it takes longer than readyTimeoutSeconds to start again, as for a check of its databases after a reboot → GATEWAY_NOT_READY; it is let go on, its instance is not abandoned, and a later run finds it ready', async () => {
  const run = () => converge(pod.spec({ lifecycle, readyTimeoutSeconds: 10 }), pod.host);
  expect((await run()).outcome).toBe('ready');
  await pod.host.units.stop('openclaw');
  const running = run();
  const gateway = () => pod.host.units.state('openclaw');
  const pid = await vi.waitFor(
    async () => {
      const state = await gateway();
      expect(state.status).toBe('active');
      return state.pid!;
    },
    { timeout: 60_000, interval: 5 },
  );
  process.kill(pid, 'SIGSTOP');
  const slow = await running;
  expect(slow.outcome).toBe('failed');
  expect(slow.steps.find(({ error }) => error)?.error?.code).toBe('GATEWAY_NOT_READY');
  expect(await gateway()).toMatchObject({ pid });

  process.kill(pid, 'SIGCONT');
  expect((await run()).outcome).toBe('unchanged');
  expect(await gateway()).toMatchObject({ pid });
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
});
