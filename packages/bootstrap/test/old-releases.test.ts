import { chmod, mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { keptDays, removeFailed } from '../src/upgrade/old-releases.ts';

const day = 86_400;

let directory: string;
let host: ProcessHost;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'old-releases-'));
  host = new ProcessHost({
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
  });
});
afterEach(async () => {
  await host.close();
  await rm(directory, { recursive: true });
});

test('a state that was rolled back from goes after a week, although no upgrade has ever succeeded', async () => {
  const { records } = host.layout;
  expect(await removeFailed(host)).toEqual([]);
  for (const [name, age] of [
    ['upgrade-failed-old', keptDays + 1],
    ['upgrade-failed-new', keptDays - 1],
    ['upgrade-from-2026.7.35', keptDays + 1],
    ['config-history', keptDays + 1],
  ] as const) {
    await mkdir(join(records, name, 'state'), { recursive: true });
    const then = Date.now() / 1000 - age * day;
    await utimes(join(records, name), then, then);
  }
  expect(await removeFailed(host)).toEqual([expect.stringContaining('upgrade-failed-old')]);
  expect((await readdir(records)).toSorted()).toEqual([
    'config-history',
    'upgrade-failed-new',
    'upgrade-from-2026.7.35',
  ]);
  expect(await removeFailed(host)).toEqual([]);
});

test('what an agent has closed to itself goes as well, and keeps nothing else from going', async () => {
  const { records } = host.layout;
  for (const name of ['upgrade-failed-one', 'upgrade-failed-two']) {
    await mkdir(join(records, name, 'state', 'skills', 'deep'), { recursive: true });
    await chmod(join(records, name, 'state', 'skills'), 0o555);
    const then = Date.now() / 1000 - (keptDays + 1) * day;
    await utimes(join(records, name), then, then);
  }
  expect(await removeFailed(host)).toHaveLength(2);
  expect(await readdir(records)).toEqual([]);
});
