import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inScratch } from '../../src/backup/create.ts';
import { inspectDatabases } from '../../src/backup/databases.ts';
import { lossesOf } from '../../src/backup/losses.ts';
import { beginSwap, finishSwap, pendingSwap, planSwap, type Swap } from '../../src/backup/swap.ts';
import { giveArchive } from '../../src/backup/unpack.ts';
import { behindTheFence } from '../../src/backup/writer-lock.ts';
import { ConfigRecords } from '../../src/config/config-records.ts';
import { ProcessHost } from '../../src/host/process/process-host.ts';
import { removeBelow } from '../../src/temporary/sweep.ts';
import { ReleaseRecords } from '../../src/upgrade/records.ts';

// What the agent can do in the state and in the cache, which are its own, while root works in there.
let directory: string;
let elsewhere: string;
let host: ProcessHost;
let records: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'planted-'));
  host = new ProcessHost({
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
  });
  records = host.layout.records;
  elsewhere = join(directory, 'elsewhere');
  await mkdir(join(elsewhere, 'deep'), { recursive: true });
  await mkdir(records, { recursive: true });
  await mkdir(host.layout.cache, { recursive: true });
  await writeFile(join(elsewhere, 'deep/file'), 'of somebody else');
});
afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true, force: true });
});

async function untouched(): Promise<void> {
  expect(await readdir(directory)).not.toContain('moved');
  expect(await readdir(elsewhere)).toEqual(['deep']);
  expect(await readFile(join(elsewhere, 'deep/file'), 'utf8')).toBe('of somebody else');
}

describe('a journal of a restore that was never begun', () => {
  const journal = (changes: Partial<Swap>): Swap => ({
    id: '2026-11-29T07-00-00.000Z',
    staged: join(records, 'restore.tmp/payload'),
    staging: join(records, 'restore.tmp'),
    kept: join(records, 'replaced.tmp'),
    entries: [],
    records: [],
    config: { name: 'openclaw.json', comes: false },
    ...changes,
  });

  test.each<[string, () => Partial<Swap>]>([
    ['to remove what is not ours', () => ({ staging: elsewhere, staged: join(elsewhere, 'deep') })],
    ['to remove all records', () => ({ staging: records, staged: join(records, 'payload') })],
    [
      'to take from what is not ours',
      () => ({ staged: elsewhere, entries: [{ name: 'deep', comes: true }] }),
    ],
    ['to take from above', () => ({ staged: `${join(records, 'restore.tmp')}/../../../elsewhere` })],
    ['to put where it is not ours', () => ({ kept: elsewhere })],
    ['to move by a name that leads out', () => ({ entries: [{ name: '../elsewhere', comes: false }] })],
    ['to move a record by such a name', () => ({ records: [{ name: '../../elsewhere', comes: false }] })],
    ['to move the config by such a name', () => ({ config: { name: '../elsewhere', comes: false } })],
    ['to move all at once', () => ({ entries: [{ name: '.', comes: false }] })],
  ])('%s, is none', async (_, changes) => {
    await mkdir(join(records, 'restore.tmp/payload'), { recursive: true });
    await writeFile(join(records, 'restore.json'), JSON.stringify(journal(changes())));
    expect(await pendingSwap(host.layout)).toBeUndefined();
    expect(await finishSwap(host.layout)).toBeUndefined();
    await untouched();
  });

  test.each(['nonsense', '{}', 'null', '{"id": 1}', ''])('that says %j is none', async (text) => {
    await writeFile(join(records, 'restore.json'), text);
    expect(await pendingSwap(host.layout)).toBeUndefined();
  });
});

