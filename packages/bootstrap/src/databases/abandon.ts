import { newEpoch, setAside } from './epoch.ts';
import { readHolder, writeHolder } from './holder.ts';
import type { Places } from './places.ts';

/**
 * Makes the files in the state directory the databases, as they are: for a restore, which has decided to put those of a backup there.
 * Whatever was on a local disk or replicated counts no more; it is kept where it is for as long as any epoch that is over. Only
 * behind the fence, and as the gateway's user. Cut short, it is done again.
 */
export async function abandonDatabases(places: Places, now: Date): Promise<{ readonly changes: string[] }> {
  // A record that cannot be read is one of the reasons why somebody restores.
  const holder = await readHolder(places).catch(() => 'unreadable' as const);
  if (holder === undefined || (holder !== 'unreadable' && holder.lives === 'state')) return { changes: [] };
  await writeHolder(places, {
    lives: 'state',
    epoch: newEpoch(now, holder === 'unreadable' ? undefined : holder.epoch),
    directories: [],
    earlier: [],
  });
  const aside = await setAside(places);
  return { changes: aside === undefined ? [] : [`set aside the local databases: ${aside}`] };
}
