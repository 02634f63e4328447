import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BootstrapError } from '../errors.ts';
import { countRows } from './connections.ts';
import type { Examined } from './examine.ts';
import { databaseName, walName } from './generation.ts';
import { isDamaged } from './lasting.ts';
import { openPlain, readAt, writeAt } from './plain-file.ts';
import { frameBytes, offsetOf, parseWalHeader, walHeaderBytes } from './wal-file.ts';

const chunkBytes = 1024 * 1024;

/** What SQLite made of a generation. */
export interface Rebuilt {
  /** Frames of the WAL that it has taken. */
  readonly frames: number;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Makes a database of a generation in an empty directory: the copy, and each WAL over it by SQLite's own recovery
 * (https://sqlite.org/wal.html#recovery). Nothing lies beside it afterwards, and it is durable.
 * @throws BootstrapError `REPLICA_DAMAGED`: it did not come to a sound database; the system's own error
 */
export async function rebuild({ generation, completion, wals }: Examined, file: string): Promise<Rebuilt> {
  const { directory, name } = generation;
  const damaged = (what: string, cause?: unknown): BootstrapError =>
    new BootstrapError('REPLICA_DAMAGED', `${name}: ${what}`, { cause });
  if ((await copyFile(join(directory, databaseName), file)) !== completion.database.sha256)
    throw damaged('the copy of the database is not what it was');
  let applied = 0;
  for (const { wal, frames } of wals) {
    await copyFrames(join(directory, walName(wal)), `${file}-wal`, frames);
    const taken = apply(file, damaged);
    if (taken !== frames)
      throw damaged(`SQLite took ${taken} frames of ${walName(wal)}, which has ${frames}`);
    applied += taken;
  }
  const counts = check(file, damaged);
  // SQLite has removed them with its last connection.
  for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { frames: applied, counts };
}

type Damaged = (what: string, cause?: unknown) => BootstrapError;

/** Takes what lies in the WAL into the main file. @returns how many frames that were */
function apply(file: string, damaged: Damaged): number {
  return inDatabase(file, damaged, (database) => {
    // What is durable is made so once, at the end.
    database.exec('PRAGMA synchronous = OFF');
    const { log } = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as { log: number };
    const { busy } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
    if (busy !== 0) throw damaged('the WAL could not be taken into the database');
    return log;
  });
}

function check(file: string, damaged: Damaged): Record<string, number> {
  return inDatabase(file, damaged, (database) => {
    const [fault] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
    if (fault !== 'ok') throw damaged(`SQLite finds it broken: ${String(fault)}`);
    return countRows(database);
  });
}

function inDatabase<T>(file: string, damaged: Damaged, action: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    return action(database);
  } catch (error) {
    // A disk that is full or faulty is nothing of the replica's: with an older one, what came since would be missing.
    if (!isDamaged(error)) throw error;
    throw damaged(`SQLite cannot read it: ${(error as Error).message}`, error);
  } finally {
    database?.close();
  }
}

/** @returns the SHA-256 of what was copied */
async function copyFile(from: string, to: string): Promise<string> {
  const hash = createHash('sha256');
  await copying(from, to, async (source, target) => {
    for (let at = 0; ;) {
      const chunk = await readAt(source, at, chunkBytes);
      hash.update(chunk);
      await writeAt(target, at, chunk);
      at += chunk.length;
      if (chunk.length < chunkBytes) return;
    }
  });
  return hash.digest('hex');
}

/** The header and so many frames: what lies behind them was not wanted, or is of a transaction that did not end. */
async function copyFrames(from: string, to: string, frames: number): Promise<void> {
  await copying(from, to, async (source, target) => {
    const header = parseWalHeader(await readAt(source, 0, walHeaderBytes));
    const end = header === undefined ? 0 : offsetOf(header, frames);
    const most =
      header === undefined ? chunkBytes : Math.ceil(chunkBytes / frameBytes(header)) * frameBytes(header);
    for (let at = 0; at < end;) {
      const chunk = await readAt(source, at, Math.min(most, end - at));
      if (chunk.length === 0) return;
      await writeAt(target, at, chunk);
      at += chunk.length;
    }
  });
}

async function copying(
  from: string,
  to: string,
  action: (source: FileHandle, target: FileHandle) => Promise<void>,
): Promise<void> {
  const source = await openPlain(from);
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      await action(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
