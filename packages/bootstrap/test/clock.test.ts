import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { patiently } from '../src/aws/patience.ts';
import { converge } from '../src/converge.ts';
import { parseTrial, trialProgram, type TrialInput } from '../src/upgrade/trial-gateway.ts';
import { freePort, makePod, type TestPod } from './stand-ins/pod.ts';

const hours = 60 * 60 * 1000;

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
  // Timers go on: they do not follow the clock on the wall.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(async () => {
  vi.useRealTimers();
  await pod.close();
});

test.each([
  { jump: 'ahead', by: 3 },
  { jump: 'back', by: -3 },
])(
  'fault (instance): the clock jumps $jump by hours while a gateway starts → it has its time all the same, and no more',
  async ({ by }) => {
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
    const other = pod.replace();
    const port = async () => ({ gateway: { mode: 'local', port: await freePort() } });
    const starting = converge(pod.spec({ readyTimeoutSeconds: 20 }, await port()), other);
    await vi.waitFor(
      async () => expect((await other.units.state('openclaw')).status).toBe('starting'),
      60_000,
    );
    vi.setSystemTime(Date.now() + by * hours);
    setTimeout(() => void pod.host.close(), 2000);
    expect((await starting).outcome).toBe('ready');

    const waiting = converge(pod.spec({ readyTimeoutSeconds: 10 }, await port()), pod.replace());
    setTimeout(() => vi.setSystemTime(Date.now() + by * hours), 2000);
    const start = performance.now();
    expect((await waiting).steps.at(-1)?.error?.code).toBe('STATE_LOCKED');
    expect(performance.now() - start).toBeGreaterThan(9000);
    expect(performance.now() - start).toBeLessThan(60_000);
  },
);

test.each([
  { jump: 'ahead', by: 3 },
  { jump: 'back', by: -3 },
])(
  'fault (aws): the clock jumps $jump by hours while AWS is asked again → it is asked for as long as it should be',
  async ({ by }) => {
    let asked = 0;
    const start = performance.now();
    const asking = patiently(
      { seconds: 3 },
      () => 'passing',
      async () => {
        asked += 1;
        if (asked === 2) vi.setSystemTime(Date.now() + by * hours);
        throw new Error('busy');
      },
    );
    await expect(asking).rejects.toThrow('busy');
    expect((performance.now() - start) / 1000).toBeGreaterThan(2.5);
    expect((performance.now() - start) / 1000).toBeLessThan(60);
    expect(asked).toBeGreaterThan(2);
  },
);

test('fault (instance): the clock jumps back by an hour again and again while a release is rehearsed → the gateway is watched for as long as it should be', async () => {
  const jumping = 'const now = Date.now; let hours = 0; Date.now = () => now() - 3_600_000 * (hours += 1);';
  const gateway = `require('node:http').createServer((request, response) => response.end()).listen(process.argv[1])`;
  const port = await freePort();
  const input: TrialInput = {
    command: [process.execPath, '--eval', gateway, String(port)],
    install: join(pod.directory, 'package.json'),
    port,
    modelPort: await freePort(),
    readySeconds: 20,
    watchSeconds: 2,
    files: {},
    state: pod.directory,
  };
  const start = performance.now();
  const { stdout } = await pod.host.run({
    file: process.execPath,
    args: ['--input-type=module', '--eval', `${jumping}${trialProgram}`],
    input: JSON.stringify(input),
    timeoutSeconds: 30,
  });
  expect(performance.now() - start).toBeLessThan(20_000);
  const trial = parseTrial(stdout);
  expect(trial?.down).toBeUndefined();
  expect(trial?.readyMs).toBeGreaterThan(0);
  expect(trial?.readyMs).toBeLessThan(10_000);
});
