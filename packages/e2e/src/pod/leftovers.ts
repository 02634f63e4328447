import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataDirectory } from './data-dir.ts';
import { endProcessesBelow } from './orphans.ts';

/** A pod that was killed leaves processes and root disks behind; consoles are kept for a while. */
export async function clearLeftovers({ instances, consoles }: DataDirectory): Promise<void> {
  await endProcessesBelow(instances, 15_000);
  for (const name of readdirSync(instances)) rmSync(join(instances, name), { recursive: true, force: true });
  const newestFirst = readdirSync(consoles)
    .map((name) => join(consoles, name))
    .toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  for (const file of newestFirst.slice(10)) rmSync(file);
}
