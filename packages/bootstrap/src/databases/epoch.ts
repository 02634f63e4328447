import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../config/files.ts';
import { generationName, timeOf } from '../replica/generation.ts';
import { localCopies, localEpoch, type Places } from './places.ts';
import { namesIn, unlessAbsent } from './presence.ts';

/** Name of an epoch that begins now: it sorts behind the one before it, also where the clock was put back. */
export function newEpoch(now: Date, before?: string): string {
  return generationName(now.getTime(), before === undefined ? [] : [before]);
}

/**
 * When an epoch began, in milliseconds of the epoch; Infinity for a name that was not made here. One that began with a clock that
 * was ahead puts the names of all after it ahead as well: of those the file system says when they were made.
 */
export async function beginOf({ replica }: Pick<Places, 'replica'>, epoch: string): Promise<number> {
  const named = timeOf(epoch);
  if (named === undefined) return Infinity;
  const made = await stat(join(replica, 'epochs', epoch)).catch(unlessAbsent(undefined));
  return Math.min(named, made?.mtimeMs ?? Infinity);
}

/** So many are kept: what was on the disk of a machine that was cut off, also where its next start fails. */
const mostAside = 2;

export const asideOf = ({ local }: Places, epoch: string): string => join(local, `aside-${epoch}`);

/**
 * Sets the local copies aside, for whoever looks for what was not replicated in time. Those that no epoch was said to be of are
 * half of a start that was cut short, and nobody's.
 * @returns where they are; undefined where there are none
 */
export async function setAside(places: Places): Promise<string | undefined> {
  const names = await namesIn(places.local);
  if (!names.includes('current')) return undefined;
  const epoch = await readIfPresent(localEpoch(places));
  const older = names.filter((name) => name.startsWith('aside-')).toSorted();
  if (epoch === undefined) {
    await rm(localCopies(places), { recursive: true, force: true });
    // Nobody has heard of what that start has set aside.
    const last = older.at(-1);
    return last === undefined ? undefined : join(places.local, last);
  }
  for (const name of older.slice(0, Math.max(0, older.length - mostAside + 1)))
    await rm(join(places.local, name), { recursive: true, force: true });
  const aside = asideOf(places, epoch);
  await rm(aside, { recursive: true, force: true });
  await rename(localCopies(places), aside);
  await rm(localEpoch(places), { force: true });
  return aside;
}
