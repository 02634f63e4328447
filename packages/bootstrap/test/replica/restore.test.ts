import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { restoreDatabase } from '../../src/replica/index.ts';
import { rowsIn } from './numbered.ts';
import { Replicated } from './replicated.ts';

let here: Replicated;
beforeEach(() => {
  here = new Replicated();
});
afterEach(() => here.close());

const generations = (): string[] => readdirSync(here.folder).toSorted();
const file = (name: string, generation = generations().at(-1)!): string =>
  join(here.folder, generation, name);

/** A generation with rows up to `copied` in the copy, and as many more in each of `wals` WAL files, ended as planned. */
async function replicate(copied: number, wals: number): Promise<void> {
  here.add(copied);
  const shipper = here.shipper({ idleMilliseconds: 0 });
  await shipper.start();
  for (let wal = 0; wal < wals; wal += 1) {
    here.add(copied);
    // Ships, and brings the pin to rest: the next row begins another WAL.
    await shipper.sync();
    await shipper.sync();
  }
  await shipper.end();
  await shipper.close();
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

describe('a damaged replica', () => {
  test('whose last WAL lost its end loses only what was in it', async () => {
    await replicate(10, 4);
    expect(existsSync(file('wal-00000003'))).toBe(true);
    truncateSync(file('wal-00000003'), statSync(file('wal-00000003')).size - 1);
    const restored = await here.restore();
    expect(restored).toMatchObject({ isWhole: false, missing: { numbered: 10 } });
    expect(restored.problems).toEqual([expect.stringMatching(/wal-00000003 holds \d+ of \d+ frames$/)]);
    expect(rowsIn(here.restored)).toBe(40);
  });

  test.each([
    ['missing', (path: string) => rmSync(path)],
    ['cut off', (path: string) => truncateSync(path, 5000)],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['changed by a bit', (path: string) => flip(path, 5000)],
    ['changed by a bit in its header', (path: string) => flip(path, 17)],
    [
      'a link to itself elsewhere',
      (path: string) => {
        renameSync(path, `${path}.elsewhere`);
        symlinkSync(`${path}.elsewhere`, path);
      },
    ],
    [
      'a directory',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
    ['another one', (path: string) => cpSync(path.replace('wal-00000002', 'wal-00000000'), path)],
  ])('with a WAL in the middle that is %s comes to what was before it', async (_, damage) => {
    await replicate(10, 4);
    damage(file('wal-00000002'));
    const restored = await here.restore();
    expect(restored).toMatchObject({ isWhole: false, missing: { numbered: 20 } });
    expect(restored.problems).toHaveLength(1);
    expect(rowsIn(here.restored)).toBe(30);
  });

  test.each([
    ['copy is missing', () => rmSync(file('database'))],
    ['copy is cut off', () => truncateSync(file('database'), 4096)],
    ['copy is changed by a bit', () => flip(file('database'), 5000)],
    ['first WAL, which belongs to the copy, is missing', () => rmSync(file('wal-00000000'))],
  ])('whose newest %s comes to the generation before', async (_, damage) => {
    await replicate(10, 2);
    here.add(10);
    const shipper = here.shipper();
    await shipper.end();
    expect(generations()).toHaveLength(2);
    damage();
    const restored = await here.restore();
    expect(restored.generation).toBe(generations()[0]);
    expect(restored.isWhole).toBe(false);
    expect(restored.problems).toEqual([expect.stringContaining(generations()[1]!)]);
    expect(rowsIn(here.restored)).toBe(30);
  });

  test('with records that nobody can read comes to all that the frames prove', async () => {
    await replicate(10, 2);
    writeFileSync(file('commits'), 'rubbish');
    rmSync(file('end'));
    symlinkSync('/etc/passwd', file('end'));
    expect((await here.restore()).isWhole).toBe(false);
    expect(rowsIn(here.restored)).toBe(30);
  });

  test('of which nothing holds is said to be damaged, and the database that is there stays', async () => {
    await replicate(10, 1);
    rmSync(file('database'));
    writeFileSync(here.restored, 'mine');
    await expect(here.restore()).rejects.toMatchObject({ code: 'REPLICA_DAMAGED' });
    expect(readFileSync(here.restored, 'utf8')).toBe('mine');
    expect(readdirSync(here.directory).toSorted()).toEqual(['live', 'replica', 'restored.sqlite']);
  });
});

test('no replica, one that was never complete, and a link in its place are none', async () => {
  await expect(here.restore()).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
  await replicate(10, 1);
  rmSync(file('complete'));
  await expect(here.restore()).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
  writeFileSync(file('complete'), '{}');
  await expect(here.restore()).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
  const link = join(here.directory, 'link');
  symlinkSync(here.folder, link);
  const restored = restoreDatabase({ folder: link, target: here.restored });
  await expect(restored).rejects.toMatchObject({ code: 'REPLICA_MISSING' });
});

test('fault (storage): the disk has room for the copy of a replica, and not for what came after it → that is said, and nothing older is taken for it', async () => {
  await replicate(10, 1);
  const shipper = here.shipper({ idleMilliseconds: 0 });
  await shipper.start();
  for (let wal = 0; wal < 5; wal += 1) {
    here.add(200);
    await shipper.sync();
    await shipper.sync();
  }
  await shipper.end();
  const { size: newest } = statSync(here.database);
  const parts = readdirSync(join(here.folder, generations()[1]!)).map((name) => statSync(file(name)).size);
  expect(Math.max(...parts)).toBeLessThan(newest / 2);
  // No file may grow larger: https://man7.org/linux/man-pages/man2/setrlimit.2.html
  const limited = ['-c', `ulimit -f ${Math.floor(newest / 2 / 512)}; exec "$0" "$@"`, process.execPath];
  const program = `
    const { restoreDatabase } = await import(${JSON.stringify(new URL('../../src/replica/index.ts', import.meta.url).href)});
    const [folder, target] = process.argv.slice(1);
    console.log(await restoreDatabase({ folder, target }).then(() => 'restored', ({ code }) => code));
  `;
  const options = ['--no-warnings', '--conditions=source', '--input-type=module', '--eval', program];
  const said = execFileSync('sh', [...limited, ...options, here.folder, here.restored], { encoding: 'utf8' });
  expect(said.trim()).toBe('ERR_SQLITE_ERROR');
  expect(existsSync(here.restored)).toBe(false);
  expect((await here.restore()).isWhole).toBe(true);
  expect(rowsIn(here.restored)).toBe(1020);
});

test('what lay beside the target is not taken for a part of what is restored', async () => {
  await replicate(10, 2);
  const other = new Replicated();
  other.add(500);
  for (const suffix of ['', '-wal', '-shm'])
    cpSync(`${other.database}${suffix}`, `${here.restored}${suffix}`);
  await other.close();
  expect((await here.restore()).isWhole).toBe(true);
  expect(readdirSync(here.directory).toSorted()).toEqual(['live', 'replica', 'restored.sqlite']);
  expect(rowsIn(here.restored)).toBe(30);
  expect(statSync(here.restored).mode & 0o777).toBe(0o600);
});

test('each point in time since the first copy can be gone back to, over generations', async () => {
  const times: Date[] = [];
  const pass = async (): Promise<void> => {
    await sleep(15);
    times.push(new Date());
    await sleep(15);
  };
  here.add(10);
  await pass();
  let shipper = here.shipper({ idleMilliseconds: 0 });
  await shipper.start();
  await pass();
  for (let round = 0; round < 3; round += 1) {
    here.add(10);
    await shipper.sync();
    await shipper.sync();
    await pass();
  }
  await shipper.close();
  here.add(10);
  shipper = here.shipper();
  await shipper.start();
  await pass();
  here.add(10);
  await shipper.end();
  await expect(here.restore(times[0])).rejects.toThrow(/does not go back to .*: the first point in time is/);
  const rows: number[] = [];
  for (const time of times.slice(1)) {
    const { asOf, isWhole, problems } = await here.restore(time);
    expect({ problems, isWhole }).toEqual({ problems: [], isWhole: false });
    expect(asOf.getTime()).toBeLessThanOrEqual(time.getTime());
    rows.push(rowsIn(here.restored));
  }
  expect(rows).toEqual([10, 20, 30, 40, 50]);
  await here.restore();
  expect(rowsIn(here.restored)).toBe(60);
});

test.each([
  ['put back by a mistake: what was said before that, and after the time, is none of it', 2, 10],
  ['a year ahead, and put right: what it said meanwhile counts for as old as what came after', 365 * 24, 30],
])('the clock was %s', async (_, firstHour, rows) => {
  const begun = Date.now();
  const hour = (count: number): number => begun + count * 3_600_000;
  vi.useFakeTimers({ toFake: ['Date'], now: begun });
  try {
    here.add(10);
    const shipper = here.shipper();
    await shipper.start();
    for (const at of [firstHour, 1]) {
      vi.setSystemTime(hour(at));
      here.add(10);
      await shipper.sync();
    }
    await shipper.end();
    vi.setSystemTime(hour(3));
    const { asOf } = await here.restore(new Date(hour(1.5)));
    expect(rowsIn(here.restored)).toBe(rows);
    expect(asOf.getTime()).toBeLessThanOrEqual(hour(1.5));
  } finally {
    vi.useRealTimers();
  }
});
