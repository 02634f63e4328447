import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import { restoreDatabase } from '../replica/restore.ts';
import { beginOf } from './epoch.ts';
import { readHolder, type Holder } from './holder.ts';
import { replicaOf, type Places } from './places.ts';
import { namesIn } from './presence.ts';
import { databasesOf } from './replicated.ts';

/** Databases as they were. */
export interface Staged {
  /** Where they are, by their paths below the state. */
  readonly directory: string;
  /** What each has: all that was committed by then, as ISO 8601. By their paths below the state. */
  readonly asOf: Readonly<Record<string, string>>;
  /** Of which nothing was replicated at that time. They stay as they are. */
  readonly without: readonly string[];
}

const isStaged = (name: string): boolean => name.startsWith('staged-');

/**
 * Makes the databases that there are now as they were at a time, beside the local copies. Changes nothing, and may be done while a
 * gateway runs. Whoever looks at them removes them; what is left of one that was killed goes with the next start.
 * @throws BootstrapError `REPLICA_MISSING` where nothing is replicated, or nothing goes back so far; `REPLICA_DAMAGED`
 */
export async function stageDatabases(places: Places, at: Date): Promise<Staged> {
  const holder = await mustBeReplicated(places);
  const directory = join(places.local, `staged-${randomBytes(4).toString('hex')}`);
  const epochs = await namesIn(join(places.replica, 'epochs'));
  const then = epochs.filter((epoch) => beginOf(epoch) <= at.getTime()).toSorted();
  const asOf: Record<string, string> = {};
  const without: string[] = [];
  try {
    await mkdir(directory, { mode: 0o700 });
    for (const database of await present(places, holder)) {
      const target = join(directory, database);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      const folder = then.map((epoch) => replicaOf(places, epoch, database));
      try {
        asOf[database] = (await restoreDatabase({ folder, target, at })).asOf.toISOString();
      } catch (error) {
        if (!(error instanceof BootstrapError) || error.code !== 'REPLICA_MISSING') throw error;
        without.push(database);
      }
    }
    if (Object.keys(asOf).length === 0) {
      throw new BootstrapError(
        'REPLICA_MISSING',
        `No database goes back to ${at.toISOString()} by what was replicated, which is kept for a day. A backup may: see "clawharbor-bootstrap backup list".`,
      );
    }
    return { directory, asOf, without };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** What is left of whoever looked. */
export async function removeStaged({ local }: Pick<Places, 'local'>): Promise<void> {
  for (const name of (await namesIn(local)).filter(isStaged))
    await rm(join(local, name), { recursive: true, force: true });
}

/** @throws BootstrapError `REPLICA_MISSING` */
export async function mustBeReplicated(places: Places): Promise<Holder> {
  const holder = await readHolder(places);
  if (holder?.lives === 'local') return holder;
  throw new BootstrapError(
    'REPLICA_MISSING',
    'The databases of this pod are not replicated now: a backup is the way back, as "clawharbor-bootstrap backup list" has them.',
  );
}

async function present(places: Places, { epoch, earlier, directories }: Holder): Promise<string[]> {
  const lists = await Promise.all(directories.map((each) => databasesOf(places, [epoch, ...earlier], each)));
  return lists.flat();
}
