import { lstat, readdir } from 'node:fs/promises';

/**
 * Whether a name is there, whatever it is of.
 * @throws the system's own error where nobody can tell: what cannot be read now is none the less there
 */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, unlessAbsent(false));
}

/** Whether it is a directory, and no link to one. @throws as {@link isThere} */
export async function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then((found) => found.isDirectory(), unlessAbsent(false));
}

/** Names in a directory; none where there is no such directory. @throws as {@link isThere} */
export async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(unlessAbsent([]));
}

/** For `catch`: what is not there is so much; what nobody can tell is thrown. */
export function unlessAbsent<T>(absent: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return absent;
    throw error;
  };
}
