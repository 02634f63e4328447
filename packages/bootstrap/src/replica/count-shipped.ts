import type { LocalDatabase } from './local-database.ts';
import type { Track } from './track.ts';
import { isSameIncarnation } from './wal-file.ts';

/**
 * Rows of every ordinary table as they are on the replica, once all is there.
 * @returns undefined: something was written meanwhile
 * @throws as {@link Track.read} and {@link Track.ship}
 */
export async function countShipped(
  database: LocalDatabase,
  track: Track,
): Promise<Record<string, number> | undefined> {
  const before = database.look();
  const isRead = database.repin((look) => {
    track.read(database.source, look);
    return track.hasRead(look);
  });
  await track.ship();
  if (!isRead) return undefined;
  const counts = database.countRows();
  // What the pin sees is what was there at both looks, because it has begun between.
  const after = database.look();
  return after.log === before.log && isSameIncarnation(after.header, before.header) ? counts : undefined;
}
