import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/** What SQLite says of a WAL: https://sqlite.org/pragma.html#pragma_wal_checkpoint */
interface WalCounts {
  /** Frames that are committed. */
  readonly log: number;
  /** How many of them are in the main file as well. */
  readonly checkpointed: number;
  /** 1: somebody was in the way, and there are no numbers. */
  readonly busy: number;
}

const first = 'SELECT 1 FROM sqlite_schema LIMIT 1';

/** A writer is kept waiting for this long at most, and so is all else that this process does. */
const busyMilliseconds = 50;

/**
 * A pin is a read transaction. SQLite has two kinds, and which one a pin is depends on the WAL at its begin
 * (https://sqlite.org/walformat.html#wal_locks; `walTryBeginRead`, `walRestartLog`, `walCheckpoint` of its wal.c):
 *
 * - frames were not checkpointed: it holds one of the read marks, and nobody resets the WAL while any mark is held;
 * - all frames were checkpointed: it holds read lock 0, and nobody writes to the main file while that is held. The WAL may be
 *   reset, but once a frame has been committed after that, this frame is not checkpointed, and what is not wholly
 *   checkpointed is not reset.
 *
 * Either way, what is committed after the begin of a pin stays in the WAL until the pin ends. So there is no hole as
 * long as a pin ends only when another has begun, and all that was committed before the begin of that one was read.
 *
 * Three connections, of which two take turns as the pin and the third looks and checkpoints, which none can do in a
 * transaction. They never write a row.
 */
export class Connections {
  readonly #path: string;
  readonly #watch: DatabaseSync;
  readonly #look: StatementSync;
  readonly #checkpoint: StatementSync;
  #pin: DatabaseSync;
  #spare: DatabaseSync;
  #isPinned = false;

  /** @throws the error of SQLite, as where it is no database, or is locked */
  constructor(path: string) {
    this.#path = path;
    const opened: DatabaseSync[] = [];
    try {
      for (let count = 0; count < 3; count += 1) opened.push(connect(path));
      [this.#watch, this.#pin, this.#spare] = opened as [DatabaseSync, DatabaseSync, DatabaseSync];
      // Where SQLite does not know the word it means PASSIVE, which counts the same.
      this.#look = this.#watch.prepare('PRAGMA wal_checkpoint(NOOP)');
      this.#checkpoint = this.#watch.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    } catch (error) {
      for (const each of opened) each.close();
      throw error;
    }
  }

  get isPinned(): boolean {
    return this.#isPinned;
  }

  /** Whether the pin stands that was begun. SQLite ends a transaction by itself where a statement in it fails badly. */
  get hasPin(): boolean {
    return this.#isPinned && this.#pin.isTransaction;
  }

  /** Begins the first pin. */
  pin(): void {
    if (this.#isPinned) return;
    begin(this.#pin);
    this.#isPinned = true;
    // A connection that was opened before there was a WAL knows of none before it has read.
    this.#watch.prepare(first).get();
  }

  unpin(): void {
    if (!this.#isPinned) return;
    this.#isPinned = false;
    if (this.#pin.isTransaction) this.#pin.exec('ROLLBACK');
  }

  /**
   * Begins a pin and ends the one before.
   * @param hasRead reads all that was committed until now; where it says that it has not, the pin before stays
   */
  repin(hasRead: () => boolean): boolean {
    begin(this.#spare);
    let isRead = false;
    try {
      isRead = hasRead();
    } finally {
      (isRead ? this.#pin : this.#spare).exec('ROLLBACK');
    }
    if (isRead) [this.#pin, this.#spare] = [this.#spare, this.#pin];
    return isRead;
  }

  counts(): WalCounts {
    return countsOf(this.#look.get());
  }

  /** Copies into the main file what no reader is in the way of. No writer waits for it. */
  checkpoint(): WalCounts {
    return countsOf(this.#checkpoint.get());
  }

  /** Does something while nobody writes. @returns whether it could: a transaction may take longer than it is waited for */
  whileNobodyWrites(action: () => void): boolean {
    const holder = connect(this.#path);
    try {
      holder.exec('BEGIN IMMEDIATE');
    } catch {
      holder.close();
      return false;
    }
    try {
      action();
    } finally {
      holder.exec('ROLLBACK');
      holder.close();
    }
    return true;
  }

  /** Rows of every ordinary table as the pin sees them. */
  countRows(): Record<string, number> {
    return countRows(this.#pin);
  }

  close(): void {
    this.#isPinned = false;
    for (const each of [this.#pin, this.#spare, this.#watch]) each.close();
  }
}

/** Rows of every ordinary table. Virtual ones need modules of OpenClaw, and what is in them is in ordinary ones as well. */
export function countRows(database: DatabaseSync): Record<string, number> {
  const tables = database
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .all() as { name: string }[];
  return Object.fromEntries(
    tables.map(({ name }) => {
      const { rows } = database
        .prepare(`SELECT count(*) AS rows FROM "${name.replaceAll('"', '""')}"`)
        .get() as {
        rows: number;
      };
      return [name, rows];
    }),
  );
}

/** Never makes a database: https://sqlite.org/uri.html#urimode */
function connect(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.search = 'mode=rw';
  const database = new DatabaseSync(url, { timeout: busyMilliseconds });
  // Else a commit of ours would be one: we have none, but a WAL that grows is the shipper's to checkpoint.
  database.exec('PRAGMA wal_autocheckpoint = 0');
  return database;
}

function begin(database: DatabaseSync): void {
  database.exec('BEGIN');
  try {
    // A transaction reads nothing, and locks nothing, before its first statement.
    database.prepare(first).get();
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function countsOf(row: unknown): WalCounts {
  const { log, checkpointed, busy } = row as WalCounts;
  return { log, checkpointed, busy };
}
