import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LifecycleHook } from '../src/aws/lifecycle-hook.ts';
import { oneTry, type Patience } from '../src/aws/patience.ts';
import { converge } from '../src/converge.ts';
import { loadPodSpec } from '../src/spec/load.ts';
import { parsePodSpec } from '../src/spec/parse.ts';
import { storedSpec } from '../src/spec/stored-spec.ts';
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

  test('fault (config): the secret is not there, or no JSON object → the run stops before anything is changed', async () => {
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

  test('fault (gateway): it fails and logs a secret → the report says *** in its place', async () => {
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

  test('fault (instance): local models cannot be installed → the pod is ready without them, and the report says so', async () => {
    const ollama = { version: '0.12.3', sha256: 'a'.repeat(64), url: 'http://127.0.0.1:1/ollama.tar.zst' };
    const report = await run({ ollama });
    expect(report.outcome).toBe('ready');
    const names = report.steps.map(({ name }) => name);
    expect(names.indexOf('start-ollama')).toBeGreaterThan(names.indexOf('complete-lifecycle'));
    expect(JSON.stringify(report.steps[names.indexOf('start-ollama')])).toContain('COMMAND_FAILED');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  });

  test('fault (instance): Auto Scaling no longer waits for the instance → that is no failure', async () => {
    aws.waiting = false;
    expect((await run()).outcome).toBe('ready');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  });

  test('fault (instance): into a warm pool and out of it → the instance prepares only, and activates when it enters service', async () => {
    aws.targetState = 'Warmed:Stopped';
    expect((await run()).outcome).toBe('prepared');
    expect((await pod.host.units.state('openclaw')).status).toBe('absent');
    aws.targetState = 'InService';
    aws.waiting = true;
    expect((await run()).outcome).toBe('ready');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE', 'CompleteLifecycleAction CONTINUE']);
  });

  test('without a metadata service prepares, says what is missing, and touches no state', async () => {
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://127.0.0.1:1');
    const report = await converge(pod.spec({ lifecycle }), pod.host, { patience: { seconds: 0 } });
    expect(report.steps.at(-1)).toMatchObject({
      name: 'join-lifecycle',
      error: { code: 'HOST_UNSUPPORTED' },
    });
    expect(report.steps.every(({ phase }) => phase === 'prepare')).toBe(true);
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'InstanceMetadata', status: 'False' }),
    );
    expect((await pod.host.units.state('openclaw')).status).toBe('absent');
    expect(aws.calls).toEqual([]);
  });

  test('whose metadata come late is not abandoned for it', async () => {
    let isThere = false;
    aws.instead = (name) => (name === '/latest/api/token' && !isThere ? [503, ''] : undefined);
    const report = await converge(pod.spec({ lifecycle }), pod.host, {
      patience: { seconds: 0 },
      onEvent: ({ step }) => (isThere ||= step === 'install-openclaw'),
    });
    expect(report.outcome).toBe('ready');
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'InstanceMetadata', status: 'True', reason: 'AnsweredLate' }),
    );
    expect(new Set(report.steps.map(({ name }) => name)).size).toBe(report.steps.length);
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  });
});

/** Fails so often before it answers. @returns how often each thing was asked for */
function failingFirst(times: number, name: string, status: number, error: string): Map<string, number> {
  const asked = new Map<string, number>();
  aws.instead = (each) => {
    const count = (asked.get(each) ?? 0) + 1;
    asked.set(each, count);
    return each === name && count <= times
      ? [status, JSON.stringify({ __type: error, message: error })]
      : undefined;
  };
  return asked;
}

