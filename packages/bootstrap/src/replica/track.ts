import { join } from 'node:path';
import { AppendedFile } from './appended-file.ts';
import { commitLine, commitsName, walName, type Commit, type Generation, type Reach } from './generation.ts';
import type { Source } from './source.ts';
import {
  frameBytes,
  isSameIncarnation,
  offsetOf,
  readFrames,
  startOf,
  type WalHeader,
  type WalPosition,
} from './wal-file.ts';

/** A WAL at a moment: its header, and what SQLite counts in it. */
export interface WalLook {
  readonly header: WalHeader | undefined;
  /** Frames that are committed. 0 with a header that had some: it is reset, and its header not written yet. */
  readonly log: number;
  readonly checkpointed: number;
  /** Transactions that were ever committed, as far as somebody has counted: {@link WalIndex}. */
  readonly changes: number;
  /** All of them were committed by then, in milliseconds of the epoch. */
  readonly at: number;
}

/** What was committed cannot be followed from what is on the replica: only another copy can. */
export class Hole extends Error {
  override readonly name = 'Hole';
}

/** So much lies in memory at most, in bytes. */
const mostHeldBytes = 8 * 1024 * 1024;

/** So much is read at once, in bytes. */
const mostReadBytes = 1024 * 1024;

/** What was read and is not on the replica yet. */
interface Held {
  readonly file: AppendedFile;
  readonly parts: readonly Uint8Array[];
  /** Absent: all of it is of one transaction that goes on. */
  readonly commit?: Commit;
  /** Its frames are on the replica, and only the line of its commit is not. */
  isShipped: boolean;
}

/**
 * Follows a WAL from the first frame of an incarnation, through its resets, into the files of a generation. Only what
 * SQLite counts as committed is read, because frames of a transaction that failed are written over; and all that it
 * counts must be there, or there is a hole. That the frames are all there were does not rest on the pin alone: SQLite
 * counts transactions over all resets, and as many must have been read.
 */
export class Track {
  readonly generation: Generation;
  readonly #commits: AppendedFile;
  /** Of the incarnation that is read; undefined: nothing of it was. */
  #file: AppendedFile | undefined;
  #shippedTo: AppendedFile | undefined;
  #header: WalHeader | undefined;
  #position: WalPosition | undefined;
  #wal = -1;
  #reach: Reach = { wal: 0, frames: 0 };
  /** Frames of this incarnation that SQLite has counted. */
  #counted = 0;
  /** Frames of this incarnation whose transactions SQLite had counted when the copy began. */
  #known = 0;
  /** What SQLite counts once all that was read is committed. */
  #changes: number;
  #held: Held[] = [];
  #bytes = 0;

  /** @param look at the time when the copy begins: nobody ends the pin from then on, until all was read */
  constructor(generation: Generation, { header, log, changes }: WalLook) {
    this.generation = generation;
    this.#commits = new AppendedFile(join(generation.directory, commitsName));
    if (header) this.#begin(header);
    this.#counted = log;
    this.#known = log;
    this.#changes = changes;
  }

  /** How far the replica will be once what is held is there. */
  get reach(): Reach {
    return this.#reach;
  }

