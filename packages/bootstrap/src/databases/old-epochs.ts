import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readHolder } from './holder.ts';
import type { Places } from './places.ts';

/** So far back the databases can be had as they were at a time. */
export const keptHours = 24;

/**
 * Removes what was replicated in epochs that have been over for a day. Only for who holds the databases.
 * @throws the system's own error
 */
export async function removeOldEpochs(places: Places, now: Date): Promise<void> {
  const holder = await readHolder(places);
  if (holder === undefined) return;
  const names: string[] = await readdir(join(places.replica, 'epochs')).catch(() => []);
  const epochs = names.toSorted();
  for (const epoch of supersededBefore(epochs, new Date(now.getTime() - keptHours * 3_600_000))) {
    if (epoch !== holder.epoch)
      await rm(join(places.replica, 'epochs', epoch), { recursive: true, force: true });
  }
}

/** Epochs that another one has followed before a time. Pure. @param epochs oldest first */
export function supersededBefore(epochs: readonly string[], time: Date): string[] {
  return epochs.slice(0, -1).filter((_, index) => beginOf(epochs[index + 1]!) < time.getTime());
}

/** Its name says when an epoch began. */
function beginOf(epoch: string): number {
  const found = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-/.exec(epoch);
  const [year, month, day, hour, minute, second, millisecond] = (found ?? []).slice(1).map(Number);
  // What has another name was not made here, and is kept.
  if (year === undefined) return Infinity;
  return Date.UTC(year, month! - 1, day, hour, minute, second, millisecond);
}
