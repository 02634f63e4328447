import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentsOf } from '../../src/databases/contents.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-contents-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('what lies below a directory of databases is a database at its top, a file anywhere, and never a link', async () => {
  await mkdir(join(directory, 'of/a program'), { recursive: true });
  for (const name of ['openclaw.sqlite', 'openclaw.sqlite-wal', 'of/a program/own.sqlite', 'half.tmp'])
    await writeFile(join(directory, name), '');
  await symlink(directory, join(directory, 'of/link'));
  expect(new Map((await contentsOf(directory)).map(({ path, kind }) => [path, kind]))).toEqual(
    new Map([
      ['openclaw.sqlite', 'database'],
      ['openclaw.sqlite-wal', 'passing'],
      ['of/a program/own.sqlite', 'file'],
    ]),
  );
  expect(await contentsOf(join(directory, 'nothing'))).toEqual([]);
});

test('folders of a program that come and go hide nothing else: what is not seen would be removed from the mirror', async () => {
  for (const name of ['openclaw-agent.sqlite', 'auth-profiles.json'])
    await writeFile(join(directory, name), '');
  const ended = new AbortController();
  const coming = (async (): Promise<void> => {
    for (let round = 0; !ended.signal.aborted; round += 1) {
      const folder = join(directory, `run-${round % 20}`);
      await mkdir(join(folder, 'deeper'), { recursive: true });
      await rm(folder, { recursive: true });
    }
  })();
  try {
    for (let round = 0; round < 2000; round += 1)
      expect((await contentsOf(directory)).map(({ path }) => path).toSorted()).toEqual([
        'auth-profiles.json',
        'openclaw-agent.sqlite',
      ]);
  } finally {
    ended.abort();
    await coming;
  }
});
