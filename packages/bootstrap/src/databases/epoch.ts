import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localCopies, localEpoch, type Places } from './places.ts';
import { namesIn } from './presence.ts';

/** Name of an epoch that begins now: later ones sort behind it. */
export function newEpoch(now: Date): string {
  return `${now.toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
}

/** When an epoch began, in milliseconds of the epoch; Infinity for a name that was not made here. Pure. */
export function beginOf(epoch: string): number {
  const found = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-/.exec(epoch);
  const [year, month, day, hour, minute, second, millisecond] = (found ?? []).slice(1).map(Number);
  if (year === undefined) return Infinity;
  return Date.UTC(year, month! - 1, day, hour, minute, second, millisecond);
}

/**
 * Sets the local copies aside. Keeps one, for whoever looks for what was not replicated in time.
 * @param epoch whose they are
 * @returns where they are; undefined where there are none
 */
export async function setAside(places: Places, epoch: string | undefined): Promise<string | undefined> {
  const names = await namesIn(places.local);
  if (!names.includes('current')) return undefined;
  for (const name of names.filter((each) => each.startsWith('aside-')))
    await rm(join(places.local, name), { recursive: true, force: true });
  const aside = join(places.local, `aside-${epoch ?? 'unknown'}`);
  await rm(localEpoch(places), { force: true });
  await rename(localCopies(places), aside);
  return aside;
}
