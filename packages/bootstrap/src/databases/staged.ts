import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import { listGenerations } from '../replica/generation.ts';
import { restoreDatabase } from '../replica/restore.ts';
import { kindOf } from './database-file.ts';
import { beginOf } from './epoch.ts';
import { isGone } from './gone.ts';
import { readHolder } from './holder.ts';
import { localCopies, replicaOf, type Places } from './places.ts';
import { isDirectory, namesIn } from './presence.ts';
import { databaseDirectories, directoryOf, goesWithItsAgent } from './table.ts';

/** Databases as they were. */
export interface Staged {
  /** Where they are, by their paths below the state. */
  readonly directory: string;
  /** What each has: all that was committed by then, as ISO 8601. By their paths below the state. */
  readonly asOf: Readonly<Record<string, string>>;
  /** Of which nothing had been replicated at that time. They stay as they are. */
  readonly without: readonly string[];
  /** Of agents that were removed since. They stay away: nothing else of such an agent would come back. */
  readonly removed: readonly string[];
}

/**
 * Makes the databases as they were at a time, beside the local copies. Changes nothing, and may be done while a gateway runs. Whoever
 * looks at them removes them; what is left of one that was killed goes with the next start.
 * @throws BootstrapError `REPLICA_MISSING` where nothing goes back so far; `REPLICA_DAMAGED`; `DISK_FULL`
 */
export async function stageDatabases(places: Places, at: Date): Promise<Staged> {
  const epochs = (await namesIn(join(places.replica, 'epochs'))).toSorted().toReversed();
  await mustHaveRoom(places, epochs);
  const directory = join(places.local, `staged-${randomBytes(4).toString('hex')}`);
  const begun = new Map(
    await Promise.all(epochs.map(async (epoch) => [epoch, await beginOf(places, epoch)] as const)),
  );
  const asOf: Record<string, string> = {};
  const without: string[] = [];
  const removed: string[] = [];
  try {
    await mkdir(directory, { mode: 0o700 });
    for (const database of await replicatedIn(places, epochs)) {
      const folders = epochs.map((epoch) => ({ epoch, folder: replicaOf(places, epoch, database) }));
      if ((await isRemoved(folders)) || !(await isAnyones(places, database))) {
        removed.push(database);
        continue;
      }
      const target = join(directory, database);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      const then = folders.filter(({ epoch }) => begun.get(epoch)! <= at.getTime());
      const found = await restoreNewest(then, target, at);
      if (found === undefined) without.push(database);
      else asOf[database] = found.toISOString();
    }
    if (Object.keys(asOf).length === 0) {
      throw new BootstrapError(
        'REPLICA_MISSING',
        `No database goes back to ${at.toISOString()} by what was replicated, which is kept for a day. A backup may: see "clawharbor-bootstrap backup list".`,
      );
    }
    return { directory, asOf, without, removed };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** What is left of whoever looked. */
export async function removeStaged({ local }: Pick<Places, 'local'>): Promise<void> {
  for (const name of (await namesIn(local)).filter((each) => each.startsWith('staged-')))
    await rm(join(local, name), { recursive: true, force: true });
}

/** Of the databases of a pod, those that were replicated at any time. */
async function replicatedIn(places: Places, epochs: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const epoch of epochs) {
    const root = join(places.replica, 'epochs', epoch);
    for (const directory of await databaseDirectories(root, [])) {
      for (const name of await namesIn(join(root, directory)))
        if (kindOf(name) === 'database') found.add(join(directory, name));
    }
  }
  return [...found].toSorted();
}

/** The newest epoch that has it says whether it is there. @param folders newest first */
async function isRemoved(folders: readonly { readonly folder: string }[]): Promise<boolean> {
  for (const { folder } of folders) {
    if ((await namesIn(folder)).length > 0) return await isGone(folder);
  }
  return false;
}

/** Whether an agent that there is has it: one that was removed while its database was in the state has left no word of that. */
async function isAnyones(places: Places, database: string): Promise<boolean> {
  const directory = dirname(database);
  if (!goesWithItsAgent(database) || places.agents.some((agent) => directoryOf(agent) === directory))
    return true;
  // With a record that cannot be read nothing is gone back to.
  const holder = await readHolder(places);
  return (
    holder?.directories.includes(directory) === true || (await isDirectory(join(places.state, directory)))
  );
}

/**
 * Of the newest epoch that had begun by then: a machine that was cut off may have gone on in its own. An earlier one has it where that
 * had none yet.
 * @param folders newest first. @returns as of when; undefined where none goes back so far
 */
async function restoreNewest(
  folders: readonly { readonly folder: string }[],
  target: string,
  at: Date,
): Promise<Date | undefined> {
  for (const { folder } of folders) {
    try {
      return (await restoreDatabase({ folder, target, at })).asOf;
    } catch (error) {
      if (!(error instanceof BootstrapError) || error.code !== 'REPLICA_MISSING') throw error;
    }
  }
  return undefined;
}

/** A gateway may run on the same disk: what is staged is a copy of all databases, and where they are exchanged there is one more. */
async function mustHaveRoom(places: Places, epochs: readonly string[]): Promise<void> {
  // Nothing lies here yet where they are in the state directory, or where another machine had them: as much will.
  const bytes = Math.max(
    await bytesIn(localCopies(places)),
    await bytesIn(places.state),
    await bytesReplicated(places, epochs),
  );
  const { bavail, bsize } = await statfs(places.local);
  if (bavail * bsize > 3 * bytes) return;
  throw new BootstrapError(
    'DISK_FULL',
    `${places.local} has ${Math.round((bavail * bsize) / 1e6)} MB of room, and ${Math.round((3 * bytes) / 1e6)} MB are needed beside the databases. Make room, or a larger disk; nothing was changed.`,
  );
}

/** Of the newest copies of all of them. @param epochs newest first */
async function bytesReplicated(places: Places, epochs: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const database of await replicatedIn(places, epochs)) {
    for (const epoch of epochs) {
      const generations = await listGenerations(replicaOf(places, epoch, database));
      const newest = generations.findLast(({ completion }) => completion !== undefined);
      if (newest === undefined) continue;
      bytes += newest.completion?.database.bytes ?? 0;
      break;
    }
  }
  return bytes;
}

/** Of the directories of databases below one. */
async function bytesIn(root: string): Promise<number> {
  let bytes = 0;
  for (const directory of await databaseDirectories(root, [])) {
    const at = join(root, directory);
    for (const name of await namesIn(at))
      bytes += (await lstat(join(at, name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
