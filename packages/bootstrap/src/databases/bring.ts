import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { restoreDatabase } from '../replica/restore.ts';
import { contentsOf } from './contents.ts';
import { copyDatabase } from './copy-database.ts';
import { newEpoch, setAside } from './epoch.ts';
import { readHolder, writeHolder, type Holder } from './holder.ts';
import { mirrorFiles } from './mirror.ts';
import { localBoot, localCopies, localEpoch, replicaOf, type Places } from './places.ts';
import { isThere } from './presence.ts';
import { databasesOf } from './replicated.ts';
import { keeperStatus, statusFile, type KeeperStatus } from './status.ts';
import { removeStaged } from './staged.ts';
import { databaseDirectories, madeAnew } from './table.ts';

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
export async function bringDatabases(places: Places, { now, boot }: Moment): Promise<Brought> {
  const holder = await readHolder(places);
  const here = (await isSound(places, boot)) ? await readIfPresent(localEpoch(places)) : undefined;
  const inState = await databaseDirectories(places.state, places.agents);
  await makeMountPoints(places, [...inState, ...(holder?.directories ?? []), ...madeAnew]);
  if (holder?.lives === 'local' && holder.epoch === here)
    return await addAgents(places, holder, { inState, boot });
  const aside = await setAside(places, here);
  await removeStaged(places);
  const half = `${localCopies(places)}.tmp`;
  await rm(half, { recursive: true, force: true });
  const directories =
    holder?.lives === 'local' ? [...new Set([...holder.directories, ...inState])].toSorted() : inState;
  const problems: string[] = [];
  const changes =
    aside === undefined ? [] : [`set aside the local databases of an epoch that is over: ${aside}`];
  for (const directory of directories) {
    const target = join(half, directory);
    await mkdir(target, { recursive: true, mode: 0o700 });
    if (holder?.lives === 'local' && holder.directories.includes(directory)) {
      problems.push(...(await restoreDirectory(places, holder, directory, target)));
    } else {
      await copyDirectory(join(places.state, directory), target);
    }
  }
  await adoptCopies(places, { now, boot }, { half, holder, directories });
  const from = holder?.lives === 'local' ? 'from their replica' : 'from the file system';
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

/** Goes on with copies, in an epoch of their own. What was there has been set aside, or is now. */
export async function adoptCopies(
  places: Places,
  { now, boot }: Moment,
  { half, holder, directories }: Copies,
): Promise<void> {
  await setAside(places, await readIfPresent(localEpoch(places)));
  await rename(half, localCopies(places));
  const epoch = newEpoch(now);
  await writeAtomically(localBoot(places), boot);
  await writeAtomically(localEpoch(places), epoch);
  const earlier = holder?.lives === 'local' ? [holder.epoch, ...holder.earlier] : [];
  await writeHolder(places, { lives: 'local', epoch, directories: [...directories], earlier });
}

/**
 * Whether the local copies can be gone on with. After another boot the replica is at least as new, if it followed until the end:
 * then it counts. One that did not, as for a file system that was full, has less than the disk.
 */
async function isSound(places: Places, boot: string): Promise<boolean> {
  if (!(await isThere(localCopies(places)))) return false;
  if ((await readIfPresent(localBoot(places))) === boot) return true;
  const text = await readIfPresent(statusFile(places));
  const status = keeperStatus.safeParse(text === undefined ? undefined : parseOrNothing(text)).data;
  if (status === undefined || status.epoch !== (await readIfPresent(localEpoch(places)))) return true;
  return !(await hasFollowed(places, status));
}

/** Whether all that was written to the local copies was replicated, as far as their times tell. */
async function hasFollowed(places: Places, status: KeeperStatus): Promise<boolean> {
  if (status.problem !== undefined) return false;
  const directories = await databaseDirectories(localCopies(places), []);
  for (const directory of directories) {
    for (const { path, kind } of await contentsOf(join(localCopies(places), directory))) {
      if (kind !== 'database') continue;
      const known = status.databases[join(directory, path)];
      if (known?.generation === undefined || status.at - known.shippedAt > followedMilliseconds) return false;
      const file = join(localCopies(places), directory, path);
      for (const each of [file, `${file}-wal`]) {
        const written = (await lstat(each).catch(() => undefined))?.mtimeMs ?? 0;
        if (written > status.at + followedMilliseconds) return false;
      }
    }
  }
  return true;
}

/** From one word of who replicates to the next, and what a busy machine takes. */
const followedMilliseconds = 10_000;

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
  for (const directory of missing) {
    const target = join(localCopies(places), directory);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true, mode: 0o700 });
    await copyDirectory(join(places.state, directory), target);
  }
  await writeAtomically(localBoot(places), boot);
  // Also where nothing is missing: one that was cut short had written half of it.
  await writeHolder(places, { ...holder, directories });
  return { changes: missing.map((each) => `${each} on the local disk`), problems: [], directories };
}

async function copyDirectory(from: string, to: string): Promise<void> {
  for (const { path, kind } of await contentsOf(from)) {
    if (kind !== 'database') continue;
    await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    await copyDatabase(join(from, path), join(to, path));
  }
  await mirrorFiles(from, to);
}

/** @returns what is wrong with what was found, a line for each database */
async function restoreDirectory(
  places: Places,
  holder: Holder,
  directory: string,
  target: string,
): Promise<string[]> {
  const epochs = [holder.epoch, ...holder.earlier];
  const problems: string[] = [];
  for (const database of await databasesOf(places, epochs, directory)) {
    const to = join(target, database.slice(directory.length + 1));
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    problems.push(...(await restoreOne(places, epochs, { database, to })));
  }
  await mirrorFiles(join(places.state, directory), target);
  return problems;
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
