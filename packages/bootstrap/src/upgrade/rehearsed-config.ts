import { isSameSet } from '../config/config-set.ts';
import { install, readLive } from '../config/live-config.ts';
import type { StepContext, Warning } from '../steps/step.ts';
import type { Rehearsed } from './rehearsal.ts';

/**
 * Installs the config that a rehearsal has found, if nobody has edited it since: what was asked of the new release while the
 * old one ran need not be asked while nobody is served.
 */
export async function installRehearsed(
  { host, spec }: StepContext,
  { config: { live, accepted } }: Rehearsed,
): Promise<{ readonly changes: readonly string[]; readonly warnings: readonly Warning[] }> {
  const now = (await readLive(host)).live;
  if (!isSameSet(now, live) || !(await install(host, spec, now, accepted)))
    return { changes: [], warnings: [] };
  return { changes: accepted.merged.differs ? accepted.merged.changes : [], warnings: accepted.migrated };
}
