import { Connections } from './connections.ts';
import { Source } from './source.ts';
import { Hole, type WalLook } from './track.ts';
import { frameBytes, isSameIncarnation } from './wal-file.ts';

/** Reads what a look has seen. @returns whether that was all of it */
export type Read = (look: WalLook) => boolean;

/** A database on the local disk with the pin that stands on it. */
export class LocalDatabase {
  readonly source: Source;
  readonly #connections: Connections;
  #last: WalLook | undefined;
  #isAtRest = false;
  #canTellLocks = false;
  #changedAt = performance.now();

  /** @throws the system's own error, as ENOENT; the error of SQLite */
  constructor(path: string) {
    this.source = new Source(path);
    try {
      this.#connections = new Connections(path);
    } catch (error) {
      this.source.close();
      throw error;
    }
  }

  /** Whether it is written through a WAL. With the pin that cannot change. */
  get isWal(): boolean {
    return this.#connections.isPinned || this.source.isWal;
  }

  /** Whether the pin stands where all is checkpointed, so that nobody has to wait for it. */
  get isAtRest(): boolean {
    return this.#isAtRest;
  }

  /** For how long nothing was written that a look has seen, in milliseconds. */
  get idleMilliseconds(): number {
    return performance.now() - this.#changedAt;
  }

  /** Frames of the WAL at the last look, in bytes. */
  get walBytes(): number {
    const { header, log } = this.#last ?? {};
    return header && log !== undefined ? log * frameBytes(header) : 0;
  }

  /** The last look, with what was committed since: nothing is asked of SQLite, which may be in use. */
  get latest(): WalLook | undefined {
    const last = this.#last;
    if (last === undefined || this.source.isClosed) return undefined;
    const frames = this.source.walIndex()?.frames;
    const isGrown = frames !== undefined && frames > last.log && last.header !== undefined;
    return isGrown && isSameIncarnation(this.source.walHeader(), last.header)
      ? { ...last, log: frames }
      : last;
  }

  /**
   * Looks at the WAL, with a pin from then on.
   * @throws Hole where the pin did not stand; Error where it cannot be looked at now; the error of SQLite
   */
  look(): WalLook {
    this.source.mustBeOpen();
    const { path } = this.source;
    this.#connections.pin();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const index = this.source.walIndex();
      const header = this.source.walHeader();
      const { busy, ...counts } = this.#connections.counts();
      const at = Date.now();
      if (!this.#connections.hasPin || (busy === 0 && counts.log < 0)) {
        this.#connections.unpin();
        throw new Hole(`${path} was not held`);
      }
      if (busy !== 0 || index === undefined || (header === undefined && counts.log > 0)) continue;
      // All of it is of one moment where nobody has committed or reset anything between.
      const again = this.source.walIndex();
      const isStill = again?.changes === index.changes && again.frames === index.frames;
      if (isStill && index.frames === counts.log && isSameIncarnation(header, this.source.walHeader()))
        return this.#seen({ header, ...counts, changes: index.changes, at });
    }
    throw new Error(`the WAL of ${path} cannot be looked at`);
  }

  /**
   * Lets another pin stand in for the one that stands, so that what was written since can be checkpointed. Where all is, it
   * is at rest.
   */
  repin(read: Read): boolean {
    this.source.mustBeOpen();
    const before = this.look();
    const isRead = this.#connections.repin(() => read(this.look()));
    const after = this.look();
    this.#isAtRest =
      isRead &&
      before.log === before.checkpointed &&
      before.log === after.log &&
      isSameIncarnation(before.header, after.header);
    return isRead;
  }

  /**
   * Checkpoints all and lets a pin stand there: the next who writes begins the WAL anew. Nobody waits for it, except
   * where `isUrgent` and somebody writes all the time.
   * @returns whether it is at rest: a reader or a writer may be in the way
   */
  rest(read: Read, isUrgent: boolean): boolean {
    const attempt = (): boolean => {
      const { busy, log, checkpointed } = this.#connections.checkpoint();
      return busy === 0 && log === checkpointed && this.repin(read) && this.#isAtRest;
    };
    if (this.repin(read) && attempt()) return true;
    if (isUrgent) this.#connections.whileNobodyWrites(() => void (this.repin(read) && attempt()));
    return this.#isAtRest;
  }

  /** Lets everybody reset the WAL: there is nothing that could be followed on. */
  unpin(): void {
    this.#connections.unpin();
    this.#last = undefined;
    this.#isAtRest = false;
  }

  /** Does something while nobody can write to a database without a WAL; undefined where it has one by then. */
  whileRead<T>(action: () => T): T | undefined {
    this.source.mustBeOpen();
    this.#connections.pin();
    try {
      return this.source.isWal ? undefined : action();
    } finally {
      this.#connections.unpin();
    }
  }

  /** Rows of every ordinary table as the pin sees them. */
  countRows(): Record<string, number> {
    return this.#connections.countRows();
  }

  close(): void {
    if (this.source.isClosed) return;
    this.#connections.close();
    this.source.close();
  }

  #seen(look: WalLook): WalLook {
    const last = this.#last;
    this.#last = look;
    const isReset = last !== undefined && !isSameIncarnation(look.header, last.header);
    if (look.log !== last?.log || isReset) {
      this.#changedAt = performance.now();
      this.#isAtRest = false;
    }
    // Some file systems say other numbers of files in their locks than elsewhere.
    if (last === undefined) this.#canTellLocks = this.source.isHeld;
    // Before another pin gets a lock of its own.
    else if (isReset && this.#canTellLocks && !this.source.isHeld)
      throw new Hole(`the WAL of ${this.source.path} was reset after the locks of this process were lost`);
    return look;
  }
}
