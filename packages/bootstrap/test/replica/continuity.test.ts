import { mkdirSync, copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Tick } from '../../src/replica/index.ts';
import { rowsIn } from './numbered.ts';
import { ended, Replicated } from './replicated.ts';

let here: Replicated;
beforeEach(() => {
  here = new Replicated();
});
afterEach(() => here.close());

const generations = (): string[] => readdirSync(here.folder).toSorted();
const files = (): string[] => readdirSync(join(here.folder, generations().at(-1)!)).toSorted();
/** The counters of the WAL's header that a reset moves. */
const salt = (): number => readFileSync(`${here.database}-wal`).readUInt32BE(16);

test('what a writer commits while it checkpoints as it likes is restored row by row, of one generation', async () => {
  const writer = await here.startWriter(2);
  const shipper = here.shipper({ checkpointBytes: 300_000, idleMilliseconds: 50 });
  const ticks: Tick[] = [];
  const wals = (): number => files().filter((name) => name.startsWith('wal-')).length;
  const begun = Date.now();
  // Without resets it would prove little, and on a busy machine they take their time.
  do {
    ticks.push(await shipper.sync());
    await sleep(Math.random() * 60);
  } while (Date.now() < begun + 2000 || (wals() < 4 && Date.now() < begun + 20_000));
  writer.kill('SIGTERM');
  await ended(writer);
  expect(await shipper.end()).toBe(true);
  expect(ticks.filter(({ hole }) => hole !== undefined)).toEqual([]);
  expect(generations()).toHaveLength(1);
  expect(wals()).toBeGreaterThan(3);
  const restored = await here.restore();
  expect(restored).toMatchObject({ isWhole: true, missing: {}, problems: [] });
  expect(rowsIn(here.restored)).toBe(here.noted().at(-1)!.n);
  expect(rowsIn(here.restored)).toBe(rowsIn(here.database));
  expect(restored.counts).toEqual({ newest: 1, numbered: rowsIn(here.database) });
});

test('a writer that is killed, and another that goes on, are followed', async () => {
  const shipper = here.shipper({ checkpointBytes: 300_000 });
  for (let round = 0; round < 3; round += 1) {
    const writer = await here.startWriter(2);
    for (const until = Date.now() + 100 + Math.random() * 300; Date.now() < until; await sleep(20))
      expect((await shipper.sync()).hole).toBeUndefined();
    writer.kill('SIGKILL');
    await ended(writer);
  }
  await shipper.end();
  expect(generations()).toHaveLength(1);
  expect((await here.restore()).isWhole).toBe(true);
  expect(rowsIn(here.restored)).toBe(rowsIn(here.database));
});

test('what is restored at any moment is a beginning of what was committed, never anything else', async () => {
  await here.startWriter(3);
  const shipper = here.shipper({ checkpointBytes: 200_000, renewBytes: 1_000_000 });
  let before = 0;
  await shipper.start();
  for (let round = 0; round < 6; round += 1) {
    for (const until = Date.now() + Math.random() * 250; Date.now() < until;) {
      expect((await shipper.sync()).hole).toBeUndefined();
      await sleep(Math.random() * 30);
    }
    const { problems, isWhole } = await here.restore();
    expect(problems).toEqual([]);
    expect(isWhole).toBe(false);
    const rows = rowsIn(here.restored);
    expect(rows).toBeGreaterThanOrEqual(before);
    expect(here.noted().at(-1)!.n + 301).toBeGreaterThanOrEqual(rows);
    before = rows;
  }
  expect(before).toBeGreaterThan(100);
});

