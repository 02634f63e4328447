import { existsSync } from 'node:fs';
import { BootstrapError } from '../errors.ts';
import { countShipped } from './count-shipped.ts';
import { writeEnding } from './generation.ts';
import { isFile, isLasting } from './lasting.ts';
import { LocalDatabase, type Read } from './local-database.ts';
import { Retry } from './retry.ts';
import { defaultOptions, type ShipperOptions, type ShipperStatus, type Tick } from './shipper-options.ts';
import { requireSoundSqlite } from './sqlite-version.ts';
import { Succession } from './succession.ts';
import { tidy } from './tidy.ts';
import { Hole, type Track, type WalLook } from './track.ts';
import { WholeCopies } from './whole-copy.ts';

type Outcome = Omit<Tick, 'shipped'> & { readonly problem?: string };

/** After so many files a restore would be long about opening them. */
const mostWalFiles = 1000;
const tidyMilliseconds = 10 * 60 * 1000;
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
  readonly #wholes: WholeCopies;
  readonly #retry = new Retry();
  readonly #succession: Succession;
  #generation: string | undefined;
  #shippedAt = 0;
  #problem: string | undefined;
  #isLasting = false;
  #running: Promise<Tick> | undefined;
  /** Why the database was let go of while something went on. */
  #lost: string | undefined;
  #isEnding = false;
  #state: 'open' | 'ended' | 'closed' = 'open';
  #restedAt = -Infinity;
  #tidiedAt = -Infinity;

  /** @throws BootstrapError `HOST_UNSUPPORTED` */
  constructor(options: ShipperOptions) {
    requireSoundSqlite();
    this.#options = { ...defaultOptions, ...options };
    this.#wholes = new WholeCopies(options.folder);
    this.#succession = new Succession(options.folder, this.#retry);
  }

  get status(): ShipperStatus {
    const followed = this.#track ?? this.#succession.track;
    const look = this.#database?.latest;
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
   * @param patienceMilliseconds how long the replica may take. Default: a minute. What cannot be replicated at all is not waited for
   * @returns false: there is no database
   * @throws BootstrapError `REPLICA_MISSING`: the replica does not have all
   */
  async end(patienceMilliseconds = 60_000): Promise<boolean> {
    const { database, folder } = this.#options;
    const until = performance.now() + patienceMilliseconds;
    this.#isEnding = true;
    for (;;) {
      await within(this.sync(), until - performance.now());
      if (this.#running === undefined && this.#problem === undefined) {
        if (this.#database === undefined) return false;
        this.#running = this.#alone(() => this.#tryToEnd());
        await within(this.#running, until - performance.now());
      }
      if (this.#hasEnded()) return true;
      const isHopeless = this.#isLasting || this.#state === 'closed' || !isFile(database);
      if (isHopeless || performance.now() > until) break;
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
      this.#isLasting &&= problem !== undefined;
      return { ...did, ...more };
    } catch (error) {
      this.#problem = (error as Error).message;
      this.#isLasting = isLasting(error);
      const isLost =
        error instanceof Hole || (error instanceof BootstrapError && error.code === 'REPLICA_DAMAGED');
      if (!isLost) return did;
      // With whatever this process holds of it: it may hold less than it thinks.
      this.#detach();
      this.#retry.fail();
      await this.#letGo();
      return { ...did, hole: this.#problem };
    } finally {
      this.#running = undefined;
    }
  }

  async #tick(did: { shipped: number }): Promise<Outcome> {
    if (this.#problem !== undefined) this.#spareDisk();
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
      const until = performance.now() + sliceMilliseconds.alone;
      do {
        track.read(database.source, look);
        did.shipped += await track.ship();
      } while (!track.hasRead(look) && performance.now() < until);
      this.#noteShipped(track, look);
    }
    const isWanted = track === undefined || this.#isLong(track, database);
    if (this.#succession.isUnderWay || (isWanted && this.#retry.isDue)) {
      const completed = await this.#succeed(database);
      return completed === undefined ? {} : { completed };
    }
    if (track === undefined) {
      database.unpin();
      return { ...(this.#problem !== undefined && { problem: this.#problem }) };
    }
    // What is read for it goes with the next tick, as all that is written from now on.
    this.#keepPin(database, track);
    if (performance.now() - this.#tidiedAt > tidyMilliseconds) {
      this.#tidiedAt = performance.now();
      await tidy(this.#options.folder, track.generation.name);
    }
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
    const { mostPendingBytes, folder } = this.#options;
    if (this.status.pendingBytes <= mostPendingBytes) return;
    this.#detach();
    this.#lost = `the WAL was let go with more than ${mostPendingBytes} bytes that ${folder} did not take`;
  }

  #detach(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** What was followed is not followed on. */
  async #letGo(): Promise<void> {
    const track = this.#track;
    this.#track = undefined;
    this.#wholes.forget();
    await track?.close();
    await this.#succession.abandon();
  }

  #noteShipped(track: Track, look: WalLook): void {
    if (track.isShipped && track.hasRead(look)) this.#shippedAt = look.at;
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

  /** Goes on with the next generation. @returns its name once it is complete */
  async #succeed(database: LocalDatabase): Promise<string | undefined> {
    const { followed, alone } = sliceMilliseconds;
    const track = await this.#succession.advance(database, this.#track === undefined ? alone : followed);
    if (track === undefined) return undefined;
    await this.#track?.close();
    this.#track = track;
    this.#generation = track.generation.name;
    // At the next tick: it may go wrong, and this is complete.
    this.#tidiedAt = -Infinity;
    return track.generation.name;
  }

  /** The tick of a database without a WAL. */
  async #copyWhole(database: LocalDatabase): Promise<Outcome> {
    if (this.#wholes.isCopied(database)) {
      this.#shippedAt = Date.now();
      return {};
    }
    if (!(this.#isEnding || this.#wholes.isDue) || !this.#retry.isDue) return {};
    const whole = await this.#retry.begin(() => this.#wholes.copy(database));
    if (whole === undefined) return {};
    this.#shippedAt = whole.at;
    this.#generation = whole.generation.name;
    await tidy(this.#options.folder, whole.generation.name);
    return { completed: whole.generation.name };
  }

  /** Does nothing where something is written meanwhile, or no generation is complete yet. */
  async #tryToEnd(): Promise<Outcome> {
    const database = this.#database!;
    const generation = this.#track?.generation ?? this.#wholes.generation;
    if (generation === undefined) return {};
    await this.#succession.abandon();
    const counts = this.#track ? await countShipped(database, this.#track) : this.#wholes.count(database);
    if (counts === undefined) return {};
    await writeEnding(generation.directory, { at: new Date().toISOString(), counts });
    if (this.#state === 'open') this.#state = 'ended';
    return {};
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
