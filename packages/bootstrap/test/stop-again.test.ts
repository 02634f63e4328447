import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { SystemdUnits } from '../src/host/systemd/units.ts';
import { stopAgainSeconds } from '../src/host/unit.ts';
import { systemctlOf } from './stand-ins/systemctl.ts';

/** Lives on after the first SIGTERM, as OpenClaw does while it restarts itself, and ends with the second. */
const busy = `
let asked = 0;
process.on('SIGTERM', () => {
  asked += 1;
  console.log('asked ' + asked);
  if (asked === 2) process.exit(0);
});
setInterval(() => {}, 1000);
console.log('up');`;
/** As soon as it is asked. */
const willing = `setInterval(() => {}, 1000); console.log('up');`;

const again = stopAgainSeconds * 1000;

/** @returns milliseconds */
async function timed(action: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await action();
  return performance.now() - before;
}

describe('on a laptop', () => {
  let directory: string;
  let host: ProcessHost;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clawharbor-'));
    host = new ProcessHost({
      root: join(directory, 'root'),
      state: join(directory, 'state'),
      artifacts: join(directory, 'artifacts'),
    });
  });
  afterEach(async () => {
    await host.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function start(script: string): Promise<void> {
    await host.units.install({
      name: 'test',
      description: 'test',
      command: [process.execPath, '-e', script],
      environment: {},
      workingDirectory: directory,
      user: '',
      writable: [],
      restart: { delaySeconds: 1, neverOn: [], burst: { starts: 3, seconds: 60 } },
      stopTimeoutSeconds: 25,
    });
    await host.units.start('test');
    await vi.waitFor(async () => expect(await host.units.tail('test', 9)).toContain('up'), 60_000);
  }

  test('fault (gateway): it ignores a SIGTERM → it is asked again after 5 s, and ends by itself', async () => {
    await start(busy);
    const took = await timed(() => host.units.stop('test'));
    expect(took).toBeGreaterThanOrEqual(again - 50);
    expect(took).toBeLessThan(2 * again);
    expect(await host.units.tail('test', 9)).toEqual(['up', 'asked 1', 'asked 2']);
    // One that was killed has no exit code.
    expect(await host.units.state('test')).toMatchObject({ status: 'inactive', exitCode: 0 });
  });

  test('one that ends at once is asked once, and nobody waits for the next time', async () => {
    await start(willing);
    expect(await timed(() => host.units.stop('test'))).toBeLessThan(again / 2);
    expect((await host.units.state('test')).status).toBe('inactive');
  });
});

describe.concurrent('on an instance', () => {
  async function start(script: string) {
    const main = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void main.kill('SIGKILL'));
    const lines: string[] = [];
    main.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
    await vi.waitFor(() => expect(lines).toContain('up'), 60_000);
    const { run, asked } = systemctlOf(main);
    return { main, lines, units: new SystemdUnits(run), asked };
  }

  test('fault (gateway): it ignores the SIGTERM of systemd, which sends one → it is asked again after 5 s, and ends by itself', async () => {
    const { main, lines, units, asked } = await start(busy);
    const took = await timed(() => units.stop('openclaw'));
    expect(took).toBeGreaterThanOrEqual(again - 50);
    expect(took).toBeLessThan(2 * again);
    expect(main.exitCode).toBe(0);
    expect(lines).toEqual(['up', 'asked 1', 'asked 2']);
    expect(asked.filter((line) => !line.startsWith('systemctl show'))).toEqual([
      'systemctl stop openclaw.service',
      'systemctl kill --kill-whom=main --signal=SIGTERM openclaw.service',
    ]);
  });

  test('one that ends at once is asked once, also later', async () => {
    const { units, asked } = await start(willing);
    expect(await timed(() => units.stop('openclaw'))).toBeLessThan(again / 2);
    await new Promise((wake) => setTimeout(wake, again + 500));
    expect(asked.filter((line) => line.includes(' kill '))).toEqual([]);
  });
});
