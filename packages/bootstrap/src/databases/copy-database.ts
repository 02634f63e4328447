import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { syncDirectory } from '../config/atomic-file.ts';
import { isDamaged } from '../replica/lasting.ts';
import { temporaryOf } from '../temporary/name.ts';
import { besides } from './database-file.ts';
import { isThere } from './presence.ts';

/**
 * Copies a database that nobody has open to another place, as one file: what its journal or its WAL still has is in it. What
 * stood there is replaced by one rename, and what belonged to that goes first: SQLite would take it for the new one's.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const temporary = temporaryOf(to);
  try {
    await copyFile(from, temporary);
    // A shared-memory file is made again from the WAL.
    for (const suffix of ['-wal', '-journal']) {
      if (await isThere(from + suffix)) await copyFile(from + suffix, temporary + suffix);
    }
    const isSound = makeWhole(temporary);
    if (!isSound) await copyFile(from, temporary);
    await sync(temporary);
    for (const suffix of besides) await rm(to + suffix, { force: true });
    if (!isSound) {
      for (const suffix of ['-wal', '-journal'])
        if (await isThere(from + suffix)) await copyFile(from + suffix, to + suffix);
    }
    await rename(temporary, to);
    await syncDirectory(dirname(to));
  } finally {
    for (const suffix of ['', ...besides]) await rm(temporary + suffix, { force: true });
  }
}

/**
 * @returns false for a damaged one, which is copied as it is: OpenClaw says what is wrong with it, and repairs it or sets it aside
 * (`openclaw-quarantine.sqlite`)
 * @throws the error of SQLite for all else, such as a full disk
 */
function makeWhole(path: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // Back from WAL: the file is the database, whoever opens it on whatever file system.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE;');
    return true;
  } catch (error) {
    if (isDamaged(error)) return false;
    throw error;
  } finally {
    database?.close();
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
