import { Draft } from './draft.ts';
import { Inputs } from './inputs.ts';
import type { JsonObject } from './json.ts';
import type { Policy } from './policy.ts';
import { remember } from './provenance.ts';
import { Reporter, type Change, type Warning } from './report.ts';
import { rootScope } from './scope.ts';
import { Walk } from './walk.ts';

/** The three inputs of a merge. They are never changed. */
export interface MergeInput {
  /** The config in use, edited by people. Leave it out when there is none yet: the result is then desired. */
  readonly live?: object | undefined;
  /** The config the infrastructure wants. */
  readonly desired: object;
  /** The `desired` of the merge before. Without it nothing that is no longer desired can be withdrawn. */
  readonly lastApplied?: object | undefined;
  readonly policy: Policy;
}

export interface MergeResult {
  /** The config to write. Parts that did not change are those of the inputs: treat both as read-only. */
  readonly config: JsonObject;
  readonly changes: readonly Change[];
  readonly warnings: readonly Warning[];
}

/** A merge for people to read before it happens. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly warnings: readonly Warning[];
  /** Whether the result would be equal to live. */
  readonly upToDate: boolean;
}

/**
 * Merges live and desired, key by key as the policy says who decides.
 *
 * @throws ConfigMergeError `VALUE_*` for inputs that are not JSON, `DESIRED_*` for a desired config that the
 * policy does not allow, `POLICY_*` and `PATH_INVALID` for a policy that `definePolicy` did not check.
 */
export function mergeConfig(input: MergeInput): MergeResult {
  // Code that no compiler has seen may leave anything out.
  const { live, desired, lastApplied, policy }: Partial<MergeInput> = Object(input);
  const root = rootScope(policy);
  const inputs = new Inputs(live, desired, lastApplied, root);

  const report = new Reporter();
  const walk = new Walk(report);
  const merged = new Draft(inputs.live);
  for (const key of inputs.keys()) {
    const place = inputs.at(key);
    merged.put(key, walk.member(key, place, root, false), place.live);
  }
  // An object of its own, so that what is remembered of it is not said of an input.
  const config = merged.value === inputs.live ? { ...inputs.live } : merged.value;
  const { changes, warnings } = report;
  remember(config, { live: inputs.live, desired: inputs.desired, root, changes });
  return { config, changes, warnings };
}

/** What {@link mergeConfig} would do, without the config: for people, who may not see every value. */
export function planConfig(input: MergeInput): Plan {
  return planOf(mergeConfig(input));
}

/** What people may see of a merge. */
export function planOf({ changes, warnings }: MergeResult): Plan {
  return { changes, warnings, upToDate: changes.every(({ op }) => op === 'keep') };
}
