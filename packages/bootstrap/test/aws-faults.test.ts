import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { patienceAtBoot } from '../src/aws/patience.ts';
import { converge } from '../src/converge.ts';
import { loadPodSpec } from '../src/spec/load.ts';
import { instanceId, startAws, type AwsStandIn, type Misbehaviour } from './stand-ins/aws.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

/** As at boot, on another scale: what passes is waited for longer than a refusal, and a try has its own limit. */
const patience = { seconds: 1, deniedSeconds: 0.5, trySeconds: 0.3 };

const secret = { arn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod' };
const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 30 };

let pod: TestPod;
let aws: AwsStandIn;
beforeAll(async () => {
  [pod, aws] = await Promise.all([makePod(), startAws()]);
  aws.secret = { value: JSON.stringify({ FAKE_API_KEY: 'key' }), version: '1' };
  const spec = pod.spec({ secret, lifecycle });
  aws.parameter = JSON.stringify(spec);
  useStandIn();
  expect((await converge(spec, pod.host)).outcome).toBe('ready');
});
beforeEach(useStandIn);
afterEach(() => {
  vi.unstubAllEnvs();
  aws.instead = () => undefined;
});
afterAll(async () => {
  await pod.close();
  await aws.close();
});

function useStandIn(): void {
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
}

/** Both forms of an error of AWS: https://docs.aws.amazon.com/general/latest/gr/api-retries.html */
const json = (code: string): string => JSON.stringify({ __type: code, message: 'no' });
const xml = (code: string): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

interface Fault {
  readonly fault: string;
  readonly reaction: string;
  readonly status?: number;
  readonly code?: string;
  readonly how?: Exclude<Misbehaviour, readonly unknown[]>;
  /** How long it is asked for again. Default: as long as for what passes. */
  readonly lasts?: 'no time' | 'as a refusal';
}

const faults: readonly Fault[] = [
  { fault: '400', reaction: 'nobody asks again', status: 400, code: 'ValidationException', lasts: 'no time' },
  {
    fault: '403',
    reaction: 'asked again for 20 s',
    status: 403,
    code: 'AccessDenied',
    lasts: 'as a refusal',
  },
  { fault: '429', reaction: 'asked again for 2 min', status: 429, code: 'TooManyRequestsException' },
  { fault: '500', reaction: 'asked again for 2 min', status: 500, code: 'InternalFailure' },
  { fault: 'no answer', reaction: 'given up after 10 s, asked for 2 min', how: 'silence' },
  { fault: 'a reset of the connection', reaction: 'asked again for 2 min', how: 'reset' },
  { fault: 'half an answer', reaction: 'asked again for 2 min', how: 'half' },
  {
    fault: 'half an answer and then nothing',
    reaction: 'given up after 10 s, asked for 2 min',
    how: 'stalled',
  },
  { fault: 'an answer cut in half', reaction: 'asked again for 2 min', how: 'cut' },
];

/** Misbehaves so often when it is asked for a name. @returns how often that was */
function misbehaving(name: string, times: number, { status, code = '', how }: Fault): { count: number } {
  const asked = { count: 0 };
  const body = name === 'CompleteLifecycleAction' ? xml(code) : name.startsWith('/') ? '' : json(code);
  aws.instead = (each) => {
    if (each !== name) return undefined;
    asked.count += 1;
    if (asked.count > times) return undefined;
    return how ?? [status ?? 500, body];
  };
  return asked;
}

/**
 * Asks while AWS misbehaves once, which must be for nobody to notice, and while it does so for ever: after its time the
 * failure counts, and the pod is as it was.
 */
