import { readFileSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { behindTheFence, writerLock } from '../src/backup/writer-lock.ts';
import { converge } from '../src/converge.ts';
import { hasLostFence } from '../src/openclaw/gateway-fence.ts';
import { gatewayUnit } from '../src/openclaw/gateway-unit.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

const isLinux = process.platform === 'linux';
if (!isLinux) console.log('gateway-fence: left out, because only Linux says what a process has locked');

describe.skipIf(!isLinux)('the lock of a running gateway', () => {
  let pod: TestPod;
  let lock: string;
  beforeEach(async () => {
    pod = await makePod();
    lock = writerLock(pod.host);
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
  });
  afterEach(() => pod.close());

  const pid = async () => (await pod.host.units.state('openclaw')).pid!;
  const run = async () => {
    const { outcome, steps } = await converge(pod.spec(), pod.host);
    const { changes, warnings } = steps.find(({ name }) => name === 'start-gateway')!;
    return { outcome, changes, codes: warnings.map(({ code }) => code) };
  };

  test('that is there is let alone, whatever is written into it', async () => {
    await writeFile(lock, 'a note');
    expect(await run()).toEqual({ outcome: 'unchanged', changes: [], codes: [] });
  });

  test.each<[string, () => Promise<void>]>([
    ['is removed', () => rm(lock)],
    ['is moved away', () => rename(lock, `${lock}.old`)],
    [
      'is replaced by a copy',
      async () => {
        const text = await readFile(lock);
        await rm(lock);
        await writeFile(lock, text);
      },
    ],
  ])(
    'fault (gateway): the lock of its state %s under it → it is restarted and has the one that is there, and the report says so',
    async (_, lose) => {
      const before = await pid();
      await lose();
      expect(await hasLostFence(pod.host, before)).toBe(true);
      expect(await run()).toEqual({
        outcome: 'ready',
        changes: ['restart openclaw, whose lock of the state is gone'],
        codes: ['STATE_UNLOCKED'],
      });
      const after = await pid();
      expect(after).not.toBe(before);
      expect(await hasLostFence(pod.host, after)).toBe(false);
      expect(await run()).toEqual({ outcome: 'unchanged', changes: [], codes: [] });
    },
  );

  test('fault (gateway): the lock of its state is removed while another instance waits for it → the one that waited does not start with it, and never do two run', async () => {
    const next = pod.replace();
    const { units } = next;
    // What it would run is another program here, because both machines have one port.
    const unit = gatewayUnit(next, pod.spec(), next.memory);
    await units.install({
      ...unit,
      command: ['/bin/sleep', '60'],
      restart: { ...unit.restart, delaySeconds: 1 },
    });
    await units.setSecretEnvironment('openclaw', {});
    await units.start('openclaw');
    await expect.poll(async () => (await units.state('openclaw')).status).toBe('starting');
    // It waits for this file, and not for the one that comes.
    const { ino } = await stat(lock);
    const waits = async () => new RegExp(`-> FLOCK .*:${ino} `).test(await readFile('/proc/locks', 'utf8'));
    await expect.poll(waits, { timeout: 10_000 }).toBe(true);
    await rm(lock);
    expect((await run()).codes).toEqual(['STATE_UNLOCKED']);
    expect(await hasLostFence(pod.host, await pid())).toBe(false);
    // It tries again, and waits for the one that is there.
    await expect.poll(async () => (await units.state('openclaw')).restarts, { timeout: 10_000 }).toBe(1);
    await expect.poll(async () => (await units.state('openclaw')).status).toBe('starting');
    await pod.host.units.stop('openclaw');
    await expect.poll(async () => (await units.state('openclaw')).status).toBe('active');
    await expect.poll(async () => hasLostFence(next, (await units.state('openclaw')).pid!)).toBe(false);
  });

  test('that is removed while the fence is waited for is no fence: what is done behind it waits for the one that is there', async () => {
    const order: string[] = [];
    const behind = behindTheFence(pod.host, async () => void order.push('behind'), 20);
    await expect.poll(async () => (await readdir('/proc')).some(isFlock)).toBe(true);
    await rm(lock);
    expect((await run()).codes).toEqual(['STATE_UNLOCKED']);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    order.push('stopped');
    await pod.host.units.stop('openclaw');
    await behind;
    expect(order).toEqual(['stopped', 'behind']);
  });
});

/** Whether a process waits for a lock for a while. */
function isFlock(pid: string): boolean {
  try {
    return /flock\0--exclusive\0--timeout/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}
