import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writerLock } from '../src/backup/writer-lock.ts';
import { converge } from '../src/converge.ts';
import { hasLostFence } from '../src/openclaw/gateway-fence.ts';
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
});
