import { readdirSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDirectory } from './data-dir.ts';
import { endProcessesBelow } from './orphans.ts';

/**
 * A pod that was killed leaves processes and root disks behind; consoles are kept for a while.
 * @throws the signal's reason: what is left then, the next start clears
 */
export async function clearLeftovers(
  { instances, consoles }: DataDirectory,
  signal: AbortSignal,
): Promise<void> {
  await endProcessesBelow(instances, 15_000, signal);
  for (const name of readdirSync(instances)) {
    signal.throwIfAborted();
    // A root disk has tens of thousands of files.
    await rm(join(instances, name), { recursive: true, force: true });
  }
  const newestFirst = readdirSync(consoles)
    .map((name) => join(consoles, name))
    .toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  for (const file of newestFirst.slice(10)) rmSync(file);
}
