import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { Shipper } from '../replica/shipper.ts';
import { contentsOf } from './contents.ts';
import { isBack, sayGone } from './gone.ts';
import { readHolder } from './holder.ts';
import { mirrorFiles } from './mirror.ts';
import { localCopies, localEpoch, replicaOf, type Places } from './places.ts';
import { removeOldEpochs } from './old-epochs.ts';
import { isDirectory, unlessAbsent } from './presence.ts';
import { statusFile, type KeeperStatus } from './status.ts';
import { goesWithItsAgent } from './table.ts';

/** From one look at the databases to the next: what a machine loses with its disk is at most what was committed since. */
const tickMilliseconds = 250;
/** From one look for new databases, and for other files, to the next. */
const scanMilliseconds = 2000;
const statusMilliseconds = 2000;
const tidyMilliseconds = 3_600_000;
/** What the replica may take for its last word: within what systemd waits for the unit. */
const endMilliseconds = 300_000;

/**
 * Replicates the databases that a gateway of this machine has, and mirrors the files beside them, until the signal comes: then
 * all that is committed is shipped, and said to be all. The gateway has ended by then.
 * @throws BootstrapError `STATE_LOCKED` where the databases are another machine's by now
 */
export async function keepReplica(places: Places, signal: AbortSignal): Promise<void> {
  const holder = await readHolder(places);
  const here = await readIfPresent(localEpoch(places));
  if (holder?.lives !== 'local' || holder.epoch !== here) {
    throw new BootstrapError(
      'STATE_LOCKED',
      `The databases in ${places.local} are of another epoch than those of the pod: they are not replicated.`,
    );
  }
  await new Keeper(places, holder.epoch, holder.directories).run(signal);
}

class Keeper {
  readonly #places: Places;
  readonly #epoch: string;
  readonly #directories: readonly string[];
  readonly #shippers = new Map<string, Shipper>();
  /** Since when each is followed. */
  readonly #since = new Map<string, number>();
  /** That a look has missed: what the next one misses as well was removed. */
  readonly #missed = new Set<string>();
  #problem: string | undefined;
  /** A file system that does not answer has one scan waiting for it. */
  #scanning: Promise<void> | undefined;

  constructor(places: Places, epoch: string, directories: readonly string[]) {
    this.#places = places;
    this.#epoch = epoch;
    this.#directories = directories;
  }

  async run(signal: AbortSignal): Promise<void> {
    const due = { scan: -Infinity, status: -Infinity, tidy: performance.now() + 60_000 };
    while (!signal.aborted) {
      const now = performance.now();
      if (now - due.scan >= scanMilliseconds) {
        due.scan = now;
        this.#scanning ??= this.#scan().finally(() => (this.#scanning = undefined));
      }
      // Each waits for its own replica only.
      for (const shipper of this.#shippers.values()) void shipper.sync();
      if (now - due.status >= statusMilliseconds) {
        due.status = now;
        await this.#say();
      }
      // As long as this epoch does not have all of it, one before it does.
      if (now >= due.tidy && this.#hasAll) {
        due.tidy = now + tidyMilliseconds;
        void removeOldEpochs(this.#places, new Date()).catch((error: Error) => {
          this.#problem = error.message;
        });
      }
      await sleep(tickMilliseconds, undefined, { signal }).catch(() => {});
    }
    await this.#scanning;
    await this.#scan();
    if (this.#missed.size > 0) {
      await sleep(scanMilliseconds);
      await this.#scan();
    }
    const ended = await Promise.allSettled(
      [...this.#shippers.values()].map((each) => each.end(endMilliseconds)),
    );
    await this.#say();
    for (const shipper of this.#shippers.values()) await shipper.close();
    const failed = ended.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
    if (this.#problem !== undefined) throw new BootstrapError('REPLICA_MISSING', this.#problem);
  }

  get #hasAll(): boolean {
    const all = [...this.#shippers.values()].map(({ status }) => status);
    if (all.length === 0 || this.#problem !== undefined) return false;
    return all.every(({ generation, problem }) => generation !== undefined && problem === undefined);
  }

  /** What is wrong with one directory keeps no database of another from being replicated. */
  async #scan(): Promise<void> {
    const problems: string[] = [];
    const tried = async (action: () => Promise<unknown>): Promise<void> => {
      await action().catch((error: Error) => problems.push(error.message));
    };
    const areHere = await this.#areHere();
    if (!areHere) problems.push(`the databases in ${localCopies(this.#places)} are gone`);
    for (const directory of this.#directories) {
      const local = join(localCopies(this.#places), directory);
      await tried(async () => {
        const found = (await contentsOf(local)).filter(({ kind }) => kind === 'database');
        await this.#follow(found.map(({ path }) => join(directory, path)));
        await this.#letGo(directory, local, areHere);
      });
    }
    // Files of one that has just been missed may be as little removed as its database.
    const isMissed = (directory: string): boolean =>
      [...this.#missed].some((database) => database.startsWith(`${directory}/`));
    for (const directory of areHere ? this.#directories.filter((each) => !isMissed(each)) : []) {
      const local = join(localCopies(this.#places), directory);
      await tried(() => mirrorFiles(local, join(this.#places.state, directory)));
    }
    this.#problem = problems.length > 0 ? problems.join('; ') : undefined;
  }

  /** Who removes an agent leaves what cannot be removed: else it is the disk that has lost them, and nobody meant to. */
  async #areHere(): Promise<boolean> {
    const stay = this.#directories.filter((each) => !goesWithItsAgent(each));
    const are = stay.map((each) => isDirectory(join(localCopies(this.#places), each)).catch(() => false));
    return (await Promise.all(are)).every(Boolean);
  }

  async #follow(databases: readonly string[]): Promise<void> {
    for (const database of databases) {
      if (this.#shippers.has(database)) continue;
      const folder = replicaOf(this.#places, this.#epoch, database);
      await isBack(folder);
      this.#since.set(database, Date.now());
      this.#shippers.set(
        database,
        new Shipper({ database: join(localCopies(this.#places), database), folder }),
      );
    }
  }

  /**
   * What was removed on purpose, as with its agent, must not come back with the next machine. Whoever removes all of them is seen
   * in the middle of it by one look, and not by the next.
   */
  async #letGo(directory: string, local: string, isOnPurpose: boolean): Promise<void> {
    for (const [database, shipper] of this.#shippers) {
      if (!database.startsWith(`${directory}/`)) continue;
      const path = join(local, database.slice(directory.length + 1));
      // What cannot be looked at now is none the less there.
      if (!(await stat(path).then(() => false, unlessAbsent(true)))) {
        this.#missed.delete(database);
        continue;
      }
      if (!this.#missed.delete(database)) {
        this.#missed.add(database);
        continue;
      }
      await shipper.close();
      this.#shippers.delete(database);
      if (isOnPurpose && goesWithItsAgent(database))
        await sayGone(replicaOf(this.#places, this.#epoch, database), new Date());
    }
  }

  async #say(): Promise<void> {
    const status: KeeperStatus = {
      at: Date.now(),
      epoch: this.#epoch,
      databases: Object.fromEntries(
        [...this.#shippers].map(([name, { status: its }]) => [
          name,
          { since: this.#since.get(name) ?? Date.now(), ...its },
        ]),
      ),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
    await writeAtomically(statusFile(this.#places), JSON.stringify(status)).catch(() => {});
  }
}
