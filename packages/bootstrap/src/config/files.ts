import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';

/**
 * The text of a regular file, or undefined if there is none. A symbolic link is refused: the agent may write to its
 * state, and a link planted there must not make root read something else.
 * @throws BootstrapError `FILE_NOT_REGULAR`
 */
export async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) throw notRegular(file);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // What open(2) answers for a link with O_NOFOLLOW.
    if (code === 'ELOOP' || code === 'EMLINK') throw notRegular(file);
    throw error;
  }
}

function notRegular(file: string): BootstrapError {
  return new BootstrapError('FILE_NOT_REGULAR', `${file} must be a regular file, not a link or a device.`);
}
