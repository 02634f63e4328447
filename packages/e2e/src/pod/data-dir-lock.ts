import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DataDirectory } from './data-dir.ts';
import { PodError } from './errors.ts';

/** Says that nobody else runs a pod in a data directory, or is about to. */
export interface DataDirectoryLock {
  release(): void;
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Takes the lock of a data directory. It is SQLite's lock on an empty database, the one lock in Node.js that the operating
 * system takes back when its holder ends, however it ends.
 * @returns undefined when another process has it
 * @throws PodError `DATA_DIR_NOT_WRITABLE`
 */
export function lockDataDirectory({ root }: DataDirectory): DataDirectoryLock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(root, 'lock'));
    database.exec('BEGIN EXCLUSIVE');
    const held = database;
    return { release: () => held.close() };
  } catch (error) {
    database?.close();
    const { errcode, message } = error as Error & { errcode?: number };
    if (errcode === SQLITE_BUSY) return undefined;
    throw new PodError(
      'DATA_DIR_NOT_WRITABLE',
      `${join(root, 'lock')} cannot be locked (${message}): choose another data directory with --data-dir`,
      { cause: error },
    );
  }
}
