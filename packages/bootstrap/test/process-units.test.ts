import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { afterExit } from '../src/host/process/restart-policy.ts';
import { recordRunning } from '../src/host/process/running-process.ts';
import type { Unit } from '../src/host/unit.ts';

let directory: string;
let host: ProcessHost;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-'));
  host = open('root');
});
afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true, force: true });
});

function open(root: string): ProcessHost {
  return new ProcessHost({
    root: join(directory, root),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
  });
}

function unit(script: string, changes: Partial<Unit> = {}): Unit {
  return {
    name: 'test',
    description: 'test',
    command: [process.execPath, '-e', script],
    environment: { GREETING: 'hello' },
    workingDirectory: directory,
    user: '',
    writable: [],
    restart: { delaySeconds: 0.05, neverOn: [78], burst: { starts: 3, seconds: 60 } },
    stopTimeoutSeconds: 5,
    ...changes,
  };
}

const lines = () => host.units.tail('test', 100);
const status = async () => (await host.units.state('test')).status;
const forever = `setInterval(() => {}, 1000); console.log('up ' + process.pid)`;

async function started(script: string, changes: Partial<Unit> = {}): Promise<void> {
  await host.units.install(unit(script, changes));
  await host.units.start('test');
  await vi.waitFor(async () => expect(await lines()).toContainEqual(expect.stringMatching(/^up /)), 60_000);
}

describe('a unit', () => {
  test('runs with its public and its secret environment, and nothing of the secret is on disk', async () => {
    await host.units.install(unit(''));
    await host.units.setSecretEnvironment('test', { TOKEN: 'hunter2' });
    await started(`${forever}; console.log(process.env.GREETING, process.env.TOKEN === 'hunter2')`);
    await vi.waitFor(async () => expect(await lines()).toContain('hello true'), 60_000);
    const record = await readFile(join(directory, 'root/units/test.json'), 'utf8');
    const log = await readFile(join(directory, 'root/logs/test.log'), 'utf8');
    expect(record + log).not.toContain('hunter2');
  });

  test('gets none of the environment of its supervisor', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'of the user');
    await started(`${forever}; console.log('token', process.env.AWS_SESSION_TOKEN)`);
    await vi.waitFor(async () => expect(await lines()).toContain('token undefined'), 60_000);
    vi.unstubAllEnvs();
  });

  test('fault (gateway): it is killed → its supervisor starts it again', async () => {
    await started(forever);
    const { pid } = await host.units.state('test');
    process.kill(pid ?? 0, 'SIGKILL');
    await vi.waitFor(async () => expect((await host.units.state('test')).restarts).toBe(1), 60_000);
    expect((await host.units.state('test')).pid).not.toBe(pid);
  });

  test('fault (gateway): it exits with 78 → it is not started again', async () => {
    await host.units.install(unit('process.exit(78)'));
    await host.units.start('test');
    await vi.waitFor(async () => expect(await status()).toBe('failed'), 60_000);
    expect(await host.units.state('test')).toEqual({ status: 'failed', exitCode: 78, restarts: 0 });
  });

  test('fault (gateway): it crashes again and again → it is given up after so many starts in so many seconds', async () => {
    await host.units.install(unit('process.exit(1)'));
    await host.units.start('test');
    await vi.waitFor(async () => expect(await status()).toBe('failed'), 60_000);
    expect((await host.units.state('test')).restarts).toBe(2);
    expect((await lines()).at(-1)).toContain('not restarted: started 3 times in 60 s');
  });

  test('whose program is missing fails with a reason', async () => {
    await host.units.install(unit('', { command: ['/no/such/program'] }));
    await host.units.start('test');
    await vi.waitFor(async () => expect(await status()).toBe('failed'), 60_000);
    expect(await lines()).toContainEqual(
      expect.stringContaining('cannot start test: spawn /no/such/program ENOENT'),
    );
  });

  test('fault (gateway): it does not end when it is asked to → it is killed with its children after the time-out', async () => {
    const child = `const { pid } = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);`;
    const deaf = `process.on('SIGTERM', () => console.log('no')); ${child} console.log('child ' + pid); ${forever}`;
    await started(deaf, { stopTimeoutSeconds: 0.3 });
    const pid = Number((await lines()).find((line) => line.startsWith('child '))?.slice(6));
    await host.units.stop('test');
    expect(await status()).toBe('inactive');
    expect(await lines()).toContain('no');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 60_000);
  });

  test('runs only while it holds its lock', async () => {
    const lockFile = join(directory, 'state/lock');
    await started(forever, { lockFile });
    const other = open('other');
    await other.units.install(unit(forever, { lockFile }));
    await other.units.start('test');
    await vi.waitFor(async () => expect((await other.units.state('test')).status).toBe('starting'), 60_000);
    await sleep(300);
    expect(await other.units.tail('test', 10)).toEqual([]);
    await host.units.stop('test');
    await vi.waitFor(async () => expect((await other.units.state('test')).status).toBe('active'), 60_000);
    await other.close();
  });

  test('fault (kill): the supervisor of a laptop is killed and leaves the gateway behind → the next one ends it', async () => {
    const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      detached: true,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => left.on('exit', (_, signal) => resolve(signal)));
    recordRunning(join(directory, 'root/units/test.json'), left.pid ?? 0);
    await started(forever);
    expect(await ended).toBe('SIGTERM');
    expect(await lines()).toContainEqual(expect.stringContaining('an earlier run had left behind'));
  });

  test('fault (instance): a second supervisor on the same directory → STATE_LOCKED', async () => {
    const supervisor = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const file = join(directory, 'root/units/test.json');
    recordRunning(file, process.pid);
    const record = JSON.parse(await readFile(file, 'utf8')) as { process: object };
    recordRunning(file, supervisor.pid ?? 0);
    const other = JSON.parse(await readFile(file, 'utf8')) as { process: object };
    await writeFile(file, JSON.stringify({ supervisor: other.process, process: record.process }));
    await expect(host.prepareMachine({ dryRun: false })).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    supervisor.kill();
  });

  test('keeps a log that is bounded', async () => {
    const flood = `const line = 'x'.repeat(1023); for (let i = 0; i < 12000; i++) console.log(line); ${forever}`;
    await started(flood);
    const sizes = await Promise.all(
      ['test.log', 'test.log.1'].map(async (name) => (await stat(join(directory, 'root/logs', name))).size),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10 * 1024 * 1024);
    expect(await host.units.tail('test', 1000)).toHaveLength(500);
  });
});

describe('the restart policy', () => {
  const policy = { delaySeconds: 5, neverOn: [78], burst: { starts: 10, seconds: 300 } };

  test('gives up when there were too many starts in its window, and only then', () => {
    const starts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(starts, fc.option(fc.integer({ min: 0, max: 77 }), { nil: undefined }), (times, code) => {
        const now = 1_000_000;
        const inWindow = times.filter((time) => time > now + 5000 - 300_000).length;
        const next = afterExit(policy, { code, starts: times, now });
        expect('failed' in next).toBe(inWindow >= 10);
      }),
    );
  });

  test('never restarts what a restart cannot mend', () => {
    expect(afterExit(policy, { code: 78, starts: [], now: 0 })).toEqual({
      failed: 'exit code 78 is permanent',
    });
  });
});