describe('a link in the way of a restore', () => {
  const swap = () => ({
    id: '2026-11-29T07-00-00.000Z',
    staged: join(records, 'restore.tmp/payload'),
    staging: join(records, 'restore.tmp'),
    kept: join(records, 'replaced.tmp'),
  });

  test('in place of the records that come', async () => {
    await mkdir(swap().staged, { recursive: true });
    await symlink(elsewhere, join(swap().staged, '.clawharbor'));
    await expect(planSwap(host.layout, swap())).rejects.toThrow(/no link/);
    await untouched();
  });

  test('above what comes', async () => {
    await mkdir(swap().staging);
    await symlink(elsewhere, swap().staged);
    await expect(planSwap(host.layout, swap())).rejects.toThrow(/no link/);
    await untouched();
  });

  test('in place of where the old one goes', async () => {
    await mkdir(swap().staged, { recursive: true });
    await writeFile(join(host.layout.state, 'note'), 'mine');
    await symlink(elsewhere, swap().kept);
    await beginSwap(host.layout, await planSwap(host.layout, swap()));
    await expect(finishSwap(host.layout)).rejects.toThrow(/no link/);
    await untouched();
    expect(await readFile(join(host.layout.state, 'note'), 'utf8')).toBe('mine');
  });
});

test('a link in place of the copy of an archive is not written through', async () => {
  const archive = join(directory, 'archive');
  await writeFile(archive, 'an archive');
  await inScratch(host, async (scratch) => {
    await symlink(join(elsewhere, 'deep/file'), join(scratch, 'archive.tar.gz'));
    await expect(giveArchive(host, archive, scratch)).rejects.toThrow(/EEXIST/);
  });
  await inScratch(host, async (scratch) => {
    await rm(scratch, { recursive: true });
    await symlink(elsewhere, scratch);
    await expect(giveArchive(host, archive, scratch)).rejects.toThrow(/could not be copied/);
  });
  await untouched();
});

test('a link in place of the fence is refused, and makes no file elsewhere', async () => {
  await symlink(join(elsewhere, 'made'), join(records, 'writer.lock'));
  const fenced = behindTheFence(host, async () => {});
  await expect(fenced).rejects.toThrow(expect.objectContaining({ code: 'FILE_NOT_REGULAR' }));
  await untouched();
});

describe('in place of a database', () => {
  const [ofState, ofAgent] = ['state/openclaw.sqlite', 'agents/x/agent/openclaw-agent.sqlite'];
  const path = (name: string): string => join(host.layout.state, name);
  const make = (name: string): void => {
    const database = new DatabaseSync(path(name));
    database.exec('PRAGMA user_version = 18; CREATE TABLE people (name TEXT); INSERT INTO people VALUES (1)');
    database.close();
  };
  const found = (mustBeFiles: boolean) =>
    inspectDatabases(host, host.layout.state, { mustBeFiles, timeoutSeconds: 10 });
  const real = { file: ofState, schema: 18, rows: { people: 1 } };
  beforeEach(async () => {
    for (const name of [ofState, ofAgent]) await mkdir(dirname(path(name)), { recursive: true });
    make(ofState);
  });

  test.each<[string, () => unknown]>([
    ['a directory', () => mkdir(path(ofAgent))],
    ['a link', () => symlink(path(ofState), path(ofAgent))],
    ['a link', () => symlink('/nowhere', path(ofAgent))],
  ])('%s is left out, or a fault where the rows are counted on', async (kind, plant) => {
    await plant();
    expect(await found(false)).toEqual([real]);
    const fault = `it is ${kind}, and must be a regular file`;
    expect(await found(true)).toEqual([real, { file: ofAgent, schema: 0, rows: {}, fault }]);
  });

  test.each(['-journal', '-wal', '-shm'])(
    'what is no file beside it, as %s, is its fault',
    async (suffix) => {
      await mkdir(path(ofState + suffix));
      const fault = `${ofState}${suffix} is a directory, and must be a regular file`;
      for (const mustBeFiles of [false, true])
        expect(await found(mustBeFiles)).toEqual([{ file: ofState, schema: 0, rows: {}, fault }]);
    },
  );

  test('fault (backup): the agent puts something that is no file in the place of a database → a restore does not open it, and says that nobody can count what is in there', async () => {
    await mkdir(path(ofAgent));
    const lost = await lossesOf(host, {
      format: 1,
      id: '2026-11-29T07-00-00.000Z',
      pod: 'test',
      at: '2026-11-29T07:00:00.000Z',
      reason: 'scheduled',
      bytes: 1,
      sha256: '0'.repeat(64),
      openclaw: '2026.9.6',
      databases: [{ ...real, rows: { people: 0 } }],
      contents: [],
      leftOut: [],
      remarks: [],
    });
    expect(lost).toEqual([
      `${ofAgent} cannot be read as it is (it is a directory, and must be a regular file): nobody can say what came after it`,
      `${ofState}: 1 of 1 rows of people came after it`,
    ]);
  });
});

