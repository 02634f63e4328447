import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
afterEach(() => pod.close());

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=source', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
  await vi.waitFor(() => expect(reports()).toMatchObject([{ outcome: 'ready' }]), 20_000);
  await writeFile(specFile, JSON.stringify(pod.spec({}, { discovery: { test: 'fine' } })));
  await vi.waitFor(
    () => expect(reports()).toMatchObject([{ outcome: 'ready' }, { outcome: 'ready' }]),
    20_000,
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

test('SIGTERM ends a run in the middle of its work, too', async () => {
  const spec = pod.spec({ readyTimeoutSeconds: 60 }, { discovery: { test: 'silent' } });
  await writeFile(specFile, JSON.stringify(spec));
  const run = start('run', '--spec', specFile, ...where, '--json', '--stay');
  await vi.waitFor(() => expect(run.output.stdout).toContain('"wait-ready"'), 20_000);
  run.child.kill('SIGTERM');
  expect(await run.exit).toBe(0);
});

test('run ends with one line and exit code 1 when it fails, and report shows why', async () => {
  await writeFile(specFile, JSON.stringify(pod.spec({}, { bogus: true })));
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

test('a process host needs its directories', async () => {
  const { exit, output } = start('run', '--spec', specFile, '--host', 'process');
  expect(await exit).toBe(1);
  expect(output.stderr).toMatch(/^USAGE: /);
});
