import { mkdirSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SilentFileSystem, whyNoSilence } from '../../../../testing/silent-file-system.ts';
import { SmallDisk, whyNoDisk } from '../stand-ins/small-disk.ts';
import { rowsIn } from './numbered.ts';
import { Replicated } from './replicated.ts';

let here: Replicated;
let disk: SmallDisk | undefined;
beforeEach(() => {
  here = new Replicated();
});
afterEach(async () => {
  disk?.grow();
  disk?.close();
  disk = undefined;
  await here.close();
});

const generations = (): string[] => readdirSync(here.folder).toSorted();

describe.skipIf(whyNoDisk !== undefined)('a replica on a disk', () => {
  test('that is full while it follows says so, keeps no writer waiting, and goes on in the same generation with room again', async () => {
    disk = new SmallDisk(here.folder);
    here.add(50);
    const shipper = here.shipper();
    await shipper.start();
    for (let pages = 0; pages < 4; pages += 1) {
      disk.leave(pages);
      const before = rowsOf(here);
      here.add(100);
      for (let tick = 0; tick < 3; tick += 1) expect((await shipper.sync()).hole).toBeUndefined();
      expect(shipper.status.problem).toMatch(/ENOSPC/);
      expect(shipper.status.pendingBytes).toBeGreaterThan(0);
      // What is there is a beginning all the same.
      await here.restore();
      expect(rowsIn(here.restored)).toBeLessThanOrEqual(before + 100);
      disk.grow();
      await shipper.sync();
      expect(shipper.status).toMatchObject({ pendingBytes: 0 });
      expect(shipper.status.problem).toBeUndefined();
    }
    await shipper.end();
    expect(generations()).toHaveLength(1);
    expect((await here.restore()).isWhole).toBe(true);
    expect(rowsIn(here.restored)).toBe(rowsOf(here));
  });

  test('that takes nothing for so long that the WAL grows too large is given up, not the disk of the database', async () => {
    disk = new SmallDisk(here.folder);
    here.add(50);
    const shipper = here.shipper({ mostPendingBytes: 1_000_000 });
    await shipper.start();
    disk.leave(1);
    const holes: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      here.add(300);
      const { hole } = await shipper.sync();
      if (hole !== undefined) holes.push(hole);
    }
    expect(holes).toEqual([expect.stringMatching(/^the WAL was let go with more than 1000000 bytes/)]);
    expect(statSync(`${here.database}-wal`).size).toBeLessThan(6_000_000);
    disk.grow();
    await shipper.end();
    expect((await here.restore()).isWhole).toBe(true);
    expect(rowsIn(here.restored)).toBe(6050);
  });

  test('that is too small for a copy is tried again, and what there was of it takes no room', async () => {
    disk = new SmallDisk(here.folder);
    here.add(1000);
    disk.leave(4);
    const shipper = here.shipper();
    expect((await shipper.start()).completed).toBeUndefined();
    expect(shipper.status.problem).toMatch(/no new copy could be made: ENOSPC/);
    expect(generations()).toEqual([]);
    disk.grow();
    await shipper.end();
    await here.restore();
    expect(rowsIn(here.restored)).toBe(1000);
  });
});

describe.skipIf(whyNoSilence !== undefined)('a replica on a file system that does not answer', () => {
  let silence: SilentFileSystem | undefined;
  const end = async (): Promise<void> => {
    const ending = silence?.end();
    silence = undefined;
    await ending;
  };
  beforeEach(async () => {
    mkdirSync(here.folder);
    silence = await SilentFileSystem.mount(here.folder);
  });
  afterEach(end);

  test('keeps no writer waiting, and has all of it once it answers', async () => {
    here.add(10);
    const shipper = here.shipper();
    const tick = shipper.start();
    for (let round = 0; round < 10; round += 1) {
      here.add(10);
      expect(shipper.sync()).toBe(tick);
      expect(await Promise.race([tick, sleep(20, 'waits')])).toBe('waits');
    }
    await expect(shipper.end(50)).rejects.toThrow(/it does not answer/);
    await end();
    await shipper.end();
    await here.restore();
    expect(rowsIn(here.restored)).toBe(110);
  });

  test('does not keep a shipper from letting the database go', async () => {
    here.add(10);
    const shipper = here.shipper();
    void shipper.start();
    await sleep(20);
    here.add(10);
    const closed = shipper.close();
    expect(here.writer.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0, log: 0 });
    expect(await Promise.race([closed, sleep(20, 'waits')])).toBe('waits');
    await end();
    await closed;
  });
});

test.each([
  ['was removed', (path: string) => rmSync(path)],
  ['was cut off', (path: string) => truncateSync(path, 40)],
])('a file of the replica that %s under the shipper begins a new generation', async (_, damage) => {
  here.add(10);
  const shipper = here.shipper();
  await shipper.start();
  here.add(10);
  await shipper.sync();
  damage(join(here.folder, generations()[0]!, 'wal-00000000'));
  here.add(10);
  await shipper.sync();
  await shipper.end();
  const restored = await here.restore();
  expect(rowsIn(here.restored)).toBe(30);
  expect(restored.isWhole).toBe(true);
});

function rowsOf({ writer }: Replicated): number {
  return (writer.prepare('SELECT n FROM newest').get() as { n: number }).n;
}