  /** Bytes and files of WAL since the copy. */
  get length(): { readonly bytes: number; readonly files: number } {
    return { bytes: this.#bytes, files: this.#wal + 1 };
  }

  /** Whether all that a look has seen was read. */
  hasRead({ header, log }: WalLook): boolean {
    if (log === 0) return true;
    return isSameIncarnation(header, this.#header) && (this.#position?.frames ?? 0) === log;
  }

  get isShipped(): boolean {
    return this.#held.length === 0;
  }

  /** Bytes of frames that SQLite counts and the replica has not. */
  pendingBytes({ header, log }: WalLook): number {
    const held = bytesOf(this.#held.filter(({ isShipped }) => !isShipped));
    if (header === undefined || log === 0) return held;
    const read = isSameIncarnation(header, this.#header) ? (this.#position?.frames ?? 0) : 0;
    return held + (log - read) * frameBytes(header);
  }

  /**
   * Reads what a look has seen, as much as may be held. A pin must have stood since the look before.
   * @throws Hole; the system's own error
   */
  read(source: Source, look: WalLook): void {
    // It was truncated: of what had been counted, nothing may have been left.
    if (look.header === undefined) this.#mustHaveReadAll('the WAL was emptied');
    else if (!isSameIncarnation(this.#header, look.header)) this.#follow(source, look.header);
    if (look.header !== undefined && look.log > 0) {
      if (look.log < this.#counted)
        throw new Hole(`SQLite counts ${look.log} frames where it had counted ${this.#counted}`);
      this.#counted = look.log;
      while (!this.hasRead(look) && bytesOf(this.#held) < mostHeldBytes) this.#readSome(source, look);
    }
    if (this.hasRead(look) && this.#changes !== look.changes)
      throw new Hole(
        `${(look.changes - this.#changes) | 0} transactions were committed that are not in the WAL`,
      );
  }

  /** Ships what was read. @returns how many bytes of frames. @throws the system's own error; BootstrapError `REPLICA_DAMAGED` */
  async ship(): Promise<number> {
    let bytes = 0;
    for (let [first] = this.#held; first !== undefined; [first] = this.#held) {
      const { file } = first;
      const end = this.#held.findIndex((each) => each.file !== file);
      const run = this.#held.slice(0, end === -1 ? this.#held.length : end);
      bytes += await this.#append(file, run);
      const lines = run.flatMap(({ commit }) => (commit ? [commitLine(commit)] : []));
      if (lines.length > 0) await this.#commits.append(Buffer.from(lines.join('')));
      this.#held = this.#held.slice(run.length);
    }
    this.#bytes += bytes;
    return bytes;
  }

  /** To make it durable is what takes long: it is done once for all of them. */
  async #append(file: AppendedFile, run: readonly Held[]): Promise<number> {
    if (this.#shippedTo !== file) {
      // It gets nothing more.
      await this.#shippedTo?.close();
      this.#shippedTo = file;
    }
    const missing = run.filter(({ isShipped }) => !isShipped);
    if (missing.length === 0) return 0;
    await file.append(...missing.flatMap(({ parts }) => parts));
    for (const each of missing) each.isShipped = true;
    return bytesOf(missing);
  }

  async close(): Promise<void> {
    await this.#shippedTo?.close();
    await this.#commits.close();
  }

  #begin(header: WalHeader): void {
    this.#header = header;
    this.#position = startOf(header);
    this.#counted = 0;
    this.#known = 0;
    this.#file = undefined;
  }

  /** A reset under a pin loses nothing. That nothing was between is looked at all the same. */
  #follow(source: Source, header: WalHeader): void {
    const before = this.#header;
    // Of the first incarnation nothing was read: all of it is in the copy, because a pin has stood since it was begun.
    if (before !== undefined && this.#wal >= 0) {
      this.#mustHaveReadAll('the WAL was reset');
      const behind = source.readWal(offsetOf(before, this.#position!.frames), mostReadBytes);
      const { committed } = readFrames(before, this.#position!, behind);
      // A transaction that was rolled back leaves frames there as well, but none that commits.
      if (committed !== this.#position)
        throw new Hole('frames were committed that SQLite did not count before the reset');
    }
    this.#begin(header);
  }

  #mustHaveReadAll(what: string): void {
    if (this.#wal >= 0 && this.#position?.frames !== this.#counted)
      throw new Hole(`${what} before all of its ${this.#counted} frames were read`);
  }

  #readSome(source: Source, { log, at }: WalLook): void {
    const header = this.#header!;
    const from = this.#position!;
    const most = Math.max(1, Math.floor(mostReadBytes / frameBytes(header)));
    const until = from.frames < this.#known ? this.#known : log;
    const bytes = source.readWal(
      offsetOf(header, from.frames),
      Math.min(most, until - from.frames) * frameBytes(header),
    );
    const { valid, committed, commits } = readFrames(header, from, bytes);
    const frames = valid.frames - from.frames;
    if (frames === 0 || frames * frameBytes(header) !== bytes.length)
      throw new Hole(`frame ${valid.frames + 1} of ${log} that SQLite counts is not in the WAL`);
    const isFirst = this.#file === undefined;
    if (this.#file === undefined) {
      this.#wal += 1;
      this.#file = new AppendedFile(join(this.generation.directory, walName(this.#wal)));
    }
    if (from.frames >= this.#known) this.#changes = (this.#changes + commits) >>> 0;
    this.#position = valid;
    this.#reach = { wal: this.#wal, frames: valid.frames };
    this.#held.push({
      file: this.#file,
      parts: isFirst ? [header.bytes, bytes] : [bytes],
      ...(committed.frames > from.frames && { commit: { wal: this.#wal, ...committed, at } }),
      isShipped: false,
    });
  }
}

function bytesOf(held: readonly Held[]): number {
  return held.flatMap(({ parts }) => parts).reduce((sum, each) => sum + each.length, 0);
}
