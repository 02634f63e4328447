import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startAws } from './stand-ins/aws.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

const program = new URL('../src/bin/clawharbor-bootstrap.ts', import.meta.url).pathname;

let pod: TestPod;
let specFile: string;
let where: string[];
beforeEach(async () => {
  pod = await makePod();
  specFile = join(pod.directory, 'spec.json');
  await writeFile(specFile, JSON.stringify(pod.spec()));
  where = ['--host', 'process', '--root', join(pod.directory, 'root')];
  where.push('--state', pod.host.layout.state, '--artifacts', pod.host.layout.artifacts);
});
afterEach(() => {
  vi.unstubAllEnvs();
  return pod.close();
});

function start(...args: string[]) {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--disable-warning=ExperimentalWarning', program, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()));
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const events = () =>
    output.stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { event: string; outcome?: string });
  return { child, output, exit, events };
}

test('plan says what it would do with exit code 2', async () => {
  const { exit, output } = start('plan', '--spec', specFile, ...where);
  expect(await exit).toBe(2);
  expect(output.stdout).toContain('install OpenClaw 2026.9.6');
});

test('run --stay follows the spec, and SIGTERM stops everything with exit code 0', async () => {
  const run = start('run', '--spec', specFile, ...where, '--json', '--stay', '--interval', '0.2');
  const reports = () => run.events().filter(({ event }) => event === 'report');
  await vi.waitFor(() => expect(reports()).toMatchObject([{ outcome: 'ready' }]), 60_000);
  await writeFile(specFile, JSON.stringify(pod.spec({}, { discovery: { test: 'fine' } })));
  await vi.waitFor(
    () => expect(reports()).toMatchObject([{ outcome: 'ready' }, { outcome: 'ready' }]),
    60_000,
  );
  expect(await pod.readConfig()).toMatchObject({ discovery: { test: 'fine' } });
  const record = JSON.parse(await readFile(join(pod.directory, 'root/units/openclaw.json'), 'utf8')) as {
    process: { pid: number };
  };
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
  expect(() => process.kill(record.process.pid, 0)).toThrow('ESRCH');
  expect(run.output.stderr).toBe('');
});

test('fault (config): a spec of a newer apiVersion → SPEC_TOO_NEW, and the pod goes on as it was', async () => {
  const run = start('run', '--spec', specFile, ...where, '--json', '--stay', '--interval', '0.2');
  await vi.waitFor(() => expect(run.events().at(-1)).toMatchObject({ outcome: 'ready' }), 60_000);
  const before = await readFile(join(pod.host.layout.state, 'openclaw.json'), 'utf8');
  const { port } = (JSON.parse(before) as { gateway: { port: number } }).gateway;
  await writeFile(specFile, JSON.stringify({ ...pod.spec(), apiVersion: 'clawharbor/v2', wings: true }));
  await vi.waitFor(
    () => expect(run.events().at(-1)).toMatchObject({ event: 'problem', code: 'SPEC_TOO_NEW' }),
    60_000,
  );
  const once = start('run', '--spec', specFile, ...where);
  expect(await once.exit).toBe(1);
  expect(once.output.stderr).toMatch(/^SPEC_TOO_NEW: .*clawharbor\/v2.*clawharbor\/v1/);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  expect(await readFile(join(pod.host.layout.state, 'openclaw.json'), 'utf8')).toBe(before);
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
});

test('fault (config): Auto Scaling takes an instance away after a deployment has written a spec that it does not know → it is drained all the same, and one that stays says SPEC_TOO_NEW', async () => {
  const aws = await startAws();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 30, drainHook: 'drained' };
  await writeFile(specFile, JSON.stringify(pod.spec({ lifecycle })));
  expect(await start('run', '--spec', specFile, ...where).exit).toBe(0);
  await writeFile(specFile, JSON.stringify({ ...pod.spec(), apiVersion: 'clawharbor/v2', wings: true }));
  const stays = start('run', '--spec', specFile, ...where);
  expect(await stays.exit).toBe(1);
  expect(stays.output.stderr).toMatch(/^SPEC_TOO_NEW: /);
  aws.calls.length = 0;
  aws.targetState = 'Terminated';
  aws.waiting = true;
  const leaves = start('run', '--spec', specFile, ...where, '--json');
  expect(await leaves.exit).toBe(0);
  expect(leaves.events().at(-1)).toMatchObject({ event: 'report', outcome: 'drained' });
  expect(aws.calls).toEqual(['CompleteLifecycleAction CONTINUE']);
  await aws.close();
});

test('fault (config): the first run of an instance finds a spec that cannot be used → its launch is held, and the run waits for one that can be; a later one that cannot be used is held as well', async () => {
  const aws = await startAws();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 900, drainHook: 'drained' };
  const bad = JSON.stringify({ ...pod.spec({ lifecycle }), wings: true });
  await writeFile(specFile, bad);
  const first = start('run', '--spec', specFile, ...where, '--json');
  await vi.waitFor(
    () => expect(first.events()).toMatchObject([{ event: 'problem', code: 'SPEC_INVALID' }]),
    60_000,
  );
  expect(first.output.stdout).toMatch(/wings.*The launch is held until .*deploy a spec without that/);
  expect(aws.calls).toEqual([]);
  expect(aws.beats).toBeGreaterThan(0);
  // What comes now is a spec, but not one of a pod that can start.
  const older = pod.spec({ lifecycle }, { discovery: { test: 'older' } });
  await writeFile(specFile, JSON.stringify(older));
  expect(await first.exit).toBe(1);
  expect(first.output.stderr).toMatch(/^STATE_NEWER: [^]*The launch is held until /);

  await writeFile(specFile, bad);
  aws.calls.length = 0;
  const later = start('run', '--spec', specFile, ...where);
  expect(await later.exit).toBe(1);
  expect(later.output.stderr).toMatch(/^SPEC_INVALID: [^]*The launch is held until /);
  expect(aws.calls).toEqual([]);
  expect(aws.beats).toBeGreaterThan(0);

  await writeFile(specFile, JSON.stringify(pod.spec({ lifecycle })));
  expect(await start('run', '--spec', specFile, ...where).exit).toBe(0);
  expect(aws.calls).toContain('CompleteLifecycleAction CONTINUE');
  await aws.close();
});

