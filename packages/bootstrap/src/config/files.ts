import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';

/** Larger files are not read: what belongs here has a few kB, and one that somebody planted must not fill the memory. */
export const maxBytes = 16 * 1024 * 1024;

/**
 * The text of a regular file, or undefined if there is none. A symbolic link is refused: the agent may write to its
 * state, and a link planted there must not make root read something else.
 * @throws BootstrapError `FILE_NOT_REGULAR`; `FILE_TOO_LARGE`; `FILE_UNREADABLE` where the system does not let it read
 */
export async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw notRegular(file);
      if (found.size > maxBytes) {
        throw new BootstrapError(
          'FILE_TOO_LARGE',
          `${file} has ${found.size} bytes; at most ${maxBytes} are read. Make it smaller.`,
        );
      }
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    // What open(2) answers for a link with O_NOFOLLOW.
    if (code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO') throw notRegular(file);
    if (error instanceof BootstrapError) throw error;
    throw new BootstrapError(
      'FILE_UNREADABLE',
      `${file} cannot be read (${code}). Check its owner and the storage.`,
      {
        cause: error,
      },
    );
  }
}

function notRegular(file: string): BootstrapError {
  return new BootstrapError('FILE_NOT_REGULAR', `${file} must be a regular file, not a link or a device.`);
}

/** JSON as it is in a text; undefined for a text that is none, such as a record that somebody has edited. */
export function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
