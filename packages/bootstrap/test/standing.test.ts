import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { conditionsText } from '../src/cli/conditions-text.ts';
import { converge } from '../src/converge.ts';
import { runMetrics } from '../src/embedded-metrics.ts';
import { BootstrapError } from '../src/errors.ts';
import { metricsFile } from '../src/host/layout.ts';
import { writeMetrics } from '../src/metrics-file.ts';
import { GatewayEndings } from '../src/openclaw/gateway-endings.ts';
import { readReport, type Report } from '../src/report.ts';
import { generationOf } from '../src/spec/generation.ts';
import { rememberSpec } from '../src/spec/last-spec.ts';
import type { PodSpecInput } from '../src/spec/pod-spec.ts';
import { noteUnread } from '../src/unread-spec.ts';
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

const logGroup = '/clawharbor/test';
const fine = { discovery: { test: 'fine' } };
const run = (config = {}, changes: Partial<PodSpecInput> = {}): Promise<Report> =>
  converge(pod.spec({ logGroup, readyTimeoutSeconds: 10, ...changes }, config), pod.host);
const statusOf = ({ conditions }: Report, type: string) =>
  conditions.find((condition) => condition.type === type);

/** What a run has said last of each metric. */
async function said(): Promise<Record<string, unknown>> {
  const lines = (await readFile(metricsFile(pod.host.layout), 'utf8')).trim().split('\n');
  return Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as Record<string, unknown>;
}

test('a run that goes well says that people are served, that the pod is what the spec says, and since when', async () => {
  const first = await run(fine);
  const spec = pod.spec({ logGroup, readyTimeoutSeconds: 10 }, fine);
  expect(first.generation).toBe(generationOf(spec));
  const { startedAt: since, generation } = first;
  for (const type of ['Ready', 'Converged', 'UpToDate'])
    expect(statusOf(first, type)).toMatchObject({ status: 'True', since, generation });
  const second = await run(fine);
  expect(second.outcome).toBe('unchanged');
  expect(statusOf(second, 'Ready')).toMatchObject({ status: 'True', since });
  expect(await said()).toMatchObject({
    BootstrapRuns: 1,
    Launches: 0,
    LaunchesAbandoned: 0,
    GatewayRestarts: 0,
    GatewayFailed: 0,
    ConfigProblems: 0,
    NotConvergedFor: 0,
    UpToDate: 1,
    ConditionsFalse: 0,
    DiskUsed: expect.any(Number),
    ...(process.platform === 'linux' ? { GatewayMemory: expect.any(Number) } : {}),
  });
});

test('a spec that cannot be applied: people are served on, and how long it waits is a metric', async () => {
  await run(fine);
  aws.secret = { value: 'hunter2', version: '2' };
  const secret = { arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod' };
  const failed = await run(fine, { secret });
  expect(failed.outcome).toBe('failed');
  expect(statusOf(failed, 'Ready')).toMatchObject({ status: 'True', reason: 'ServesAsBefore' });
  expect(statusOf(failed, 'Converged')).toMatchObject({ status: 'False', reason: 'SecretInvalid' });
  expect(JSON.stringify(failed.conditions)).not.toContain('hunter2');
  const { startedAt } = failed;
  const real = pod.host.now.bind(pod.host);
  pod.host.now = () => new Date(real().getTime() + 700_000);
  const later = await run(fine, { secret });
  expect(statusOf(later, 'Converged')).toMatchObject({ status: 'False', since: startedAt });
  const { NotConvergedFor, ConditionsFalse } = await said();
  expect(NotConvergedFor).toBeGreaterThanOrEqual(700);
  expect(ConditionsFalse).toBe(1);
  expect(conditionsText(later).split('\n')[1]).toMatch(/^False +Converged +since .*SecretInvalid$/);
});

test('a spec that cannot be read is said in the report of the last run', async () => {
  await run(fine);
  await rememberSpec(pod.host.layout, pod.spec({ logGroup }, fine));
  await noteUnread(pod.host, new BootstrapError('SPEC_INVALID', 'openclaw.version: is missing'));
  const report = (await readReport(pod.host.layout))!;
  expect(report.outcome).toBe('ready');
  expect(statusOf(report, 'Ready')).toMatchObject({ status: 'True' });
  expect(statusOf(report, 'Converged')).toMatchObject({ status: 'False', reason: 'SpecInvalid' });
  expect(await said()).toMatchObject({ BootstrapRuns: 1, NotConvergedFor: 0 });
  const real = pod.host.now.bind(pod.host);
  pod.host.now = () => new Date(real().getTime() + 900_000);
  await noteUnread(pod.host, new BootstrapError('SPEC_INVALID', 'openclaw.version: is missing'));
  expect((await said())['NotConvergedFor']).toBeGreaterThanOrEqual(900);
});

test('a config that was set aside and a wish that was left out are counted', async () => {
  await run(fine);
  await pod.writeConfig('{ this is no config');
  await run(fine);
  expect((await said())['ConfigProblems']).toBe(1);
  await run(fine);
  expect((await said())['ConfigProblems']).toBe(0);
});

describe('a launch', () => {
  const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 900 };
  const launch = (config: object) =>
    converge(pod.spec({ logGroup, lifecycle, readyTimeoutSeconds: 10 }, { ...config }), pod.host, {
      isRepeated: true,
    });

  test('is counted once, and so is one that is given up, with its reason', async () => {
    await launch({ discovery: { test: 'silent' } });
    expect(aws.calls).toEqual(['CompleteLifecycleAction ABANDON']);
    expect(await said()).toMatchObject({
      Launches: 1,
      LaunchesAbandoned: 1,
      Reason: 'GATEWAY_NOT_READY',
    });
  });

  test('that succeeds is no launch in the runs after it', async () => {
    await launch(fine);
    expect(await said()).toMatchObject({ Launches: 1, LaunchesAbandoned: 0 });
    await launch(fine);
    expect(await said()).toMatchObject({ Launches: 0 });
  });
});

test('a gateway that ended by itself is counted, once', async () => {
  await run(fine);
  const endings = await GatewayEndings.begin(pod.host);
  const { pid } = await pod.host.units.state('openclaw');
  process.kill(pid!, 'SIGKILL');
  await vi.waitFor(
    async () => {
      const state = await pod.host.units.state('openclaw');
      expect(state.restarts).toBe(1);
      expect(state.status).toBe('active');
    },
    { timeout: 15_000, interval: 100 },
  );
  expect(await endings.end()).toEqual({ restarts: 1, hasFailed: false });
  expect(await (await GatewayEndings.begin(pod.host)).end()).toEqual({ restarts: 0, hasFailed: false });
}, 30_000);

test('nobody measures where there is no log group, as on a laptop', async () => {
  await converge(pod.spec({}, fine), pod.host);
  await expect(stat(metricsFile(pod.host.layout))).rejects.toThrow('ENOENT');
});

test('the file of metrics does not grow for ever, and the one before it is kept', async () => {
  const file = metricsFile(pod.host.layout);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'x'.repeat(9_000_000));
  const metrics = [{ name: 'BootstrapRuns', unit: runMetrics.BootstrapRuns, value: 1 }] as const;
  await writeMetrics(pod.host, pod.spec({ logGroup }), metrics);
  expect((await stat(file)).size).toBeLessThan(1000);
  expect((await stat(join(dirname(file), 'metrics.log.1'))).size).toBe(9_000_000);
});
