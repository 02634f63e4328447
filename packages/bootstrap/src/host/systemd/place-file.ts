import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from '../../config/atomic-file.ts';
import { readIfPresent } from '../../config/files.ts';

/**
 * Puts a file of the system in place, whole or not at all.
 * @returns whether it had to: a file that already says the same is not touched
 */
export async function placeFile(path: string, content: string, mode: number): Promise<boolean> {
  if ((await readIfPresent(path)) === content) return false;
  await mkdir(dirname(path), { recursive: true });
  // The mode holds whatever the umask is.
  await writeAtomically(path, content, { mode, beforeRename: (temporary) => chmod(temporary, mode) });
  return true;
}