describe('the launch hook', () => {
  test('is kept waiting for the shortest time that a hook may wait, whatever the spec says of it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const hook = new LifecycleHook(
        { ...lifecycle, heartbeatSeconds: 7200 },
        instanceId,
        'eu-central-1',
        oneTry,
      );
      hook.startHeartbeat(false);
      for (const beats of [1, 2]) {
        vi.advanceTimersByTime(10_000);
        await vi.waitFor(() => expect(aws.beats).toBe(beats));
      }
      expect(aws.calls).toEqual([]);
      hook.close();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a spec', () => {
  const load = (patience?: Patience) => loadPodSpec('ssm:/clawharbor/pod', patience);

  test('is read from a parameter', async () => {
    const spec = pod.spec();
    aws.parameter = JSON.stringify(spec);
    expect(await load()).toEqual(spec);
    aws.parameter = '{';
    await expect(load()).rejects.toMatchObject({ code: 'SPEC_INVALID' });
  });

  describe('that a parameter cannot hold', () => {
    const agents = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`agent-${index}`, { name: `number ${index} of the team` }]),
    );
    const whole = () => {
      const spec = pod.spec();
      return { ...spec, openclaw: { ...spec.openclaw, config: { ...spec.openclaw.config, agents } } };
    };
    const rest = JSON.stringify({ agents });
    const at = {
      bucket: 'assets',
      key: 'config.json',
      sha256: createHash('sha256').update(rest).digest('hex'),
    };
    const store = () => {
      aws.parameter = JSON.stringify(storedSpec(whole(), ['agents'], at));
      expect(aws.parameter.length).toBeLessThan(8192);
      expect(JSON.stringify(whole()).length).toBeGreaterThan(8192);
    };

    test('is read from the parameter and the object that it names, and is as any other', async () => {
      store();
      aws.objects.set('/assets/config.json', rest);
      expect(await load()).toEqual(whole());
    });

    test('is checked as any other', async () => {
      const wrong = { ...whole(), readyTimeoutSeconds: 1 };
      aws.parameter = JSON.stringify(storedSpec(wrong, ['agents'], at));
      aws.objects.set('/assets/config.json', rest);
      await expect(load()).rejects.toMatchObject({
        code: 'SPEC_INVALID',
        message: expect.stringContaining('readyTimeoutSeconds') as string,
      });
    });

    test('is refused with another object than the one that was meant', async () => {
      store();
      aws.objects.set('/assets/config.json', JSON.stringify({ agents: {} }));
      await expect(load()).rejects.toMatchObject({
        code: 'SPEC_INVALID',
        message: expect.stringContaining('by the SHA-256') as string,
      });
    });

    test('is not read without the object', async () => {
      store();
      await expect(load()).rejects.toMatchObject({
        code: 'SPEC_UNREADABLE',
        message: expect.stringContaining('s3:GetObject') as string,
      });
    });

    test('is too new for a bootstrap that does not know of objects', () => {
      store();
      expect(() => parsePodSpec(JSON.parse(aws.parameter), 'the parameter')).toThrow(
        expect.objectContaining({ code: 'SPEC_TOO_NEW' }),
      );
    });
  });

  test.each(['ssm:', 'ssm: /pod', 'ssm:/a pod'])(
    'whose parameter cannot be is not asked for: %j',
    async (source) => {
      await expect(loadPodSpec(source, { seconds: 60 })).rejects.toMatchObject({
        code: 'SPEC_UNREADABLE',
        message: expect.stringContaining('names no SSM parameter'),
      });
    },
  );

  // Each with the tries of the SDK itself, three for what it holds to be passing.
  test.each([
    ['a service that is not there yet', 503, 'ServiceUnavailable', 5],
    ['a busy service', 400, 'ThrottlingException', 4],
    ['a role that IAM does not know everywhere yet', 400, 'AccessDeniedException', 2],
  ])('is asked for again: %s', async (_, status, error, times) => {
    aws.parameter = JSON.stringify(pod.spec());
    failingFirst(times, 'GetParameter', status, error);
    const told: string[] = [];
    expect(await load({ seconds: 10, onWait: (why) => told.push(why) })).toEqual(pod.spec());
    expect(told).toEqual([expect.stringMatching(new RegExp(`${error}.*asked again for up to \\d+ s`))]);
  });

  test('that is not there is not asked for again', async () => {
    const asked = failingFirst(100, 'GetParameter', 400, 'ParameterNotFound');
    await expect(load({ seconds: 10 })).rejects.toMatchObject({
      code: 'SPEC_UNREADABLE',
      message: expect.stringContaining('ParameterNotFound'),
    });
    expect(asked.get('GetParameter')).toBe(1);
  });

  test('that stays refused fails when the time for refusals is over', async () => {
    const asked = failingFirst(100, 'GetParameter', 400, 'AccessDeniedException');
    const start = Date.now();
    await expect(load({ seconds: 60, deniedSeconds: 1 })).rejects.toMatchObject({ code: 'SPEC_UNREADABLE' });
    expect(Date.now() - start).toBeLessThan(10_000);
    expect(asked.get('GetParameter')).toBeGreaterThan(1);
  });

  test('is given up at once by who is told to end', async () => {
    failingFirst(100, 'GetParameter', 400, 'ThrottlingException');
    const ended = new AbortController();
    const reading = load({ seconds: 60, signal: ended.signal, onWait: () => ended.abort() });
    await expect(reading).rejects.toMatchObject({ code: 'SPEC_UNREADABLE' });
  });

  test('is found although the metadata service refuses at first', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    aws.parameter = JSON.stringify(pod.spec());
    // A client of the SDK that was refused a token never asks for one again.
    failingFirst(2, '/latest/api/token', 403, '');
    expect(await load({ seconds: 30 })).toEqual(pod.spec());
  });
});

describe('a run', () => {
  test('waits for a secret that cannot be read yet', async () => {
    failingFirst(4, 'GetSecretValue', 503, 'InternalServiceError');
    const told: string[] = [];
    const patience = { seconds: 10, onWait: (why: string) => told.push(why) };
    expect((await converge(pod.spec({ secret }), pod.host, { patience })).outcome).toBe('ready');
    expect(told).toHaveLength(1);
  });

  test('is not in vain because Auto Scaling does not answer at once', async () => {
    const error =
      '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not yet</Message></Error></ErrorResponse>';
    let times = 0;
    aws.instead = (name) =>
      name === 'CompleteLifecycleAction' && (times += 1) < 3 ? [403, error] : undefined;
    const report = await converge(pod.spec({ lifecycle }), pod.host, { patience: { seconds: 10 } });
    expect(report.outcome).toBe('ready');
    expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  });
});
