import { lstat, mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { restoreDatabase } from '../replica/restore.ts';
import { contentsOf } from './contents.ts';
import { copyDatabase } from './copy-database.ts';
import { nameCopies, sayWhose, settleCopies } from './cut-short.ts';
import { newEpoch, setAside } from './epoch.ts';
import { readHolder, writeHolder, type Holder } from './holder.ts';
import { mirrorOrSay } from './mirror.ts';
import { notRemoved } from './old-epochs.ts';
import { localBoot, localCopies, localEpoch, replicaOf, type Places } from './places.ts';
import { isThere } from './presence.ts';
import { databasesOf } from './replicated.ts';
import { keeperStatus, statusFile, type KeeperStatus } from './status.ts';
import { databaseDirectories, directoryOf, goesWithItsAgent, madeAnew } from './table.ts';

/** What was done so that a gateway of this machine has the databases. */
export interface Brought {
  /** Lines, empty where they were here. */
  readonly changes: readonly string[];
  /** What a replica did not have any more, a line for each database. */
  readonly problems: readonly string[];
  /** Directories that a gateway finds on the local disk, below the state. */
  readonly directories: readonly string[];
}

/** When and in which boot of the machine something is done. */
export interface Moment {
  readonly now: Date;
  /** As `/proc/sys/kernel/random/boot_id` has it. */
  readonly boot: string;
}

/**
 * Brings the databases to the local disk: out of the state directory, or out of what the machine that had them last has
 * replicated. A local copy of an epoch that is over is set aside, never used: others have gone on without it.
 * Only behind the fence, and as the gateway's user. Cut short, it is done again from the beginning.
 * @throws BootstrapError `REPLICA_DAMAGED`, `REPLICA_MISSING`
 */
export async function bringDatabases(places: Places, moment: Moment): Promise<Brought> {
  const record = await readHolder(places);
  await settleCopies(places, record, moment.boot);
  const holder = await withoutRemoved(places, record);
  const onDisk = await whatCounts(places, holder, moment);
  const inState = await databaseDirectories(places.state, places.agents);
  await makeMountPoints(places, [...inState, ...(holder?.directories ?? []), ...madeAnew]);
  if (holder?.lives === 'local' && onDisk === 'all')
    return await addAgents(places, holder, { inState, boot: moment.boot });
  const half = `${localCopies(places)}.tmp`;
  await rm(half, { recursive: true, force: true });
  const directories =
    holder?.lives === 'local' ? [...new Set([...holder.directories, ...inState])].toSorted() : inState;
  const problems: string[] = [];
  for (const directory of directories) {
    const target = join(half, directory);
    await mkdir(target, { recursive: true, mode: 0o700 });
    if (holder?.lives === 'local' && holder.directories.includes(directory)) {
      problems.push(...(await restoreDirectory(places, { holder, directory, onDisk, target })));
    } else {
      problems.push(...(await copyDirectory(join(places.state, directory), target)));
    }
  }
  const aside = await adoptCopies(places, moment, { half, holder, directories });
  const from = holder?.lives === 'local' ? 'from their replica' : 'from the file system';
  const changes = aside === undefined ? [] : [`set aside the local databases that were here: ${aside}`];
  return { changes: [...changes, `databases on the local disk, ${from}`], problems, directories };
}

/** What is to become the databases. */
interface Copies {
  /** Directory in which all of them are, beside the local copies. */
  readonly half: string;
  /** Where they were until now. */
  readonly holder: Holder | undefined;
  readonly directories: readonly string[];
}

/**
 * Goes on with copies, in an epoch of their own. The machine's own word comes last: what is there without it is half of this, and
 * {@link settleCopies} sees to it.
 * @returns where those are that were here
 */
export async function adoptCopies(
  places: Places,
  { now, boot }: Moment,
  { half, holder, directories }: Copies,
): Promise<string | undefined> {
  const epoch = newEpoch(now, holder?.epoch);
  await nameCopies(half, epoch);
  const aside = await setAside(places);
  await rename(half, localCopies(places));
  const earlier =
    holder?.lives === 'local' ? [holder.epoch, ...(await notRemoved(places, holder.earlier))] : [];
  await writeHolder(places, { lives: 'local', epoch, directories: [...directories], earlier });
  await sayWhose(places, epoch, boot);
  return aside;
}

/**
 * Which of the local copies can be gone on with, by their paths below the state. After another boot the replica is at least as new,
 * for those that it followed until the end: what a machine that lost its power had not written to its disk may have been
 * shipped. Those that it did not follow, as on a file system that was full, have more on the disk.
 */
async function whatCounts(
  places: Places,
  holder: Holder | undefined,
  { boot }: Moment,
): Promise<'all' | ReadonlySet<string>> {
  if (!(await areTheirs(places, holder)) || !(await isThere(localCopies(places)))) return new Set();
  if ((await readIfPresent(localBoot(places))) === boot) return 'all';
  const text = await readIfPresent(statusFile(places));
  const status = keeperStatus.safeParse(text === undefined ? undefined : parseOrNothing(text)).data;
  if (status === undefined || status.epoch !== holder?.epoch) return 'all';
  return await notFollowed(places, status);
}

/** What was written to the local copies and not replicated, as far as their times tell. */
async function notFollowed(places: Places, status: KeeperStatus): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const directory of await databaseDirectories(localCopies(places), [])) {
    for (const { path, kind } of await contentsOf(join(localCopies(places), directory))) {
      const database = join(directory, path);
      if (kind === 'database' && !(await hasFollowed(places, status, database))) found.add(database);
    }
  }
  return found;
}

