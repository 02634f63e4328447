import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { isLeftover, isTemporary } from './name.ts';

/** A directory in which temporaries are made. */
export interface Place {
  /** Nobody but this machine's owner decides where it leads. */
  readonly base: string;
  /** Names below it that somebody else may have replaced by a link: then it is no place. */
  readonly below?: readonly string[];
  /** On a disk of this machine alone. Default: false. */
  readonly isLocal?: boolean;
}

export interface Swept {
  /** Paths. */
  readonly removed: readonly string[];
  /** What could not be removed, and why. */
  readonly kept: readonly string[];
}

/** What {@link sweep} would remove. */
export async function leftoversIn(place: Place, now: number): Promise<string[]> {
  const names = await inPlace(place, (directory) => leftovers(directory, place, now));
  return (names ?? []).map((name) => join(place.base, ...(place.below ?? []), name));
}

/**
 * Removes what killed processes have left behind in a directory, and nothing else. The agent may write in some of them:
 * every step goes through the opened directory, so that a link that somebody puts in its place, or into it, leads nowhere.
 */
export async function sweep(place: Place, now: number): Promise<Swept> {
  const removed: string[] = [];
  const kept: string[] = [];
  await inPlace(place, async (directory) => {
    for (const name of await leftovers(directory, place, now)) {
      const path = join(place.base, ...(place.below ?? []), name);
      try {
        await remove(directory, name);
        removed.push(path);
      } catch (error) {
        kept.push(`${path}: ${(error as Error).message}`);
      }
    }
  });
  return { removed, kept };
}

/**
 * Removes a file or a directory with all that is in it, where the agent may write: as a sweep does. Node's own `rm` looks
 * at a path and then goes into it, and by then the path may be a link to somewhere else.
 * @param base nobody but this machine's owner decides where it leads
 * @param path below it; one that is not there, or that a link leads to, stays
 */
export async function removeBelow(base: string, path: string): Promise<void> {
  const name = basename(path);
  const below = relative(base, dirname(path))
    .split(sep)
    .filter((part) => part !== '');
  if (below.includes('..') || name === '..' || path === base)
    throw new RangeError(`${path} is not below ${base}`);
  await inPlace({ base, below }, (directory) => remove(directory, name));
}

/**
 * Does something in a directory in which the agent may write.
 * @param action gets a path that means this very directory for as long as it runs, whatever becomes of its name
 * @returns undefined if it is not there, or a link leads to it
 */
export async function inDirectory<T>(
  base: string,
  below: readonly string[],
  action: (here: string) => Promise<T>,
): Promise<T | undefined> {
  return inPlace({ base, below }, ({ here }) => action(here));
}

async function leftovers(directory: Directory, { isLocal = false }: Place, now: number): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(directory.here)).filter(isTemporary)) {
    const stat = await lstat(join(directory.here, name)).catch(() => undefined);
    if (stat && isLeftover({ name, modified: stat.mtimeMs, now, isLocal })) found.push(name);
  }
  return found;
}

async function remove(parent: Directory, name: string, known?: Dirent): Promise<void> {
  const path = join(parent.here, name);
  try {
    if (!(known ?? (await lstat(path))).isDirectory()) return await unlink(path);
    await within(path, false, async (directory) => {
      for (const entry of await readdir(directory.here, { withFileTypes: true })) {
        await remove(directory, entry.name, entry);
      }
    });
    await rmdir(path);
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

interface Directory {
  /** A path that means this very directory for as long as it is open, whatever becomes of its name. */
  readonly here: string;
}

/** @returns undefined if the place is not there, or is not a directory */
async function inPlace<T>(
  { base, below = [] }: Place,
  action: (directory: Directory) => Promise<T>,
): Promise<T | undefined> {
  const descend = async (directory: Directory, names: readonly string[]): Promise<T> => {
    const [next, ...rest] = names;
    if (next === undefined) return action(directory);
    return within(join(directory.here, next), false, (inner) => descend(inner, rest));
  };
  try {
    return await within(base, true, (directory) => descend(directory, below));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'EACCES'].includes(code)) return undefined;
    throw error;
  }
}

async function within<T>(
  path: string,
  mayBeLink: boolean,
  action: (directory: Directory) => Promise<T>,
): Promise<T> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(path, O_RDONLY | O_DIRECTORY | (mayBeLink ? 0 : O_NOFOLLOW));
  try {
    return await action({ here: nameOf(handle, path) });
  } finally {
    await handle.close();
  }
}

/** Elsewhere than on Linux nothing runs as somebody else than its user, so the path will do. */
function nameOf(handle: FileHandle, path: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : path;
}
