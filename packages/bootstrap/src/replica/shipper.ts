import { existsSync } from 'node:fs';
import { BootstrapError } from '../errors.ts';
import {
  beginGeneration,
  listGenerations,
  removeGeneration,
  superfluous,
  writeEnding,
  type Generation,
} from './generation.ts';
import { LocalDatabase, type Read } from './local-database.ts';
import { requireSoundSqlite } from './sqlite-version.ts';
import { Successor } from './successor.ts';
import { Hole, type Track, type WalLook } from './track.ts';
import { isSameIncarnation } from './wal-file.ts';
import { readWhole, writeWhole } from './whole-copy.ts';

export interface ShipperOptions {
  /** The database: an absolute path. It need not be there yet. */
  readonly database: string;
  /** Where its replica lies, and nothing else. It is made. */
  readonly folder: string;
  /** A WAL of this size is checkpointed, so that it begins anew. Default: 4 MiB. */
  readonly checkpointBytes?: number;
  /**
   * So is one that was not written to for so long, so that nobody else's checkpoint has to wait; then not before twelve
   * times as long, because each is a file on the replica. Default: 5000.
   */
  readonly idleMilliseconds?: number;
  /** Another copy is made after so many bytes of WAL, or the size of the database if that is more. Default: 64 MiB. */
  readonly renewBytes?: number;
  /**
   * A WAL that has grown so large because the replica does not take it is let go, so that it does not fill the disk of the
   * database: another copy is made once the replica takes one. Default: 1 GiB.
   */
  readonly mostWalBytes?: number;
}

export interface ShipperStatus {
  /** What would be restored from. Absent: this shipper has completed none yet. */
  readonly generation?: string;
  /** All that was committed by then is on the replica, in milliseconds of the epoch. 0: nothing is. */
  readonly shippedAt: number;
  /** Committed and not on the replica, in bytes of WAL. */
  readonly pendingBytes: number;
  /** Why the replica does not follow. It is tried again at each tick. */
  readonly problem?: string;
}

/** What a tick did. */
export interface Tick {
  /** Bytes of frames that went to the replica. */
  readonly shipped: number;
  /** The generation that it completed. */
  readonly completed?: string;
  /** Why what was followed until now cannot be followed on: another copy is made. */
  readonly hole?: string;
}

type Outcome = Omit<Tick, 'shipped'> & { readonly problem?: string };

/** After so many files a restore would be long about opening them. */
const mostWalFiles = 1000;
const tidyMilliseconds = 10 * 60 * 1000;
/** A copy that has failed is not made anew four times a second: twice as late each time, up to 32 times. */
const retryMilliseconds = 2000;
/** Without a WAL each change is a copy, and each copy a generation. */
const wholeMilliseconds = 60_000;
/** How long somebody waits for a generation that is followed while another is made, and where there is none to follow. */
const sliceMilliseconds = { followed: 200, alone: 1000 };

/**
 * Keeps the replica of one database. Nothing is ever missing in the middle of it: what cannot be proved to follow on
 * what is there begins a generation of its own, and so does each shipper.
 *
 * There is one shipper for a database and for a folder, and its process opens the database in no other way: to close a
 * descriptor of it would end the locks of this one ({@link Source}).
 */
export class Shipper {
  readonly #options: Required<ShipperOptions>;
  #database: LocalDatabase | undefined;
  #track: Track | undefined;
  #successor: Successor | undefined;
  /** What the newest generation is a copy of, where the database has no WAL. */
  #whole: { readonly generation: Generation; readonly changes: string; readonly readAt: number } | undefined;
  #generation: string | undefined;
  #shippedAt = 0;
  #problem: string | undefined;
  #running: Promise<Tick> | undefined;
  /** Why the database was let go of while something went on. */
  #lost: string | undefined;
  #state: 'open' | 'ended' | 'closed' = 'open';
  #begunAt = -Infinity;
  #failures = 0;
  #restedAt = -Infinity;
  #tidiedAt = -Infinity;

