import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isLeftover, isTemporary, temporaryOf } from '../src/temporary/name.ts';
import { leftoversIn, sweep } from '../src/temporary/sweep.ts';

const hour = 60 * 60 * 1000;
const now = Date.now();

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sweep-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** As a process would name it that has ended by now. */
function ofTheDead(name: string): string {
  const pid = spawnSync(process.execPath, ['--eval', '']).pid;
  return temporaryOf(name).replace(`-${process.pid}-`, `-${pid}-`);
}

/** As a process of another machine would name it. */
function fromElsewhere(name: string): string {
  return temporaryOf(name).replace(/clawharbor-[0-9a-f]{8}/, 'clawharbor-00000000');
}

describe('a temporary', () => {
  test('is nobody’s any more when its process has ended, or it was not touched for an hour', () => {
    const judge = (name: string, age: number) => isLeftover({ name, modified: now - age, now });
    expect(judge(temporaryOf('a'), 0)).toBe(false);
    expect(judge(ofTheDead('a'), 0)).toBe(true);
    expect(judge(fromElsewhere('a'), 0)).toBe(false);
    for (const name of [temporaryOf('a'), fromElsewhere('a')]) {
      expect(judge(name, hour - 1000)).toBe(false);
      expect(judge(name, hour + 1000)).toBe(true);
    }
  });

  test.each([
    'openclaw.json',
    'openclaw.json.bak',
    'openclaw.json.last-good',
    'openclaw.json.unparsable-2026-11-29T01-00-00.000Z',
    'openclaw.json.4711.9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d.tmp',
    'openclaw.json.tmp',
    'openclaw.json.clawharbor.tmp',
    'openclaw.json.clawharbor-12345678-1-0123456789ab.tmp.txt',
    '.clawharbor-12345678-1-0123456789ab.tmp',
  ])('%s is none', (name) => {
    expect(isTemporary(name)).toBe(false);
    expect(isLeftover({ name, modified: 0, now })).toBe(false);
  });
});

describe('a sweep', () => {
  test('fault (kill): the power goes, and the machine boots again → what was half written on its own disk is removed at once, on the durable file system after an hour', async () => {
    const left = fromElsewhere('2026.9.6');
    await writeFile(join(directory, left), '');
    expect((await sweep({ base: directory }, now)).removed).toEqual([]);
    expect((await sweep({ base: directory }, now + 2 * hour)).removed).toHaveLength(1);
    await writeFile(join(directory, left), '');
    expect((await sweep({ base: directory, isLocal: true }, now)).removed).toHaveLength(1);
    await writeFile(join(directory, temporaryOf('2026.9.6')), '');
    expect((await sweep({ base: directory, isLocal: true }, now)).removed).toEqual([]);
  });

  test('fault (kill): killed runs have left files half written → the next run removes them, and nothing else', async () => {
    const [file, folder, link, live] = [
      ofTheDead('openclaw.json'),
      ofTheDead('2026.9.6'),
      ofTheDead('cache'),
      temporaryOf('openclaw.json'),
    ].map((name) => join(directory, name)) as [string, string, string, string];
    await writeFile(file, '');
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    await writeFile(join(folder, 'deep/er/file'), '');
    await symlink('/nowhere', link);
    await writeFile(live, '');
    await writeFile(join(directory, 'openclaw.json'), '{}');
    expect((await leftoversIn({ base: directory }, now)).toSorted()).toEqual([file, folder, link].toSorted());
    const { removed, kept } = await sweep({ base: directory }, now);
    expect(removed.toSorted()).toEqual([file, folder, link].toSorted());
    expect(kept).toEqual([]);
    expect((await readdir(directory)).toSorted()).toEqual(['openclaw.json', basename(live)].toSorted());
    await utimes(live, new Date(0), new Date(0));
    expect((await sweep({ base: directory }, now)).removed).toEqual([live]);
  });

  test('finds nothing where there is no directory', async () => {
    await writeFile(join(directory, 'file'), '');
    for (const below of [['absent'], ['file'], ['absent', 'deeper']]) {
      expect(await sweep({ base: directory, below }, now)).toEqual({ removed: [], kept: [] });
      expect(await leftoversIn({ base: directory, below }, now)).toEqual([]);
    }
    expect(await sweep({ base: join(directory, 'absent') }, now)).toEqual({ removed: [], kept: [] });
  });

  describe('does not follow a link', () => {
    let foreign: string;
    let precious: string;
    beforeEach(async () => {
      foreign = join(directory, 'foreign');
      precious = join(foreign, ofTheDead('precious'));
      await mkdir(precious, { recursive: true });
      await writeFile(join(precious, 'file'), '');
    });
    const untouched = () => expect(existsSync(join(precious, 'file'))).toBe(true);

    test('in the place of a directory that it looks into', async () => {
      const base = join(directory, 'state');
      await mkdir(base);
      await symlink(foreign, join(base, 'records'));
      expect(await sweep({ base, below: ['records'] }, now)).toEqual({ removed: [], kept: [] });
      await mkdir(join(foreign, 'history'));
      expect(await sweep({ base, below: ['records', 'history'] }, now)).toEqual({ removed: [], kept: [] });
      untouched();
    });

    test('under the name of a leftover, and inside of one', async () => {
      const base = join(directory, 'state');
      const leftover = join(base, ofTheDead('folder'));
      await mkdir(leftover, { recursive: true });
      await symlink(foreign, join(leftover, 'inside'));
      await symlink(foreign, join(base, ofTheDead('itself')));
      expect((await sweep({ base }, now)).removed).toHaveLength(2);
      expect(await readdir(base)).toEqual([]);
      untouched();
    });

    test('that takes the place of a directory while it is swept', async () => {
      const files = Array.from({ length: 1000 }, (_, index) => `file-${index}`);
      const records = join(directory, 'state/records');
      const name = ofTheDead('folder');
      for (const folder of [join(records, name), join(foreign, name)]) {
        await mkdir(folder, { recursive: true });
        for (const file of files) await writeFile(join(folder, file), '');
      }
      const sweeping = sweep({ base: join(directory, 'state'), below: ['records'] }, now);
      await vi.waitFor(() => expect(readdirSync(join(records, name)).length).toBeLessThan(1000), {
        timeout: 60_000,
        interval: 1,
      });
      renameSync(records, `${records}.away`);
      symlinkSync(foreign, records);
      const left = readdirSync(join(`${records}.away`, name)).length;
      expect(left).toBeGreaterThan(0);
      await sweeping;
      expect(await readdir(join(foreign, name))).toHaveLength(1000);
      expect(await readdir(`${records}.away`)).toEqual([]);
      untouched();
    });
  });

  test.skipIf(process.getuid?.() === 0)('says what it could not remove (not as root, who can)', async () => {
    const leftover = join(directory, ofTheDead('kept'));
    await writeFile(leftover, '');
    await chmod(directory, 0o500);
    const { removed, kept } = await sweep({ base: directory }, now);
    await chmod(directory, 0o700);
    expect(removed).toEqual([]);
    expect(kept).toEqual([expect.stringContaining(leftover)]);
  });
});