test('fault (config): an instance in service gets a spec that cannot be used → SPEC_INVALID, and Auto Scaling hears nothing', async () => {
  const aws = await startAws();
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  const lifecycle = { autoScalingGroup: 'pod', hook: 'launch', heartbeatSeconds: 900 };
  await writeFile(specFile, JSON.stringify(pod.spec({ lifecycle })));
  expect(await start('run', '--spec', specFile, ...where).exit).toBe(0);
  aws.calls.length = 0;
  await writeFile(specFile, JSON.stringify({ ...pod.spec({ lifecycle }), wings: true }));
  const run = start('run', '--spec', specFile, ...where);
  expect(await run.exit).toBe(1);
  expect(run.output.stderr).toMatch(/^SPEC_INVALID: /);
  expect(run.output.stderr).not.toContain('held');
  expect(aws.calls).toEqual([]);
  await aws.close();
});

test('SIGTERM ends a run in the middle of its work, too', async () => {
  const spec = pod.spec({ readyTimeoutSeconds: 60 }, { discovery: { test: 'silent' } });
  await writeFile(specFile, JSON.stringify(spec));
  const run = start('run', '--spec', specFile, ...where, '--json', '--stay');
  await vi.waitFor(() => expect(run.output.stdout).toContain('"wait-ready"'), 60_000);
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
});

test('SIGTERM ends a run that waits for AWS, and its output says what it waits for', async () => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://127.0.0.1:1');
  const run = start('run', '--spec', 'ssm:/no/such', ...where, '--json');
  await vi.waitFor(() => expect(run.events()).toMatchObject([{ event: 'waiting' }]), 60_000);
  expect(run.output.stdout).toMatch(/Could not load credentials.*asked again for up to \d+ s/);
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
  expect(run.output.stderr).toBe('');
});

test.each([
  { what: 'says nothing', how: 'silence' },
  { what: 'stops in the middle of an answer', how: 'stalled' },
] as const)(
  'fault (aws): AWS $what while the bootstrap is told to stop → it ends at once, and holds no connection',
  async ({ how }) => {
    const aws = await startAws();
    for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    aws.instead = (name) => {
      if (name !== 'GetParameter') return undefined;
      resolve();
      return how;
    };
    const run = start('run', '--spec', 'ssm:/clawharbor/pod', ...where, '--json');
    await asked;
    const told = Date.now();
    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
    expect(Date.now() - told).toBeLessThan(20_000);
    await aws.close();
  },
);

test('run ends with one line and exit code 1 when it fails, and report shows why', async () => {
  await writeFile(specFile, JSON.stringify(pod.spec({}, { discovery: { bogus: true } })));
  const run = start('run', '--spec', specFile, ...where);
  expect(await run.exit).toBe(1);
  expect(run.output.stderr).toMatch(/^CONFIG_REJECTED: [^\n]*bogus[^\n]*\n$/);
  const report = start('report', ...where);
  expect(await report.exit).toBe(1);
  expect(JSON.parse(report.output.stdout)).toMatchObject({ outcome: 'failed' });
});

test.each([
  [['run', '--spec', '/no/such/file'], 'SPEC_UNREADABLE'],
  [['report'], 'REPORT_ABSENT'],
])('%s is refused with its code', async (args, code) => {
  const { exit, output } = start(...args, ...where);
  expect(await exit).toBe(1);
  expect(output.stderr).toMatch(new RegExp(`^${code}: `));
});

test.each([
  [[], 'name a command'],
  [['fly'], "unknown command 'fly'"],
  [['run'], "required option '--spec <source>' not specified"],
  [['run', '--spec', 'x', '--wings'], "unknown option '--wings'"],
  [
    ['run', '--spec', 'x', '--phase', 'all', '--interval', '-1'],
    "option '--interval <seconds>' argument '-1' is invalid",
  ],
  [['run', '--spec', 'x', '--phase', 'some'], "option '--phase <phase>' argument 'some' is invalid"],
])('%j is wrong usage, and says so with its code first', async (args, message) => {
  const { exit, output } = start(...args);
  expect(await exit).toBe(1);
  expect(output).toEqual({ stdout: '', stderr: expect.stringMatching(/^USAGE: [^\n]*\n$/) });
  expect(output.stderr).toContain(message);
});

test('--help is no error', async () => {
  const { exit, output } = start('run', '--help');
  expect(await exit).toBe(0);
  expect(output.stdout).toContain('--spec');
  expect(output.stderr).toBe('');
});

test('a process host needs its directories', async () => {
  const { exit, output } = start('run', '--spec', specFile, '--host', 'process');
  expect(await exit).toBe(1);
  expect(output.stderr).toMatch(/^USAGE: /);
});
