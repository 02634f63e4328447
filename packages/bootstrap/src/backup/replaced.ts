import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from '../host/layout.ts';
import { removeBelow } from '../temporary/sweep.ts';

/** A state that a restore took the place of. */
export interface ReplacedState {
  readonly directory: string;
  /** When it was replaced, ISO 8601. */
  readonly at: string;
}

/** So long a replaced state is kept: then a restore that was a mistake is known to be one. */
export const replacedDays = 7;

/** OpenClaw leaves everything whose name ends so out of its archives (`docs/cli/backup.md` of OpenClaw). */
const pattern = /^replaced-(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.tmp$/;

export function replacedDirectory({ records }: Layout, now: Date): string {
  return join(records, `replaced-${now.toISOString().replaceAll(':', '-')}.tmp`);
}

/** Oldest first. */
export async function replacedStates({ records }: Layout): Promise<ReplacedState[]> {
  const names: string[] = await readdir(records).catch(() => []);
  return names.toSorted().flatMap((name) => {
    const [, day, hours, minutes, rest] = pattern.exec(name) ?? [];
    return day === undefined
      ? []
      : [{ directory: join(records, name), at: `${day}${hours}:${minutes}:${rest}` }];
  });
}

/** Removes those that were kept for {@link replacedDays}. @returns what was done, a line each */
export async function removeReplaced(layout: Layout, now: Date): Promise<string[]> {
  const old = (await replacedStates(layout)).filter(
    ({ at }) => now.getTime() - Date.parse(at) > replacedDays * 86_400_000,
  );
  for (const { directory } of old) await removeBelow(layout.state, directory);
  return old.map(({ at }) => `remove the state that a restore replaced at ${at}`);
}
