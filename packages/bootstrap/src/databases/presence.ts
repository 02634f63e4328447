import { lstat } from 'node:fs/promises';

/** Whether a name is there, whatever it is of. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
