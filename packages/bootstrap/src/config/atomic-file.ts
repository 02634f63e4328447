import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface AtomicWriteOptions {
  /** Default: 0o600. */
  readonly mode?: number;
  /** Runs on the complete temporary file, before it takes the name. Throwing leaves the old file. */
  readonly beforeRename?: (temporary: string) => Promise<void>;
}

/**
 * Writes a file so that a crash leaves either the old or the new content, never a part: a temporary file in the same
 * directory, fsync, rename, fsync of the directory (https://man7.org/linux/man-pages/man2/fsync.2.html).
 */
export async function writeAtomically(
  file: string,
  content: string,
  { mode = 0o600, beforeRename }: AtomicWriteOptions = {},
): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await beforeRename?.(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(file));
}

/** Makes a rename in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
