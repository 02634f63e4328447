import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../config/atomic-file.ts';
import { BootstrapError } from '../errors.ts';
import { databaseName, writeCompletion, type Generation } from './generation.ts';
import type { LocalDatabase } from './local-database.ts';
import { writeAt } from './plain-file.ts';

/** It is read at once, while writers wait. OpenClaw's databases have a WAL from their first moment on. */
const mostBytes = 64 * 1024 * 1024;

/** A database without a WAL, as nobody was writing to it. */
export interface Whole {
  readonly bytes: Uint8Array;
  /** {@link Source.changes} */
  readonly changes: string;
  readonly at: number;
}

/**
 * Reads it under SQLite's shared lock: who writes to a main file holds the exclusive one, and nobody gets that while a
 * shared one is held (https://sqlite.org/lockingv3.html). The counter of changes alone would prove less: a transaction that
 * was rolled back writes pages, and does not count.
 * @returns undefined where it has a WAL by now. @throws BootstrapError `FILE_TOO_LARGE`; the error of SQLite
 */
export function readWhole(database: LocalDatabase): Whole | undefined {
  const { source } = database;
  return database.whileRead(() => {
    const { size, changes } = source;
    if (size > mostBytes)
      throw new BootstrapError(
        'FILE_TOO_LARGE',
        `${source.path} has ${size} bytes and no WAL: it is not replicated. "PRAGMA journal_mode = WAL" gives it one.`,
      );
    return { bytes: source.readMain(0, size), changes, at: Date.now() };
  });
}

/** @throws the system's own error */
export async function writeWhole({ directory }: Generation, { bytes, at }: Whole): Promise<void> {
  const handle = await open(join(directory, databaseName), 'wx', 0o600);
  try {
    await writeAt(handle, 0, bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await syncDirectory(directory);
  await writeCompletion(directory, {
    at: new Date(at).toISOString(),
    database: { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    wal: { wal: 0, frames: 0 },
  });
}
