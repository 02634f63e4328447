import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync, type BigIntStats } from 'node:fs';
import { parseWalIndex, walIndexBytes, type WalIndex } from './wal-index.ts';
import { parseWalHeader, walHeaderBytes, type WalHeader } from './wal-file.ts';

/**
 * The files of a database, read beside SQLite. Reads are synchronous: they are of the local disk, and a replica that
 * hangs may hold all threads that asynchronous ones need.
 *
 * To close any descriptor of the main file ends all locks that this process has on it, SQLite's as well
 * (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_): this one is closed
 * after the last connection, and so is that of the `-shm` file. SQLite locks nothing of the WAL.
 */
export class Source {
  readonly path: string;
  readonly #main: number;
  readonly #identity: BigIntStats;
  #wal: number | undefined;
  #index: number | undefined;
  #isClosed = false;

  /** @throws the system's own error, as ENOENT */
  constructor(path: string) {
    this.path = path;
    this.#main = openSync(path, 'r');
    this.#identity = fstatSync(this.#main, { bigint: true });
  }

  /** Whether the database is still this one: it may have been removed, or another put in its place. */
  whatIs(): 'same' | 'gone' | 'replaced' {
    this.mustBeOpen();
    const main = statOf(this.path);
    if (main === undefined) return 'gone';
    if (!isSame(main, this.#identity)) return 'replaced';
    const beside = [
      ['-wal', this.#wal],
      ['-shm', this.#index],
    ] as const;
    const areSame = beside.every(([suffix, descriptor]) => {
      if (descriptor === undefined) return true;
      const found = statOf(`${this.path}${suffix}`);
      return found !== undefined && isSame(found, fstatSync(descriptor, { bigint: true }));
    });
    return areSame ? 'same' : 'replaced';
  }

  /** In bytes. */
  get size(): number {
    this.mustBeOpen();
    return fstatSync(this.#main).size;
  }

  /** Whether the main file says that it has a WAL: https://www.sqlite.org/fileformat2.html#file_format_version_numbers */
  get isWal(): boolean {
    const versions = this.readMain(18, 2);
    return versions[0] === 2 && versions[1] === 2;
  }

  /** Changes with each transaction where there is no WAL: https://www.sqlite.org/fileformat2.html#file_change_counter */
  get changes(): string {
    return `${Buffer.from(this.readMain(24, 4)).toString('hex')} ${this.size}`;
  }

  /** As many bytes as there are, at most so many. */
  readMain(position: number, atMostBytes: number): Uint8Array {
    this.mustBeOpen();
    return read(this.#main, position, atMostBytes);
  }

  /** As {@link readMain}, of the WAL. */
  readWal(position: number, atMostBytes: number): Uint8Array {
    this.mustBeOpen();
    this.#wal ??= openIfThere(`${this.path}-wal`);
    return this.#wal === undefined ? new Uint8Array(0) : read(this.#wal, position, atMostBytes);
  }

  /** Undefined: there is no WAL, an empty one, or its header is being written. */
  walHeader(): WalHeader | undefined {
    return parseWalHeader(this.readWal(0, walHeaderBytes));
  }

  /** What is committed, as its writers tell each other. Undefined: there is no WAL, or somebody is about to say it. */
  walIndex(): WalIndex | undefined {
    this.mustBeOpen();
    this.#index ??= openIfThere(`${this.path}-shm`);
    return this.#index === undefined ? undefined : parseWalIndex(read(this.#index, 0, walIndexBytes));
  }

  /**
   * Whether this process still holds a lock of a reader of the WAL. Somebody who closes another descriptor of one of the
   * files in this process ends it, and neither SQLite nor he notices.
   */
  get isHeld(): boolean {
    this.mustBeOpen();
    if (this.#index === undefined) return false;
    const { ino } = fstatSync(this.#index, { bigint: true });
    let locks: string;
    try {
      locks = readFileSync('/proc/locks', 'utf8');
    } catch {
      return false;
    }
    return locks.split('\n').some((line) => isReadLock(line, ino));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Their numbers may be those of other files by then. @throws Error */
  mustBeOpen(): void {
    if (this.#isClosed) throw new Error(`${this.path} was closed`);
  }

  /** Only after every connection to it. */
  close(): void {
    this.#isClosed = true;
    closeSync(this.#main);
    if (this.#wal !== undefined) closeSync(this.#wal);
    if (this.#index !== undefined) closeSync(this.#index);
  }
}

/**
 * Whether a line of https://man7.org/linux/man-pages/man5/proc_locks.5.html is a lock of this process on bytes 123 to 127 of
 * a file, those of readers: https://sqlite.org/walformat.html#wal_locks
 */
function isReadLock(line: string, inode: bigint): boolean {
  const [, , , , pid, file, first] = line.trim().split(/\s+/);
  return (
    pid === String(process.pid) &&
    file?.endsWith(`:${inode}`) === true &&
    Number(first) >= 123 &&
    Number(first) <= 127
  );
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function read(descriptor: number, position: number, atMostBytes: number): Uint8Array {
  const bytes = new Uint8Array(atMostBytes);
  let length = 0;
  while (length < atMostBytes) {
    const got = readSync(descriptor, bytes, length, atMostBytes - length, position + length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

const isSame = (a: BigIntStats, b: BigIntStats): boolean => a.dev === b.dev && a.ino === b.ino;