  /** @throws BootstrapError `HOST_UNSUPPORTED` */
  constructor(options: ShipperOptions) {
    requireSoundSqlite();
    this.#options = {
      checkpointBytes: 4 * 1024 * 1024,
      idleMilliseconds: 5000,
      renewBytes: 64 * 1024 * 1024,
      mostWalBytes: 1024 * 1024 * 1024,
      ...options,
    };
  }

  get status(): ShipperStatus {
    const followed = this.#track ?? this.#successor?.track;
    const look = this.#database?.last;
    return {
      ...(this.#generation !== undefined && { generation: this.#generation }),
      shippedAt: this.#shippedAt,
      pendingBytes: followed && look ? followed.pendingBytes(look) : 0,
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }

  /** The first tick. */
  start(): Promise<Tick> {
    return this.sync();
  }

  /**
   * A tick, to be called four times a second. It does not fail: the status says what is wrong. While one goes on it is
   * that one, because a replica may not answer for minutes.
   */
  sync(): Promise<Tick> {
    if (this.#state !== 'open') return Promise.resolve({ shipped: 0 });
    if (this.#running) this.#spareDisk();
    return (this.#running ??= this.#alone((did) => this.#tick(did)));
  }

  /**
   * Ships all that is committed and says so, with the rows of every table, once nobody writes any more.
   * @param patienceMilliseconds how long the replica may take. Default: a minute
   * @returns false: there is no database
   * @throws BootstrapError `REPLICA_MISSING`: the replica does not have all
   */
  async end(patienceMilliseconds = 60_000): Promise<boolean> {
    const { database, folder } = this.#options;
    const until = performance.now() + patienceMilliseconds;
    for (;;) {
      await within(this.sync(), until - performance.now());
      if (this.#running === undefined && this.#problem === undefined) {
        if (this.#database === undefined) return false;
        this.#running = this.#alone(() => this.#tryToEnd());
        await within(this.#running, until - performance.now());
      }
      if (this.#hasEnded()) return true;
      if (this.#state === 'closed' || performance.now() > until) break;
      await new Promise((wake) => setTimeout(wake, this.#problem === undefined ? 10 : 250));
    }
    const why = this.#problem ?? (this.#running ? 'it does not answer' : 'the database is still written to');
    throw new BootstrapError(
      'REPLICA_MISSING',
      `The replica in ${folder} does not have all of ${database}: ${why}.`,
    );
  }

  /** Lets go of the database at once, and of the replica once that answers. */
  async close(): Promise<void> {
    if (this.#state !== 'ended') this.#state = 'closed';
    this.#detach();
    await this.#running;
    await this.#letGo();
  }

  #hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Does one thing with the replica, and notes what is wrong. */
  async #alone(action: (did: { shipped: number }) => Promise<Outcome>): Promise<Tick> {
    const did = { shipped: 0 };
    try {
      const { problem, ...more } = await action(did);
      this.#problem = problem;
      return { ...did, ...more };
    } catch (error) {
      this.#problem = (error as Error).message;
      const isLost =
        error instanceof Hole || (error instanceof BootstrapError && error.code === 'REPLICA_DAMAGED');
      if (!isLost) return did;
      // With whatever this process holds of it: it may hold less than it thinks.
      this.#detach();
      await this.#letGo();
      return { ...did, hole: this.#problem };
    } finally {
      this.#running = undefined;
    }
  }

  async #tick(did: { shipped: number }): Promise<Outcome> {
    if (this.#track?.isShipped === false) this.#spareDisk();
    const moved = this.#lost ?? this.#attach();
    this.#lost = undefined;
    if (moved !== undefined) {
      await this.#letGo();
      return { hole: moved, problem: moved };
    }
    const database = this.#database;
    if (database === undefined)
      return this.#generation === undefined ? {} : { problem: `${this.#options.database} is gone` };
    if (!database.isWal) return this.#copyWhole(database);
    const look = database.look();
    const track = this.#track;
    if (track !== undefined) {
      track.read(database.source, look);
      did.shipped += await track.ship();
      this.#noteShipped(track, look);
    }
    const isWanted = track === undefined || this.#isLong(track, database);
    if (this.#successor === undefined && isWanted && this.#mayBegin())
      this.#successor = await this.#begin(database);
    if (this.#successor !== undefined) {
      const completed = await this.#succeed(this.#successor);
      return completed === undefined ? {} : { completed };
    }
    if (track === undefined) {
      database.unpin();
      return { ...(this.#problem !== undefined && { problem: this.#problem }) };
    }
    this.#keepPin(database, track);
    did.shipped += await track.ship();
    this.#noteShipped(track, database.last!);
    if (performance.now() - this.#tidiedAt > tidyMilliseconds) await this.#tidy();
    return {};
  }

  /** Opens the database once it is there. @returns what became of the one that was followed */
  #attach(): string | undefined {
    const { database: path } = this.#options;
    const is = this.#database?.source.whatIs() ?? 'same';
    if (is !== 'same') {
      this.#detach();
      return `${path} was ${is === 'gone' ? 'removed' : 'replaced'}`;
    }
    if (this.#database === undefined && existsSync(path)) this.#database = new LocalDatabase(path);
    return undefined;
  }

  #spareDisk(): void {
    const { mostWalBytes, folder } = this.#options;
    if (this.#database === undefined || this.#database.source.walSize <= mostWalBytes) return;
    this.#detach();
    this.#lost = `the WAL was let go at ${mostWalBytes} bytes, which ${folder} did not take`;
  }

  #detach(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** What was followed is not followed on. */
  async #letGo(): Promise<void> {
    const [track, successor] = [this.#track, this.#successor];
    this.#track = undefined;
    this.#successor = undefined;
    this.#whole = undefined;
    await track?.close();
    await successor?.abandon();
  }

  #noteShipped(track: Track, look: WalLook): void {
    if (track.isShipped && track.hasRead(look)) this.#shippedAt = Math.max(this.#shippedAt, look.at);
  }

  /** Where nobody waits for the pin it stays; else it follows what is written, and is brought to rest when it is time. */
  #keepPin(database: LocalDatabase, track: Track): void {
    if (database.isAtRest) return;
    const { checkpointBytes, idleMilliseconds } = this.#options;
    const read: Read = (look) => {
      track.read(database.source, look);
      return track.hasRead(look);
    };
    const now = performance.now();
    const isIdle =
      database.idleMilliseconds >= idleMilliseconds && now - this.#restedAt >= 12 * idleMilliseconds;
    const isLarge = database.walBytes >= checkpointBytes;
    if (!isIdle && !isLarge) database.repin(read);
    else if (database.rest(read, database.walBytes >= 2 * checkpointBytes)) this.#restedAt = now;
  }

  #isLong(track: Track, database: LocalDatabase): boolean {
    const { bytes, files } = track.length;
    return files > mostWalFiles || bytes > Math.max(this.#options.renewBytes, database.source.size);
  }

  async #begin(database: LocalDatabase): Promise<Successor> {
    this.#failures += 1;
    const generation = await beginGeneration(this.#options.folder, Date.now());
    return new Successor(database, generation);
  }

  /** Goes on with the next generation. @returns its name once it is complete */
  async #succeed(successor: Successor): Promise<string | undefined> {
    const { followed, alone } = sliceMilliseconds;
    const { track } = successor;
    try {
      if (!(await successor.advance(this.#track === undefined ? alone : followed))) return undefined;
    } catch (error) {
      this.#successor = undefined;
      await successor.abandon();
      if (error instanceof Hole) throw error;
      // The one that is followed is none the worse for it.
      throw new Error(`no new copy could be made: ${(error as Error).message}`, { cause: error });
    }
    await this.#track?.close();
    this.#track = track;
    this.#successor = undefined;
    this.#completed(track.generation);
    return track.generation.name;
  }

  #mayBegin(): boolean {
    const wait = this.#failures === 0 ? 0 : retryMilliseconds * 2 ** Math.min(this.#failures - 1, 5);
    if (performance.now() - this.#begunAt < wait) return false;
    this.#begunAt = performance.now();
    return true;
  }

  #completed(generation: Generation): void {
    this.#generation = generation.name;
    this.#failures = 0;
    // At the next tick: it may go wrong, and this is complete.
    this.#tidiedAt = -Infinity;
  }

  /**
   * Removes what may go: what stays although it might costs room, and goes the next time.
   * @throws BootstrapError `REPLICA_DAMAGED`: the generation that is followed is none any more
   */
  async #tidy(): Promise<void> {
    this.#tidiedAt = performance.now();
    const all = await listGenerations(this.#options.folder);
    if (!all.some(({ name, completion }) => name === this.#generation && completion !== undefined))
      throw new BootstrapError(
        'REPLICA_DAMAGED',
        `${this.#generation} was taken out of ${this.#options.folder}: another copy is made.`,
      );
    for (const each of superfluous(all, Date.now())) await removeGeneration(each).catch(() => {});
  }

  /** The tick of a database without a WAL. */
  async #copyWhole(database: LocalDatabase): Promise<Outcome> {
    const { changes } = database.source;
    const known = this.#whole;
    if (known?.changes === changes) {
      this.#shippedAt = Date.now();
      return {};
    }
    if (known !== undefined && performance.now() - known.readAt < wholeMilliseconds) return {};
    if (!this.#mayBegin()) return {};
    const readAt = performance.now();
    this.#failures += 1;
    const whole = readWhole(database);
    if (whole === undefined) return {};
    const generation = await beginGeneration(this.#options.folder, Date.now());
    await writeWhole(generation, whole);
    this.#whole = { generation, changes: whole.changes, readAt };
    this.#shippedAt = whole.at;
    this.#completed(generation);
    return { completed: generation.name };
  }

  /** Does nothing where something is written meanwhile, or no generation is complete yet. */
  async #tryToEnd(): Promise<Outcome> {
    const database = this.#database!;
    const generation = this.#track?.generation ?? this.#whole?.generation;
    if (generation === undefined) return {};
    const successor = this.#successor;
    this.#successor = undefined;
    await successor?.abandon();
    const counts = this.#track ? await this.#countShipped(database, this.#track) : this.#countWhole(database);
    if (counts === undefined) return {};
    await writeEnding(generation.directory, { at: new Date().toISOString(), counts });
    if (this.#state === 'open') this.#state = 'ended';
    return {};
  }

  /** Rows as they are on the replica. */
  async #countShipped(database: LocalDatabase, track: Track): Promise<Record<string, number> | undefined> {
    const before = database.look();
    const isThere = database.repin((look) => {
      track.read(database.source, look);
      return track.hasRead(look);
    });
    await track.ship();
    if (!isThere) return undefined;
    const counts = database.countRows();
    // The pin has begun between the two looks.
    const after = database.look();
    return after.log === before.log && isSameIncarnation(after.header, before.header) ? counts : undefined;
  }

  #countWhole(database: LocalDatabase): Record<string, number> | undefined {
    return database.whileRead(() =>
      database.source.changes === this.#whole?.changes ? database.countRows() : undefined,
    );
  }
}

/** Waits for something, at most so long. */
async function within(what: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((wake) => {
    timer = setTimeout(wake, Math.max(0, milliseconds));
  });
  await Promise.race([what, late]);
  clearTimeout(timer);
}