async function hasFollowed(places: Places, status: KeeperStatus, database: string): Promise<boolean> {
  const known = status.databases[database];
  if (known?.generation === undefined || status.at - known.shippedAt > followedMilliseconds) return false;
  const file = join(localCopies(places), database);
  for (const each of [file, `${file}-wal`]) {
    const written = (await lstat(each).catch(() => undefined))?.mtimeMs ?? 0;
    if (written > status.at + followedMilliseconds) return false;
  }
  return true;
}

/** From one word of who replicates to the next, and what a busy machine takes. */
const followedMilliseconds = 10_000;

/**
 * An agent that was removed leaves its directory, which OpenClaw could not remove while something was mounted on it, and in the state
 * what its database was at first. Where nothing else is there, it is nobody's.
 */
async function withoutRemoved(places: Places, holder: Holder | undefined): Promise<Holder | undefined> {
  if (holder?.lives !== 'local') return holder;
  const directories: string[] = [];
  for (const directory of holder.directories) {
    if (await isLeft(places, holder, directory)) await removeLeft(join(places.state, directory));
    else directories.push(directory);
  }
  return { ...holder, directories };
}

async function isLeft(places: Places, holder: Holder, directory: string): Promise<boolean> {
  if (!goesWithItsAgent(directory) || places.agents.some((agent) => directory === directoryOf(agent)))
    return false;
  const databases = await databasesOf(places, [holder.epoch, ...holder.earlier], directory);
  const inState = await contentsOf(join(places.state, directory));
  const onDisk = await contentsOf(join(localCopies(places), directory));
  // On this disk alone, where the replica did not take it. On that of a machine that others have gone on without it is old.
  const isHere = onDisk.some(({ kind }) => kind === 'database') && (await areTheirs(places, holder));
  return databases.length === 0 && !isHere && [...inState, ...onDisk].every(({ kind }) => kind !== 'file');
}

/** Whether the local copies are the databases that others go on with. */
async function areTheirs(places: Places, holder: Holder | undefined): Promise<boolean> {
  return holder?.lives === 'local' && (await readIfPresent(localEpoch(places))) === holder.epoch;
}

async function removeLeft(directory: string): Promise<void> {
  for (const { path } of await contentsOf(directory)) await rm(join(directory, path), { force: true });
  // What has come meanwhile stays.
  await rmdir(directory).catch(() => {});
}

