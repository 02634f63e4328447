import { chmod, copyFile, mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryOf } from '../temporary/name.ts';
import { contentsOf } from './contents.ts';

/**
 * Makes the files of one directory, other than databases, what they are in another: settings and credentials of an agent lie
 * beside its database. Compared by size and time, which a copy keeps.
 * @returns how many were copied or removed
 */
export async function mirrorFiles(from: string, to: string): Promise<number> {
  const isFile = ({ kind }: { readonly kind: string }): boolean => kind === 'file';
  const wanted = (await contentsOf(from)).filter(isFile).map(({ path }) => path);
  const there = (await contentsOf(to)).filter(isFile).map(({ path }) => path);
  let count = 0;
  for (const path of wanted) if (await copyIfOther(join(from, path), join(to, path))) count += 1;
  for (const path of there.filter((each) => !wanted.includes(each))) {
    await rm(join(to, path), { force: true });
    count += 1;
  }
  return count;
}

async function copyIfOther(from: string, to: string): Promise<boolean> {
  const found = await stat(from).catch(() => undefined);
  // It went meanwhile.
  if (found === undefined) return false;
  const there = await stat(to).catch(() => undefined);
  if (there?.size === found.size && Math.trunc(there.mtimeMs) === Math.trunc(found.mtimeMs)) return false;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const temporary = temporaryOf(to);
  try {
    await copyFile(from, temporary);
    await chmod(temporary, found.mode & 0o777);
    await utimes(temporary, found.atime, found.mtime);
    await rename(temporary, to);
  } finally {
    await rm(temporary, { force: true });
  }
  return true;
}
