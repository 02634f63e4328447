import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import { loadPodSpec } from '../src/spec/load.ts';
import type { PodSpecInput } from '../src/spec/pod-spec.ts';
import { instanceId, startAws, type AwsStandIn } from './stand-ins/aws.ts';
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

const secret = { arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod' };
const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 30 };
const keys = (value: string) => JSON.stringify({ FAKE_API_KEY: value });

describe('the secret', () => {
  test('reaches the gateway; a new value restarts it, and nothing shows it', async () => {
    aws.secret = { value: keys('first-key'), version: '1' };
    const first = await converge(pod.spec({ secret }), pod.host);
    expect(await pod.host.units.tail('openclaw', 50)).toContainEqual(
      expect.stringContaining('key first-key'),
    );
    expect((await converge(pod.spec({ secret }), pod.host)).outcome).toBe('unchanged');

    aws.secret = { value: keys('second-key'), version: '2' };
    const second = await converge(pod.spec({ secret }), pod.host);
    expect(second.steps.find(({ name }) => name === 'start-gateway')?.changes).toEqual([
      'set the secret environment of openclaw',
      'restart openclaw',
    ]);
    expect(await pod.host.units.tail('openclaw', 50)).toContainEqual(
      expect.stringContaining('key second-key'),
    );
    expect(JSON.stringify([first, second])).not.toMatch(/(first|second)-key/);
  });

  test('keeps the local password for as long as the machine runs', async () => {
    await converge(pod.spec({ secret }), pod.host);
    const before = await pod.host.units.secretEnvironment('openclaw');
    expect(before['OPENCLAW_GATEWAY_PASSWORD']).toHaveLength(43);
    aws.secret = { value: keys('x'), version: '2' };
    await converge(pod.spec({ secret }), pod.host);
    expect(await pod.host.units.secretEnvironment('openclaw')).toEqual({ ...before, FAKE_API_KEY: 'x' });
  });

  test('that cannot be read or used stops the run before anything is changed', async () => {
    const absent = await converge(pod.spec({ secret: { arn: `${secret.arn}-absent` } }), pod.host);
    expect(absent.steps.at(-1)?.error).toMatchObject({
      code: 'SECRET_UNREADABLE',
      message: expect.stringContaining('ResourceNotFoundException'),
    });
    aws.secret = { value: 'hunter2', version: '1' };
    const invalid = await converge(pod.spec({ secret }), pod.host);
    expect(invalid.steps.at(-1)?.error?.code).toBe('SECRET_INVALID');
    expect(JSON.stringify(invalid)).not.toContain('hunter2');
    expect((await pod.host.units.state('openclaw')).status).toBe('absent');
  });

  test('is taken out of what a failing gateway logs', async () => {
    aws.secret = { value: keys('very-secret-key'), version: '1' };
    const report = await converge(pod.spec({ secret }, { discovery: { test: 'refuse' } }), pod.host);
    const message = report.steps.at(-1)?.error?.message;
    expect(message).toContain('[gateway] key ***');
    expect(message).not.toContain('very-secret-key');
  });
});

describe('the lifecycle hook', () => {
  const run = (changes: Partial<PodSpecInput> = {}, config = {}) =>
    converge(pod.spec({ lifecycle, ...changes }, config), pod.host);

  test('gets CONTINUE when the pod is ready, and only once', async () => {
    const report = await run();
    expect(report).toMatchObject({ outcome: 'ready', instanceId });
    expect(report.steps.find(({ name }) => name === 'complete-lifecycle')).toMatchObject({
      changes: [`CONTINUE for ${instanceId}`],
    });
    expect((await run()).outcome).toBe('unchanged');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  });

  test('gets ABANDON when it failed', async () => {
    const report = await run({}, { bogus: true });
    expect(report.outcome).toBe('failed');
    expect(aws.calls).toEqual(['CompleteLifecycleAction ABANDON']);
  });

  test('does not wait for local models, whose failure is their own', async () => {
    const ollama = { version: '0.12.3', sha256: 'a'.repeat(64), url: 'http://127.0.0.1:1/ollama.tar.zst' };
    const report = await run({ ollama });
    expect(report.outcome).toBe('ready');
    expect(report.steps.slice(-2).map(({ name }) => name)).toEqual(['complete-lifecycle', 'start-ollama']);
    expect(JSON.stringify(report.steps.at(-1))).toContain('COMMAND_FAILED');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  });

  test('that no longer waits is no failure', async () => {
    aws.waiting = false;
    expect((await run()).outcome).toBe('ready');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  });

  test('lets a warm instance prepare only, and fires again when it enters service', async () => {
    aws.targetState = 'Warmed:Stopped';
    expect((await run()).outcome).toBe('prepared');
    expect((await pod.host.units.state('openclaw')).status).toBe('absent');
    aws.targetState = 'InService';
    aws.waiting = true;
    expect((await run()).outcome).toBe('ready');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE', 'CompleteLifecycleAction CONTINUE']);
  });

  test('without a metadata service is refused', async () => {
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://127.0.0.1:1');
    const report = await run();
    expect(report.steps).toMatchObject([{ name: 'join-lifecycle', error: { code: 'HOST_UNSUPPORTED' } }]);
  });
});

test('a spec is read from a parameter', async () => {
  const spec = pod.spec();
  aws.parameter = JSON.stringify(spec);
  expect(await loadPodSpec('ssm:/clawharbor/pod')).toEqual(spec);
  aws.parameter = '{';
  await expect(loadPodSpec('ssm:/clawharbor/pod')).rejects.toMatchObject({ code: 'SPEC_INVALID' });
});
