import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

const program = new URL('../src/bin/clawharbor-bootstrap.ts', import.meta.url).pathname;

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

/** What the bootstrap itself writes half. What OpenClaw is asked about lies in the cache, and whom it is asked by removes it. */
const halfWritten = (name: string): boolean =>
  /\.clawharbor-[^/]*\.tmp$/.test(name) && !name.includes('/cache/');

/**
 * Runs the bootstrap on a spec, and kills it so long after it began with a step; without a time, at the moment when
 * something is half written.
 */
async function killedRun(specFile: string, step: string, milliseconds: number | undefined): Promise<void> {
  const root = join(pod.directory, 'instance-0');
  const where = ['--root', root, '--state', pod.host.layout.state, '--artifacts', pod.host.layout.artifacts];
  const child = spawn(
    process.execPath,
    ['--conditions=source', program, 'run', '--json', '--host=process', `--spec=${specFile}`, ...where],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  const watcher = watch(pod.directory, { recursive: true });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes(`"${step}"`) || !line.includes('"started"')) continue;
    if (milliseconds === undefined) {
      watcher.on('change', (_, name) => {
        if (halfWritten(String(name))) child.kill('SIGKILL');
      });
    } else {
      await sleep(milliseconds);
      child.kill('SIGKILL');
    }
  }
  await ended;
  watcher.close();
  await endOrphans();
}

/** A kill that came late leaves a gateway behind, which holds the lock of the state as long as it lives. */
async function endOrphans(): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!commandLine.includes(pod.directory) || Number(pid) === process.pid) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Names below what is durable and what is not, that are no file's own. */
async function temporaries(): Promise<string[]> {
  const names = await readdir(pod.directory, { recursive: true });
  return names.filter((name) => /\.tmp(\/|$)|candidate|\.new/.test(name));
}

test.each([
  ['merge-config', 10],
  ['install-openclaw', 5],
])(
  'fault (kill): SIGKILL in %s while something is half written, %i times → nothing is lost, and the next run leaves nothing behind',
  { timeout: 300_000 },
  async (step, kills) => {
    const spec = (round: number) => pod.spec({}, { discovery: { round: String(round) } });
    expect((await converge(spec(-1), pod.host)).outcome).toBe('ready');
    await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'mine' } }));
    await pod.host.close();

    const specFile = join(pod.directory, 'spec.json');
    const installed = join(pod.host.layout.install, '2026.9.6');
    let left = 0;
    for (let round = 0; round < kills; round += 1) {
      await writeFile(specFile, JSON.stringify(spec(round)));
      if (step === 'install-openclaw') await rm(installed, { recursive: true, force: true });
      await killedRun(specFile, step, round % 2 === 0 ? undefined : Math.random() * 300);
      left += (await temporaries()).length;
      expect(await pod.readConfig()).toMatchObject({
        messages: { prefix: 'mine' },
        gateway: spec(round).openclaw.config['gateway'],
      });
    }
    // Else the kills came at the wrong times, and the rest proves nothing.
    expect(left).toBeGreaterThan(0);

    // The same machine, once more.
    const { artifacts, state } = pod.host.layout;
    const host = new ProcessHost({ root: join(pod.directory, 'instance-0'), state, artifacts });
    const last = await converge(spec(kills), host);
    await host.close();
    expect(last.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(last.outcome).toBe('ready');
    expect(await pod.readConfig()).toMatchObject({
      messages: { prefix: 'mine' },
      discovery: { round: String(kills) },
    });
    expect(await temporaries()).toEqual([]);
  },
);
