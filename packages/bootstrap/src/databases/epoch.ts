import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../config/files.ts';
import { localCopies, localEpoch, type Places } from './places.ts';
import { namesIn } from './presence.ts';

/** Name of an epoch that begins now: it sorts behind the one before it, also where the clock was put back. */
export function newEpoch(now: Date, before?: string): string {
  const begun = before === undefined ? -Infinity : beginOf(before);
  const time = Number.isFinite(begun) ? Math.max(now.getTime(), begun + 1) : now.getTime();
  return `${new Date(time).toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
}

/** When an epoch began, in milliseconds of the epoch; Infinity for a name that was not made here. Pure. */
export function beginOf(epoch: string): number {
  const found = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-/.exec(epoch);
  const [year, month, day, hour, minute, second, millisecond] = (found ?? []).slice(1).map(Number);
  if (year === undefined) return Infinity;
  return Date.UTC(year, month! - 1, day, hour, minute, second, millisecond);
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
  if (epoch === undefined) {
    await rm(localCopies(places), { recursive: true, force: true });
    return undefined;
  }
  const older = names.filter((name) => name.startsWith('aside-')).toSorted();
  for (const name of older.slice(0, Math.max(0, older.length - mostAside + 1)))
    await rm(join(places.local, name), { recursive: true, force: true });
  const aside = asideOf(places, epoch);
  await rm(aside, { recursive: true, force: true });
  await rename(localCopies(places), aside);
  await rm(localEpoch(places), { force: true });
  return aside;
}
