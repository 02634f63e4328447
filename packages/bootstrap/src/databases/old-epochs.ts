import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beginOf } from './epoch.ts';
import { readHolder } from './holder.ts';
import type { Places } from './places.ts';
import { namesIn } from './presence.ts';

/** So far back the databases can be had as they were at a time. */
export const keptHours = 24;

/**
 * Removes what was replicated in epochs that have been over for a day. Only for who holds the databases.
 * @throws the system's own error
 */
export async function removeOldEpochs(places: Places, now: Date): Promise<void> {
  const holder = await readHolder(places);
  if (holder === undefined) return;
  const names = (await namesIn(join(places.replica, 'epochs'))).toSorted();
  const epochs = await Promise.all(
    names.map(async (epoch) => ({ epoch, begun: await beginOf(places, epoch) })),
  );
  for (const { epoch } of supersededBefore(epochs, new Date(now.getTime() - keptHours * 3_600_000))) {
    if (epoch !== holder.epoch)
      await rm(join(places.replica, 'epochs', epoch), { recursive: true, force: true });
  }
}

/** Those of which there is anything: each start begins an epoch, and each start after it would look into all of them. */
export async function notRemoved({ replica }: Places, epochs: readonly string[]): Promise<string[]> {
  const there = await namesIn(join(replica, 'epochs'));
  // Where nothing at all can be seen, it is not known which were removed.
  return epochs.filter((epoch) => there.length === 0 || there.includes(epoch));
}

/** Epochs that another one has followed before a time; what was not made here is kept. Pure. @param epochs oldest first */
export function supersededBefore<T extends { readonly begun: number }>(
  epochs: readonly T[],
  time: Date,
): readonly T[] {
  return epochs.slice(0, -1).filter((_, index) => epochs[index + 1]!.begun < time.getTime());
}
