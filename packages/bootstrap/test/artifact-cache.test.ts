import { mkdir, mkdtemp, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArtifactCache } from '../src/install/artifact-cache.ts';

let directory: string;
let cache: ArtifactCache;
const name = 'openclaw-2026.9.6-linux-arm64-0123456789abcdef.tar.zst';
const inCache = (...parts: string[]): string => join(directory, 'cache', ...parts);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'artifact-cache-'));
  cache = new ArtifactCache(inCache());
  await mkdir(join(directory, 'modules'));
  await writeFile(join(directory, 'modules', 'openclaw.mjs'), 'export {};');
  await cache.store(name, join(directory, 'modules'));
  await mkdir(join(directory, 'to'));
});
afterEach(() => rm(directory, { recursive: true }));

const takes: [string, () => Promise<unknown>][] = [
  ['unpacked', () => cache.restore(name, join(directory, 'to'))],
  ['copied', () => cache.copy(name, join(directory, 'to', 'copy'))],
];

test.each(takes)(
  'fault (storage): an artifact cannot be read for a while when it is to be %s → it is not set aside, and can be had again after that',
  async (_, take) => {
    await rename(inCache(name), inCache('whole'));
    // To read it from its start ends with EIO.
    await symlink('/proc/self/mem', inCache(name));
    await expect(take()).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
      message: expect.stringMatching(/EIO.* It was left as it is/),
    });
    await rm(join(directory, 'to'), { recursive: true });
    await mkdir(join(directory, 'to'));
    await rename(inCache('whole'), inCache(name));
    expect(await take()).toBeTruthy();
  },
);

test.each(takes)(
  'fault (storage): an artifact that is to be %s is torn → it is set aside',
  async (_, take) => {
    await truncate(inCache(name), 50);
    await expect(take()).rejects.toMatchObject({
      code: 'ARTIFACT_CORRUPT',
      message: expect.stringContaining('Set aside as'),
    });
    expect(await readdir(inCache())).toEqual([`${name}.corrupt`]);
    expect(await cache.has(name)).toBe(false);
  },
);
