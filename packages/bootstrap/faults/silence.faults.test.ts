import { afterEach, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import { loadPodSpec } from '../src/spec/load.ts';
import { patienceAtBoot } from '../src/aws/patience.ts';
import { startAws } from '../test/stand-ins/aws.ts';
import { makePod } from '../test/stand-ins/pod.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of open.splice(0)) await close();
});

const secret = { arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod' };
const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 30 };

test('fault (aws): all of AWS takes requests and says nothing for 30 s, at a boot → the pod comes up as soon as it speaks, and is not abandoned', async () => {
  const [pod, aws] = await Promise.all([makePod(), startAws()]);
  open.push(
    () => pod.close(),
    () => aws.close(),
  );
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  aws.parameter = JSON.stringify(pod.spec({ secret, lifecycle }));
  const start = performance.now();
  aws.instead = () => (performance.now() - start < 30_000 ? 'silence' : undefined);
  const spec = await loadPodSpec('ssm:/clawharbor/pod', patienceAtBoot);
  const report = await converge(spec, pod.host);
  const seconds = (performance.now() - start) / 1000;
  console.log(`ready after ${seconds.toFixed(1)} s`);
  expect(report.outcome).toBe('ready');
  expect(seconds).toBeGreaterThan(30);
  expect(seconds).toBeLessThan(50);
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
});