async function proves(
  name: string,
  fault: Fault,
  ask: () => Promise<string | undefined>,
  code: string,
): Promise<void> {
  const before = await observed();
  if (fault.lasts === undefined) {
    misbehaving(name, 1, fault);
    expect(await ask()).toBeUndefined();
  }
  const asked = misbehaving(name, Infinity, fault);
  const start = Date.now();
  expect(await ask()).toBe(code);
  const seconds = (Date.now() - start) / 1000;
  if (fault.lasts === 'as a refusal') expect(seconds).toBeLessThan(patience.seconds);
  // A try that was let go of late, the tries that the SDK makes by itself, and a busy machine.
  expect(seconds).toBeLessThan(patience.seconds + 15);
  if (fault.lasts === 'no time') expect(asked.count).toBe(1);
  else expect(asked.count).toBeGreaterThan(1);
  aws.instead = () => undefined;
  expect(await ask()).toBeUndefined();
  expect(await observed()).toEqual(before);
}

/** What must not change: the process of the gateway, its config, and what Auto Scaling was told beside CONTINUE. */
async function observed(): Promise<unknown> {
  const { pid } = await pod.host.units.state('openclaw');
  const config = await readFile(join(pod.host.layout.state, 'openclaw.json'), 'utf8');
  return { pid, config, told: aws.calls.filter((call) => !call.endsWith('CONTINUE')) };
}

/** Runs once more. @returns the code of its failure */
async function run(): Promise<string | undefined> {
  const report = await converge(pod.spec({ secret, lifecycle }), pod.host, { patience });
  return report.steps.find(({ error }) => error)?.error?.code;
}

async function load(): Promise<string | undefined> {
  return loadPodSpec('ssm:/clawharbor/pod', patience).then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}

test('the patience of these tests is that of a boot, on another scale', () => {
  expect(patienceAtBoot).toEqual({ seconds: 120, deniedSeconds: 20, trySeconds: 10 });
});

test.each(faults)(
  'fault (aws): SSM: $fault → $reaction; if it lasts, SPEC_UNREADABLE, and the pod goes on as it was',
  (fault) => proves('GetParameter', fault, load, 'SPEC_UNREADABLE'),
);

test.each(faults)(
  'fault (aws): Secrets Manager: $fault → $reaction; if it lasts, SECRET_UNREADABLE, and the pod goes on as it was',
  (fault) => proves('GetSecretValue', fault, run, 'SECRET_UNREADABLE'),
);

test.each(faults)(
  'fault (aws): Auto Scaling, when it is told that the pod is ready: $fault → $reaction; if it lasts, LIFECYCLE_SIGNAL_FAILED, and the next run tells it again',
  async (fault) => {
    const again = async () => {
      // As an instance that Auto Scaling still waits for.
      await rm(join(pod.host.layout.reports, 'lifecycle.json'), { force: true });
      aws.waiting = true;
      return run();
    };
    await proves('CompleteLifecycleAction', fault, again, 'LIFECYCLE_SIGNAL_FAILED');
    expect(aws.waiting).toBe(false);
    expect(aws.calls.at(-1)).toBe('CompleteLifecycleAction CONTINUE');
  },
);

/** Metadata has no 400 that would not pass by itself on an instance. */
const metadataFaults: readonly Fault[] = [
  { fault: '403', reaction: 'asked again for 2 min', status: 403 },
  { fault: '429', reaction: 'asked again for 2 min', status: 429 },
  { fault: '500', reaction: 'asked again for 2 min', status: 500 },
  { fault: 'no answer', reaction: 'given up after 10 s, asked for 2 min', how: 'silence' },
  { fault: 'a reset of the connection', reaction: 'asked again for 2 min', how: 'reset' },
  { fault: 'half an answer', reaction: 'asked again for 2 min', how: 'half' },
  {
    fault: 'half an answer and then nothing',
    reaction: 'given up after 10 s, asked for 2 min',
    how: 'stalled',
  },
];

test.each(metadataFaults)(
  'fault (aws): instance metadata: $fault → $reaction; if it lasts, HOST_UNSUPPORTED, and the pod goes on as it was',
  async (fault) => {
    await proves('/latest/meta-data/instance-id', fault, run, 'HOST_UNSUPPORTED');
    await proves('/latest/api/token', fault, run, 'HOST_UNSUPPORTED');
    expect(instanceId).toMatch(/^i-/);
  },
);