test('a reset by somebody else under the pin is followed', async () => {
  here.add(10);
  const shipper = here.shipper({ idleMilliseconds: 0 });
  await shipper.start();
  here.add(10);
  // Its own checkpoint, after which nobody has to wait for the pin.
  await shipper.sync();
  await shipper.sync();
  const first = salt();
  for (let round = 0; round < 3; round += 1)
    expect(here.writer.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
  here.add(10);
  expect((salt() - first) >>> 0).toBeGreaterThan(1);
  expect(await shipper.sync()).toMatchObject({ shipped: expect.any(Number) });
  await shipper.end();
  expect(generations()).toHaveLength(1);
  await here.restore();
  expect(rowsIn(here.restored)).toBe(30);
});

test('OpenClaw’s checkpoints: PASSIVE takes all that was shipped, TRUNCATE is let through when nothing is written', async () => {
  here.add(10);
  const shipper = here.shipper({ idleMilliseconds: 0 });
  await shipper.start();
  here.add(10);
  await shipper.sync();
  const { log, checkpointed } = here.writer.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as Record<
    string,
    number
  >;
  expect(checkpointed).toBe(log);
  await shipper.sync();
  expect(here.writer.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0, log: 0 });
});

test('OpenClaw’s TRUNCATE when it ends right after it has written is let through within a tick or two, not after its five seconds', async () => {
  await here.start('./reset.ts', here.database, '50');
  const shipper = here.shipper();
  await shipper.start();
  here.add(50);
  await shipper.sync();
  const start = performance.now();
  const ticking = setInterval(() => void shipper.sync(), 100);
  await here.start('./reset.ts', here.database, '50', 'reset');
  clearInterval(ticking);
  expect(performance.now() - start).toBeLessThan(4000);
  expect(here.writer.prepare('PRAGMA wal_checkpoint(NOOP)').get()).toMatchObject({ log: 0 });
  await shipper.end();
  expect(generations()).toHaveLength(1);
  await here.restore();
  expect(rowsIn(here.restored)).toBe(150);
});

test('with the pin gone, a reset by somebody else between two ticks is a new generation, and nothing is missing', async () => {
  here.add(10);
  const before = here.shipper();
  await before.start();
  here.add(10);
  await before.sync();
  await before.close();
  here.add(5);
  here.writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  here.add(5);
  const after = here.shipper();
  await after.start();
  await after.end();
  expect(generations()).toHaveLength(2);
  await here.restore();
  expect(rowsIn(here.restored)).toBe(30);
});

test('locks that are lost without the shipper knowing are noticed: a hole, and a new generation without one', async () => {
  await here.start('./reset.ts', here.database, '10');
  const shipper = here.shipper();
  await shipper.start();
  await here.start('./reset.ts', here.database, '10');
  await shipper.sync();
  // To close a descriptor of a database ends all locks of the process on it: what nobody may do beside a shipper.
  for (const suffix of ['', '-shm']) readFileSync(`${here.database}${suffix}`);
  await here.start('./reset.ts', here.database, '5', 'reset', '5');
  const ticks = [await shipper.sync(), await shipper.sync(), await shipper.sync()];
  expect(ticks.filter(({ hole }) => hole !== undefined)).toHaveLength(1);
  await shipper.end();
  expect(generations()).toHaveLength(2);
  await here.restore();
  expect(rowsIn(here.restored)).toBe(30);
});

test('a clock that is put back does not say for as long that all is on the replica', async () => {
  here.add(10);
  const shipper = here.shipper();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  try {
    await shipper.start();
    await shipper.sync();
    expect(shipper.status.shippedAt).toBe(Date.now());
  } finally {
    vi.useRealTimers();
  }
  await shipper.sync();
  expect(shipper.status.shippedAt).toBeLessThanOrEqual(Date.now());
});

test('a database that is not there yet is waited for, and not made', async () => {
  const shipper = here.shipper();
  expect(await shipper.start()).toEqual({ shipped: 0 });
  expect(existsSync(here.database)).toBe(false);
  expect(shipper.status).toEqual({ shippedAt: 0, pendingBytes: 0 });
  expect(await shipper.end()).toBe(false);
  here.add(1);
  expect((await shipper.sync()).completed).toBe(generations()[0]);
});

