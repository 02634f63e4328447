import type { Plan } from '../merge.ts';
import type { Effect } from '../openclaw/effects.ts';
import type { Change } from '../report.ts';
import { formatSource } from '../includes.ts';
import type { InputOptions, MergedFiles } from './inputs.ts';

export interface PlannedChange extends Change {
  /** Which files have the path, with `--include-root`; where they do not agree, the last one counts. */
  readonly files?: readonly string[];
}

/** A plan with the files that the changes concern. */
export function withFiles(
  plan: Plan,
  sourcesOf: MergedFiles['sourcesOf'],
): Plan & { changes: readonly PlannedChange[] } {
  if (sourcesOf === undefined) return plan;
  const changes = plan.changes.map((change) => ({
    ...change,
    files: sourcesOf(change.path).map(formatSource),
  }));
  return { ...plan, changes };
}

/** A plan with what each change does to a gateway that runs. */
export interface PlanWithEffects extends Plan {
  readonly changes: readonly (PlannedChange & { readonly effect?: Effect })[];
  /** Of all changes together: the one that people notice most. */
  readonly effect?: Effect;
}

/** What a change does is known of OpenClaw only, and of a gateway that has a config. */
export async function withEffects(
  plan: Plan,
  { policy, live }: Pick<InputOptions, 'policy' | 'live'>,
): Promise<PlanWithEffects> {
  if (policy !== 'openclaw' || live === undefined) return plan;
  const { effectOf, effectOfAll } = await import('../openclaw/effects.ts');
  const all = effectOfAll(plan.changes);
  const changes = plan.changes.map((change) => {
    const effect = effectOf(change);
    return effect === undefined ? change : { ...change, effect };
  });
  return { ...plan, changes, ...(all && { effect: all }) };
}