/** What is mounted there hides it, and must be there. */
async function makeMountPoints({ state, local }: Places, directories: readonly string[]): Promise<void> {
  for (const each of directories) await mkdir(join(state, each), { recursive: true, mode: 0o700 });
  for (const each of madeAnew) {
    await rm(join(local, each), { recursive: true, force: true });
    await mkdir(join(local, each), { recursive: true, mode: 0o700 });
  }
}

/** Agents that were made since: their databases lie on the file system until now. */
async function addAgents(
  places: Places,
  holder: Holder,
  { inState, boot }: { readonly inState: readonly string[]; readonly boot: string },
): Promise<Brought> {
  const missing = inState.filter((each) => !holder.directories.includes(each));
  const directories = [...holder.directories, ...missing].toSorted();
  const problems: string[] = [];
  for (const directory of missing) {
    const target = join(localCopies(places), directory);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true, mode: 0o700 });
    problems.push(...(await copyDirectory(join(places.state, directory), target)));
  }
  await writeAtomically(localBoot(places), boot);
  // Also where nothing is missing: one that was cut short had written half of it.
  await writeHolder(places, { ...holder, directories });
  return { changes: missing.map((each) => `${each} on the local disk`), problems, directories };
}

/** @returns what is wrong with files beside databases, which keeps nobody from starting */
async function copyDirectory(from: string, to: string): Promise<string[]> {
  for (const { path, kind } of await contentsOf(from)) {
    if (kind !== 'database') continue;
    await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    await copyDatabase(join(from, path), join(to, path));
  }
  return await mirrorOrSay(from, to);
}

/** @returns what is wrong with what was found, a line each */
async function restoreDirectory(
  places: Places,
  {
    holder,
    directory,
    onDisk,
    target,
  }: {
    readonly holder: Holder;
    readonly directory: string;
    readonly onDisk: 'all' | ReadonlySet<string>;
    readonly target: string;
  },
): Promise<string[]> {
  const epochs = [holder.epoch, ...holder.earlier];
  const counts = [...(onDisk === 'all' ? [] : onDisk)].filter((each) => dirname(each) === directory);
  const problems: string[] = [];
  for (const database of new Set([...(await databasesOf(places, epochs, directory)), ...counts])) {
    const to = join(target, database.slice(directory.length + 1));
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    if (counts.includes(database)) await copyDatabase(join(localCopies(places), database), to);
    else problems.push(...(await restoreOne(places, epochs, { database, to })));
  }
  return [...problems, ...(await mirrorOrSay(join(places.state, directory), target))];
}

/**
 * Out of the newest epoch that has it, whatever the machine of an earlier one has written since. Where none has, as when the first
 * machine was lost before it had replicated anything, what that had begun with is still in the state.
 */
async function restoreOne(
  places: Places,
  epochs: readonly string[],
  { database, to }: { readonly database: string; readonly to: string },
): Promise<string[]> {
  const problems: string[] = [];
  for (const epoch of epochs) {
    try {
      const { problems: found, missing } = await restoreDatabase({
        folder: replicaOf(places, epoch, database),
        target: to,
      });
      return [...problems, ...[...found, ...shortOf(missing)].map((each) => `${database}: ${each}`)];
    } catch (error) {
      if (!(error instanceof BootstrapError)) throw error;
      if (error.code === 'REPLICA_DAMAGED') problems.push(`${database}: ${error.message}`);
      else if (error.code !== 'REPLICA_MISSING') throw error;
    }
  }
  const first = join(places.state, database);
  if (problems.length > 0 || !(await isThere(first))) {
    const code = problems.length > 0 ? 'REPLICA_DAMAGED' : 'REPLICA_MISSING';
    throw new BootstrapError(code, problems.join(' ') || `${database}: nothing of it was replicated.`);
  }
  await copyDatabase(first, to);
  return [];
}

/** What was there at a planned end, and is not. */
function shortOf(missing: Readonly<Record<string, number>>): string[] {
  return Object.entries(missing).map(([table, rows]) => `${rows} rows of ${table} are missing`);
}