test.each(['replaced', 'removed'] as const)('a database that was %s begins a new generation', async (how) => {
  here.add(10);
  const shipper = here.shipper();
  await shipper.start();
  here.add(10);
  await shipper.sync();
  const other = join(here.directory, 'live', 'other.sqlite');
  here.writer.exec(`VACUUM INTO '${other}'`);
  here.writer.close();
  if (how === 'removed') {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${here.database}${suffix}`, { force: true });
    expect((await shipper.sync()).hole).toMatch(/was removed$/);
    expect((await shipper.sync(), shipper.status.problem)).toMatch(/is gone$/);
    // What there was can still be restored.
    await here.restore();
    expect(rowsIn(here.restored)).toBe(20);
  }
  renameSync(other, here.database);
  if (how === 'replaced') expect((await shipper.sync()).hole).toMatch(/was replaced$/);
  await shipper.end();
  expect(generations()).toHaveLength(2);
  await here.restore();
  expect(rowsIn(here.restored)).toBe(20);
});

test.each([
  ['was removed', () => {}],
  ['has a directory in its place', (path: string) => mkdirSync(path)],
])('a planned end does not wait for a database that %s: nobody makes it anew', async (_, spoil) => {
  here.add(10);
  const shipper = here.shipper();
  await shipper.start();
  here.writer.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${here.database}${suffix}`, { force: true });
  spoil(here.database);
  const begun = performance.now();
  await expect(shipper.end(10_000)).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('an empty database, one without a WAL, and one that gets a WAL while it is followed', async () => {
  const database = here.connect();
  database.exec('PRAGMA user_version = 0');
  const shipper = here.shipper();
  await shipper.start();
  database.exec('CREATE TABLE first (n); INSERT INTO first VALUES (1)');
  const second = here.shipper({ database: here.database, folder: here.folder });
  await shipper.close();
  await second.start();
  expect((await here.restore()).counts).toEqual({ first: 1 });
  // Not before a minute has passed, except at the end.
  database.exec('INSERT INTO first VALUES (1)');
  expect((await second.sync()).completed).toBeUndefined();
  database.exec('PRAGMA journal_mode = WAL; DELETE FROM first WHERE rowid = 1; INSERT INTO first VALUES (2)');
  database.close();
  here.add(3);
  await second.end();
  expect((await here.restore()).counts).toEqual({ first: 2, newest: 1, numbered: 3 });
});

test('a database without a WAL is copied once more at a planned end', async () => {
  const database = here.connect();
  database.exec('CREATE TABLE first (n)');
  const shipper = here.shipper();
  await shipper.start();
  database.exec('INSERT INTO first VALUES (1)');
  expect(await shipper.end(5000)).toBe(true);
  database.close();
  expect(await here.restore()).toMatchObject({ isWhole: true, counts: { first: 1 } });
});

test('a generation that has grown long is followed until the next is complete', async () => {
  const shipper = here.shipper({ renewBytes: 100_000, checkpointBytes: 50_000 });
  here.add(200);
  const first = (await shipper.start()).completed;
  const completed: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    here.add(30);
    const tick = await shipper.sync();
    expect(tick.hole).toBeUndefined();
    if (tick.completed !== undefined) completed.push(tick.completed);
  }
  expect(completed.length).toBeGreaterThan(0);
  await shipper.end();
  const restored = await here.restore();
  expect(generations()).toContain(restored.generation);
  expect(restored.generation).not.toBe(first);
  expect(restored.isWhole).toBe(true);
  expect(rowsIn(here.restored)).toBe(800);
});

test('rows that came after a planned end are no part of it, and another shipper since makes it less than whole', async () => {
  here.add(10);
  const shipper = here.shipper();
  await shipper.end();
  await shipper.close();
  expect((await here.restore()).isWhole).toBe(true);
  copyFileSync(join(here.folder, generations()[0]!, 'end'), join(here.directory, 'end'));
  here.add(1);
  await here.shipper().start();
  expect((await here.restore()).isWhole).toBe(false);
  expect(rowsIn(here.restored)).toBe(11);
});
