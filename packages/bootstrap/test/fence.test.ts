import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BootstrapError } from '../src/errors.ts';
import { GatewayLine } from '../src/openclaw/gateway-line.ts';
import { writerLock } from '../src/backup/writer-lock.ts';
import type { StepContext } from '../src/steps/step.ts';
import { whileNobodyWrites } from '../src/upgrade/fence.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
  await mkdir(pod.host.layout.records, { recursive: true });
  // A minute of it lasts three seconds.
  pod.host.elapsed = () => performance.now() * 20;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pod.close();
});

const context = (drainHook?: string): StepContext => ({
  spec: pod.spec({
    readyTimeoutSeconds: 60,
    lifecycle: {
      autoScalingGroup: 'group',
      hook: 'launch',
      heartbeatSeconds: 300,
      ...(drainHook === undefined ? {} : { drainHook }),
    },
  }),
  host: pod.host,
  secretEnvironment: async () => ({}),
  line: new GatewayLine(pod.host),
  startedAt: new Date(),
  done: new Map(),
  signal: new AbortController().signal,
});

/** Another machine's gateway, which has the fence for so long. */
async function held(seconds: number): Promise<void> {
  const script = `echo held; sleep ${seconds}`;
  const args = ['--exclusive', writerLock(pod.host), 'sh', '-c', script];
  await once(spawn('flock', args, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout, 'data');
}

test('fault (instance): the instance before drains for longer than a gateway may take to start, and an upgrade lies ahead → the new one waits at the fence, and is not abandoned', async () => {
  await held(6);
  await expect(whileNobodyWrites(context('drain'), async () => 'mine')).resolves.toBe('mine');
}, 30_000);

test('what is done behind the fence and finds something else locked says so at once', async () => {
  let times = 0;
  const other = new BootstrapError('STATE_LOCKED', 'Another instance goes on with it.');
  const found = whileNobodyWrites(context('drain'), async () => {
    times++;
    throw other;
  });
  await expect(found).rejects.toBe(other);
  expect(times).toBe(1);
});

test('without an instance that may drain, the fence is waited for as long as a gateway may take', async () => {
  await held(8);
  await expect(whileNobodyWrites(context(), async () => 'mine')).rejects.toThrow(
    expect.objectContaining({ code: 'STATE_LOCKED', message: expect.stringMatching(/for 60 s\. End it/) }),
  );
}, 30_000);

test('fault (storage): the file system takes no lock → it is said at once, in its words, and nobody waits for a gateway', async () => {
  const bin = join(pod.directory, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'flock'), '#!/bin/sh\necho "flock: 3: No locks available" >&2\nexit 71\n', {
    mode: 0o755,
  });
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  let times = 0;
  const found = whileNobodyWrites(context('drain'), async () => times++);
  await expect(found).rejects.toThrow(
    expect.objectContaining({
      code: 'STATE_NOT_LOCKABLE',
      message: expect.stringContaining('No locks available'),
    }),
  );
  expect(times).toBe(0);
});
