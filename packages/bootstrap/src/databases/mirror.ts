import { chmod, copyFile, mkdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { temporaryOf } from '../temporary/name.ts';
import { contentsOf } from './contents.ts';

/**
 * Makes the files of one directory, other than databases, what they are in another: settings and credentials of an agent lie
 * beside its database. Compared by size and time, which a copy keeps. One that cannot be copied keeps no other from it.
 * @returns how many were copied or removed
 * @throws Error that names what could not be, once all else is done; where a link leads to one of the directories, at once
 */
export async function mirrorFiles(from: string, to: string): Promise<number> {
  for (const each of [from, to]) await mustBeReal(each);
  const isFile = ({ kind }: { readonly kind: string }): boolean => kind === 'file';
  const wanted = (await contentsOf(from)).filter(isFile).map(({ path }) => path);
  const there = (await contentsOf(to)).filter(isFile).map(({ path }) => path);
  const problems: string[] = [];
  let count = 0;
  // First what goes: a file may have become a directory.
  for (const path of there.filter((each) => !wanted.includes(each))) {
    await rm(join(to, path), { force: true });
    count += 1;
  }
  for (const path of wanted) {
    try {
      if (await copyIfOther(join(from, path), join(to, path))) count += 1;
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return count;
}

/** As {@link mirrorFiles}, where no file is worth a database. @returns what could not be mirrored, a line */
export async function mirrorOrSay(from: string, to: string): Promise<string[]> {
  return mirrorFiles(from, to).then(
    () => [],
    (error: Error) => [`files beside the databases: ${error.message}`],
  );
}

/** An agent can exchange a directory of the state for a link, and what that leads to is none of it. */
async function mustBeReal(directory: string): Promise<void> {
  const real = await realpath(directory).catch(() => directory);
  const parent = dirname(dirname(directory));
  const expected = join(
    await realpath(parent).catch(() => parent),
    basename(dirname(directory)),
    basename(directory),
  );
  if (real !== expected)
    throw new Error(`${directory} leads through a link to ${real}: its files are left as they are`);
}

async function copyIfOther(from: string, to: string): Promise<boolean> {
  const found = await stat(from).catch(() => undefined);
  // It went meanwhile.
  if (found === undefined) return false;
  const there = await stat(to).catch(() => undefined);
  if (there?.size === found.size && Math.trunc(there.mtimeMs) === Math.trunc(found.mtimeMs)) return false;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  // A name that is as long as can be has no room for more.
  const temporary = temporaryOf(join(dirname(to), 'file'));
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
