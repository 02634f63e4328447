import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError } from '../disk-error.ts';
import { temporaryOf } from '../temporary/name.ts';

export interface AtomicWriteOptions {
  /** Default: 0o600. */
  readonly mode?: number;
  /** Runs on the complete temporary file, before it takes the name. Throwing leaves the old file. */
  readonly beforeRename?: (temporary: string) => Promise<void>;
  /** What an error calls the file. Default: its path. */
  readonly called?: string;
}

/**
 * Writes a file so that a crash leaves either the old or the new content, never a part: a temporary file in the same
 * directory, fsync, rename, fsync of the directory (https://man7.org/linux/man-pages/man2/fsync.2.html).
 * @throws BootstrapError `DISK_FULL`, `DISK_READ_ONLY`; the old file stays
 */
export async function writeAtomically(
  file: string,
  content: string,
  { mode = 0o600, beforeRename, called = file }: AtomicWriteOptions = {},
): Promise<void> {
  const temporary = temporaryOf(file);
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
    // What cannot be removed is swept by a later run; why it came to that matters more.
    await rm(temporary, { force: true }).catch(() => {});
    throw diskError(error, called) ?? error;
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
