import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { asideOf } from './epoch.ts';
import type { Holder } from './holder.ts';
import { localBoot, localCopies, localEpoch, type Places } from './places.ts';
import { isThere } from './presence.ts';

/** In a directory of copies: the epoch that they are to be, or are, the databases of. */
const ownEpoch = (copies: string): string => join(copies, 'epoch');

export async function nameCopies(copies: string, epoch: string): Promise<void> {
  await writeAtomically(ownEpoch(copies), epoch);
}

/**
 * Finishes an exchange of the local copies that was cut short, or undoes it: the record says which. What was not replicated is on this
 * disk alone, and must not lie aside while what the replica has takes its place.
 */
export async function settleCopies(places: Places, holder: Holder | undefined, boot: string): Promise<void> {
  const current = localCopies(places);
  const isWhole = (await readIfPresent(localEpoch(places))) !== undefined && (await isThere(current));
  if (holder?.lives !== 'local' || isWhole) return;
  if ((await readIfPresent(ownEpoch(current))) === holder.epoch) {
    // Nobody has written to them yet.
    await sayWhose(places, holder.epoch, boot);
  } else if (await isThere(asideOf(places, holder.epoch))) {
    await rm(current, { recursive: true, force: true });
    await rename(asideOf(places, holder.epoch), current);
    await writeAtomically(localEpoch(places), holder.epoch);
  }
}

/** The machine's own word, once the record has been written: without it no gateway is started. */
export async function sayWhose(places: Places, epoch: string, boot: string): Promise<void> {
  await writeAtomically(localBoot(places), boot);
  await writeAtomically(localEpoch(places), epoch);
}
