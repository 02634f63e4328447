import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingOf, type Ending } from '@clawharbor/bootstrap';
import { afterAll, beforeAll, expect } from 'vitest';
import { tryPort } from '../src/pod/port.ts';

export const directory = mkdtempSync(join(tmpdir(), 'clawharbor-exits-'));
let port: number;
beforeAll(async () => {
  port = await tryPort(0);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Run {
  readonly process: ChildProcess;
  readonly log: string[];
  /** Of the process; undefined when it was killed. */
  readonly ended: Promise<number | undefined>;
}

export function start(file: string, state: string, more: Record<string, string> = {}): Run {
  const log: string[] = [];
  const child = spawn(process.execPath, [file, 'gateway', '--port', String(port)], {
    env: {
      PATH: process.env['PATH'],
      HOME: join(state, 'home'),
      OPENCLAW_STATE_DIR: state,
      OPENCLAW_CONFIG_PATH: join(state, 'openclaw.json'),
      OPENCLAW_NO_AUTO_UPDATE: '1',
      OPENCLAW_NO_RESPAWN: '1',
      OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED: '1',
      OPENCLAW_GATEWAY_PASSWORD: 'exits',
      npm_config_offline: 'true',
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => log.push(...text.split('\n')));
  }
  return {
    process: child,
    log,
    ended: new Promise((end) => child.once('close', (code) => end(code ?? undefined))),
  };
}

export const portOf = (): number => port;

export const gateway = () => ({ mode: 'local', port, bind: 'loopback', auth: { mode: 'password' } });

export function stateWith(name: string, config: unknown): string {
  const state = join(directory, name);
  mkdirSync(join(state, 'home'), { recursive: true });
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config));
  return state;
}

export async function untilReady(): Promise<void> {
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.status;
  await expect.poll(ready, { timeout: 120_000, interval: 500 }).toBe(200);
}

export async function expectEnding(run: Run, exitCode: number, code: Ending['code'], mayPass: boolean) {
  expect([await run.ended, run.log.join('\n')]).toEqual([exitCode, expect.any(String)]);
  expect([endingOf(exitCode, run.log), run.log.join('\n')]).toMatchObject([
    { code, mayPass },
    expect.any(String),
  ]);
}