describe('a link in place of where Clawharbor remembers things', () => {
  const config = { text: '{ "of": "the agent" }', includes: new Map<string, string>() };
  const writes: readonly [string, () => Promise<unknown>][] = [
    ['a version of the config', () => new ConfigRecords(host).keep(config.text)],
    ['what was refused', () => new ConfigRecords(host).saveRefused(config, '2026.9.6')],
    ['the release', () => new ReleaseRecords(host).saveLast({ version: '2026.9.6', at: 'now' })],
  ];

  test.each(writes)('is refused when %s is written', async (_, write) => {
    await rm(records, { recursive: true });
    await symlink(elsewhere, records);
    await expect(write()).rejects.toThrow(expect.objectContaining({ code: 'FILE_NOT_REGULAR' }));
    await untouched();
  });

  test('is refused for the history, of which root removes what is old', async () => {
    await symlink(elsewhere, join(records, 'config-history'));
    await expect(new ConfigRecords(host).keep(config.text)).rejects.toThrow(/no link/);
    await untouched();
  });

  test('fault (storage): the agent exchanges the records for a link all the time while root writes there → nothing is written or removed where the link leads', async () => {
    const program = `
      const { renameSync, symlinkSync } = require('node:fs');
      const [place, elsewhere] = process.argv.slice(1);
      process.stdout.write('go');
      for (;;) {
        try { renameSync(place, place + '.aside'); } catch {}
        try { symlinkSync(elsewhere, place); } catch {}
        try { renameSync(place, place + '.link'); } catch {}
        try { renameSync(place + '.aside', place); } catch {}
      }
    `;
    await mkdir(join(elsewhere, 'config-history'));
    const agent = spawn(process.execPath, ['--eval', program, records, elsewhere], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(agent.stdout, 'data');
    const until = performance.now() + 2000;
    while (performance.now() < until) for (const [, write] of writes) await write().catch(() => {});
    agent.kill('SIGKILL');
    await once(agent, 'close');
    expect(await readdir(join(elsewhere, 'config-history'))).toEqual([]);
    await rm(join(elsewhere, 'config-history'), { recursive: true });
    await untouched();
  });
});

describe('what is removed where the agent writes', () => {
  test('is never what a link leads to', async () => {
    await mkdir(join(records, 'restore.tmp/a'), { recursive: true });
    await symlink(elsewhere, join(records, 'restore.tmp/a/link'));
    await removeBelow(host.layout.state, join(records, 'restore.tmp'));
    expect(existsSync(join(records, 'restore.tmp'))).toBe(false);
    await symlink(elsewhere, join(records, 'link'));
    await removeBelow(host.layout.state, join(records, 'link/deep'));
    await untouched();
    await expect(removeBelow(host.layout.state, elsewhere)).rejects.toThrow(RangeError);
  });

  test('is never what a link leads to, however fast somebody exchanges it', async () => {
    const program = `
      const { mkdirSync, renameSync, symlinkSync } = require('node:fs');
      const [place, elsewhere] = process.argv.slice(1);
      for (let round = 0; ; round += 1) {
        try {
          const name = place + '/' + (round % 50);
          mkdirSync(name + '/deep/deep', { recursive: true });
          if (round === 50) process.stdout.write('go');
          renameSync(name, place + '.aside/' + round);
          symlinkSync(elsewhere, name);
        } catch {}
      }
    `;
    const place = join(records, 'restore.tmp');
    for (const each of [place, `${place}.aside`]) await mkdir(each);
    const agent = spawn(process.execPath, ['--eval', program, place, elsewhere], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(agent.stdout, 'data');
    const until = performance.now() + 2000;
    while (performance.now() < until) {
      await removeBelow(host.layout.state, place).catch(() => {});
      await mkdir(place, { recursive: true });
    }
    agent.kill('SIGKILL');
    await once(agent, 'close');
    await untouched();
  });
});
