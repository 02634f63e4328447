import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../config/atomic-file.ts';
import { BootstrapError } from '../errors.ts';
import { beginGeneration, databaseName, writeCompletion, type Generation } from './generation.ts';
import type { LocalDatabase } from './local-database.ts';
import { writeAt } from './plain-file.ts';

/** It is read at once, while writers wait. OpenClaw's databases have a WAL from their first moment on. */
const mostBytes = 64 * 1024 * 1024;

/** Each change is a copy, and each copy a generation. */
const leastMilliseconds = 60_000;

/** A database without a WAL, as nobody was writing to it. */
interface Whole {
  readonly bytes: Uint8Array;
  /** {@link Source.changes} */
  readonly changes: string;
  readonly at: number;
}

/** Generations of a database that has no WAL: each is a copy and nothing else. */
export class WholeCopies {
  readonly #folder: string;
  #last: { readonly generation: Generation; readonly changes: string; readonly readAt: number } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get generation(): Generation | undefined {
    return this.#last?.generation;
  }

  get isDue(): boolean {
    return this.#last === undefined || performance.now() - this.#last.readAt >= leastMilliseconds;
  }

  isCopied({ source }: LocalDatabase): boolean {
    return this.#last?.changes === source.changes;
  }

  /**
   * Makes one. @returns undefined: it has a WAL by now
   * @throws BootstrapError `FILE_TOO_LARGE`; the error of SQLite; the system's own error
   */
  async copy(database: LocalDatabase): Promise<{ generation: Generation; at: number } | undefined> {
    const readAt = performance.now();
    const whole = readWhole(database);
    if (whole === undefined) return undefined;
    const generation = await beginGeneration(this.#folder, Date.now());
    await writeWhole(generation, whole);
    this.#last = { generation, changes: whole.changes, readAt };
    return { generation, at: whole.at };
  }

  /** Rows as they are in the copy; undefined: it was written to since. */
  count(database: LocalDatabase): Record<string, number> | undefined {
    return database.whileRead(() => (this.isCopied(database) ? database.countRows() : undefined));
  }

  /** The next is of another database. */
  forget(): void {
    this.#last = undefined;
  }
}

/**
 * Reads it under SQLite's shared lock: who writes to a main file holds the exclusive one, and nobody gets that while a
 * shared one is held (https://sqlite.org/lockingv3.html). The counter of changes alone would prove less: a transaction that
 * was rolled back writes pages, and does not count.
 * @returns undefined where it has a WAL by now. @throws BootstrapError `FILE_TOO_LARGE`; the error of SQLite
 */
function readWhole(database: LocalDatabase): Whole | undefined {
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
async function writeWhole({ directory }: Generation, { bytes, at }: Whole): Promise<void> {
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
