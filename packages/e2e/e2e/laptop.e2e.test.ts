import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { processesBelow } from '../src/pod/orphans.ts';
import { tryPort } from '../src/pod/port.ts';
import {
  linesSeen,
  newDesk,
  openTerminal,
  type,
  typeWhileAnswering,
  type Desk,
  type PseudoTerminal,
} from '../test/cli/run-cli.ts';
import { request } from './support/gateway-client.ts';
import { artifactCache, LocalPod } from './support/local-pod.ts';

/** A person with two terminals: a pod in one, commands in the other, in a folder where no pod was ever set up. */
describe('npx projen local, in a terminal of 80 columns', () => {
  let desk: Desk;
  let dataDir: string;
  let terminal: PseudoTerminal;
  let port: number;
  let loginPort: number;
  const settings = (name: string) => readFileSync(join(desk.cwd, name), 'utf8');
  const lines = () => linesSeen(terminal.shown);

  beforeAll(async () => {
    desk = newDesk();
    dataDir = mkdtempSync(join(tmpdir(), 'clawharbor-laptop-'));
    if (existsSync(artifactCache)) cpSync(artifactCache, join(dataDir, 'artifacts'), { recursive: true });
    port = await tryPort(0);
    loginPort = await tryPort(0);
    const repository = join(import.meta.dirname, '../../..');
    const local = `npx projen local --data-dir ${dataDir} --port ${port} --login-port ${loginPort}`;
    terminal = openTerminal(
      desk,
      `trap : INT; stty cols 80 rows 40; stty -g > before; (cd ${repository} && ${local}); read line; stty -g > after`,
    );
    await terminal.untilShown(/Ctrl-C stops everything/);
  });

  afterAll(() => {
    terminal.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('shows one quiet picture, and what to type next', () => {
    const box = lines();
    expect(box.filter((line) => line.startsWith('👾'))).toHaveLength(1);
    expect(box.join('\n')).not.toMatch(/\bnx\b|esbuild|NX/i);
    for (const line of box) expect(line.length, line).toBeLessThanOrEqual(Math.max(80, dataDir.length + 80));
    expect(box.join('\n')).toContain(`https://localhost:${port}`);
    expect(box.join('\n')).toContain(`https://localhost:${loginPort}`);
    expect(box.join('\n')).toContain(`npx clawharbor-local status --data-dir ${dataDir}`);
    // What an instance does is counted in its own steps; waiting for the load balancer takes a few health checks.
    const [, healthy] = /✔ healthy ([\d.]+) s/.exec(box.join('\n')) ?? [];
    const [, all] = /The pod is ready, (\d+) s/.exec(box.join('\n')) ?? [];
    expect(Number(healthy)).toBeLessThan(Number(all) / 2);
  });

  test('has its login page where it says', async () => {
    const answer = await request(`https://localhost:${port}`, '/');
    expect(new URL(answer.headers['location'] as string).origin).toBe(`https://localhost:${loginPort}`);
  });

  test('is found from another folder, and told apart from where nothing runs', () => {
    const status = type(desk, ['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ dataDir, url: `https://localhost:${port}` });
    const down = type(desk, ['down']);
    expect(down.exitCode).toBe(1);
    expect(down.stderr).toContain(`One runs in ${dataDir}`);
  });

  test('takes up a secret, says what that does to people, and comes back when it is live', async () => {
    const { exitCode, stderr } = await typeWhileAnswering(
      desk,
      ['secret', 'set', 'FAL_KEY'],
      'a-secret-value\n',
    );
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(
      /gateway restarts to take it up: everybody is offline meanwhile.*It took \d+ s last time/,
    );
    expect(stderr).toMatch(/FAL_KEY is live, \d+ s after it was set/);
    const holders = (await processesBelow(join(dataDir, 'instances'))).filter((pid) =>
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes('FAL_KEY=a-secret-value'),
    );
    expect(holders.length).toBeGreaterThan(0);
    const again = await typeWhileAnswering(desk, ['secret', 'set', 'FAL_KEY', '--json'], 'a-secret-value\n');
    expect(again.stdout).toContain('"state":"unchanged"');
  });

  test('ends with Ctrl-C, says so, and leaves the terminal as it was', async () => {
    terminal.press('\u0003');
    // projen itself ends at once, and does not wait for its task: findings/projen-leaves-its-task.sh.
    await terminal.untilShown(/· stopped/);
    terminal.press('\n');
    await terminal.closed;
    expect(lines().filter((line) => /stopped/.test(line))).toEqual(['· stopped']);
    expect(settings('after')).toBe(settings('before'));
    expect(await processesBelow(dataDir)).toEqual([]);
  });
});

describe('a start that is stopped', () => {
  const pods: LocalPod[] = [];
  let registry: Server | undefined;
  afterEach(async () => {
    for (const pod of pods.splice(0)) {
      await pod.end('SIGKILL');
      rmSync(pod.dataDir, { recursive: true, force: true });
    }
    registry?.closeAllConnections();
    registry?.close();
  });

  test.each([
    ['synth', 'SIGTERM'],
    ['network', 'SIGINT'],
    ['login', 'SIGTERM'],
    ['deploy', 'SIGHUP'],
    ['prepare-machine', 'SIGTERM'],
    ['install-openclaw', 'SIGINT'],
    ['install-openclaw', 'SIGTERM'],
  ] as const)('during %s by %s hears it, says that it stopped, and nothing else', async (step, signal) => {
    // A registry that never answers: npm waits for it, and nothing of OpenClaw is there yet.
    registry = createServer(() => {});
    await new Promise<void>((listening) => registry!.listen(0, '127.0.0.1', listening));
    const { port } = registry.address() as AddressInfo;
    const pod = await LocalPod.create({
      cold: true,
      environment: {
        npm_config_registry: `http://127.0.0.1:${port}/`,
        npm_config_cache: mkdtempSync(join(tmpdir(), 'clawharbor-npm-')),
      },
    });
    pods.push(pod);
    const up = pod.up();
    up.catch(() => {});
    await expect
      .poll(() => pod.events.some((event) => event.event === 'step' && event.step === step), {
        timeout: 60_000,
      })
      .toBe(true);
    const asked = performance.now();
    expect(await pod.end(signal)).toBe(0);
    expect(performance.now() - asked).toBeLessThan(15_000);
    expect(pod.stderr).toBe('');
    expect(pod.events.at(-1)).toEqual({ event: 'stopped' });
    const told = pod.events.flatMap((event) => (event.event === 'step' ? [event.status] : [event.event]));
    for (const word of ['failed', 'error', 'warning']) expect(told).not.toContain(word);
    expect(existsSync(join(pod.dataDir, 'control.json'))).toBe(false);
    expect(await processesBelow(pod.dataDir)).toEqual([]);
  });
});
