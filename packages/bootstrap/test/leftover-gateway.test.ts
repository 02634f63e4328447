import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { isPortFree } from '../src/host/port.ts';
import { gatewayPort } from '../src/spec/pod-spec.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

const program = new URL('../src/bin/clawharbor-bootstrap.ts', import.meta.url).pathname;

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

/** A run whose gateway is ready, and that is killed before its last word. @returns process of the gateway, which lives on */
async function killedOnceReady(root: string): Promise<number> {
  const specFile = join(pod.directory, 'spec.json');
  await writeFile(specFile, JSON.stringify(pod.spec()));
  const { state, artifacts, logs } = pod.host.layout;
  const where = ['--root', root, '--state', state, '--artifacts', artifacts, '--logs', logs];
  const child = spawn(
    process.execPath,
    ['--conditions=source', program, 'run', '--json', '--host=process', `--spec=${specFile}`, ...where],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"record-release"') && line.includes('"started"')) child.kill('SIGKILL');
  }
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
  const record = JSON.parse(await readFile(join(root, 'units/openclaw.json'), 'utf8')) as {
    process: { pid: number };
  };
  const { pid } = record.process;
  onTestFinished(async () => {
    if ((await commandLine(pid)) !== '') process.kill(pid, 'SIGKILL');
  });
  return pid;
}

/** Empty when the process has ended, also before its parent has taken notice. */
const commandLine = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

test('fault (kill): SIGKILL of the bootstrap of a laptop, whose gateway lives on and has the port → the next run ends that one and starts its own', async () => {
  const root = join(pod.directory, 'killed');
  const left = await killedOnceReady(root);
  expect(await commandLine(left)).toContain('openclaw.mjs');
  const port = gatewayPort(pod.spec());
  expect(await isPortFree(port)).toBe(false);

  const { state, artifacts, logs } = pod.host.layout;
  const host = new ProcessHost({ root, state, artifacts, logs });
  try {
    const report = await converge(pod.spec(), host);
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(report.outcome).toBe('ready');
    expect(await commandLine(left)).toBe('');
    const { pid } = await host.units.state('openclaw');
    expect(pid).not.toBe(left);
    expect(await host.units.tail('openclaw', 100)).toContain(
      'clawharbor: ended what an earlier run had left behind',
    );
    expect((await host.probe(`http://127.0.0.1:${port}/readyz`))?.status).toBe(200);
  } finally {
    await host.close();
  }
});
