import { ConfigMergeError } from './errors.ts';
import { isObject, type JsonValue } from './json.ts';
import { anyKey, formatPath, parsePattern, type PatternStep } from './path.ts';
import {
  checkPolicy,
  compileRules,
  mergesByElement,
  owners,
  type Owner,
  type Policy,
  type Rule,
} from './policy.ts';

/** Owners by path, as in `{ 'agents.defaults.model': 'managed', 'channels.telegram': 'user' }`. */
export type ChosenOwners = Readonly<Record<string, Owner>>;

/**
 * A policy with other owners for some paths, and for everything below them. What the policy says besides, which values
 * are hidden and what identifies the elements of an array, stays.
 *
 * @param chosen Owner by path; paths as in rules. The longer path counts.
 * @throws ConfigMergeError `OWNER_INVALID` for what is no owner; `PATH_INVALID`; `OWNER_REFUSED` for one that leaves
 * people more than an exclusive or fixed rule at, above or below the path; `POLICY_TIE` for two that are equally specific
 */
export function withOwners(policy: Policy, chosen: ChosenOwners): Policy {
  const { rules, default: fallback, defaultReason } = checkPolicy(policy);
  const choices = readChoices(chosen);
  for (const choice of choices) refuseWeaker(choice, rules);
  // The order in which they are written must not decide.
  checkPolicy({ rules: choices.map(({ path, owner }) => ({ path, owner })) });
  const next = choices
    .toSorted((a, b) => a.steps.length - b.steps.length || exactness(a.steps) - exactness(b.steps))
    .reduce(choose, rules);
  return checkPolicy({ rules: next, default: fallback, defaultReason });
}

/**
 * Tells whether a rule that no choice of {@link withOwners} loosens covers a path, an exclusive or a fixed one. Paths are
 * keys from the root.
 */
export function fixedBy(policy: Policy): (path: readonly string[]) => boolean {
  const rules = compileRules(policy.rules).filter(({ rule }) => stands(rule));
  return (path) =>
    rules.some(
      ({ steps }) =>
        steps.length <= path.length && steps.every((step, at) => step === anyKey || step === path[at]),
    );
}

const stands = ({ owner, fixed }: Rule): boolean => owner === 'exclusive' || fixed === true;

interface Choice {
  readonly path: string;
  readonly steps: readonly PatternStep[];
  readonly owner: Owner;
}

function readChoices(chosen: unknown): Choice[] {
  if (!isObject(chosen as JsonValue)) {
    throw new ConfigMergeError(
      'OWNER_INVALID',
      'owners: must be an object, as in { "channels.telegram": "user" }',
    );
  }
  return Object.entries(Object(chosen) as Record<string, unknown>).map(([path, value]) => {
    const owner = owners.find((one) => one === value);
    if (owner === undefined) {
      const message = `owners: ${path}: is no owner: choose ${owners.join(', ')}`;
      throw new ConfigMergeError('OWNER_INVALID', message, { path });
    }
    return { path, steps: parsePattern(path), owner };
  });
}

function refuseWeaker({ path, steps, owner }: Choice, rules: readonly Rule[]): void {
  for (const { rule, steps: pattern } of compileRules(rules)) {
    if (!stands(rule) || !meet(steps, pattern)) continue;
    if (owners.indexOf(owner) <= owners.indexOf(rule.owner)) continue;
    throw new ConfigMergeError(
      'OWNER_REFUSED',
      `owners: ${path} cannot be ${owner}: ${rule.path} is ${rule.owner}, and stays so: ${rule.reason ?? 'the policy says so'}`,
      { path },
    );
  }
}

/** The rules with one choice made: each that decides something at or below its path decides it for the chosen owner. */
function choose(rules: readonly Rule[], { path, steps, owner }: Choice): readonly Rule[] {
  const reason = `${path} was given this owner`;
  const made = new Map<string, Rule>([[formatPath(steps), { path, owner, reason }]]);
  for (const { rule, steps: pattern } of compileRules(rules)) {
    if (pattern.length < steps.length || !meet(steps, pattern)) continue;
    const here = formatPath(pattern.map((step, at) => narrower(step, steps[at])));
    const { arrayKey, sensitive } = rule;
    const before = made.get(here);
    made.set(here, {
      path: here,
      owner,
      arrayKey: mergesByElement(owner) ? (arrayKey ?? before?.arrayKey) : undefined,
      // Of two rules that come to mean the same place, the one that hides counts.
      sensitive: before?.sensitive === true ? true : sensitive,
      reason,
      fixed: rule.fixed,
    });
  }
  return [...rules.filter((rule) => !made.has(formatPath(parsePattern(rule.path)))), ...made.values()];
}

/** Whether one of two patterns leads to a place that is at, above or below one of the other. */
function meet(a: readonly PatternStep[], b: readonly PatternStep[]): boolean {
  return a.every((step, at) => {
    const other = b[at];
    return other === undefined || step === anyKey || other === anyKey || step === other;
  });
}

function narrower(step: PatternStep, other: PatternStep | undefined): PatternStep {
  return step === anyKey && other !== undefined ? other : step;
}

function exactness(steps: readonly PatternStep[]): number {
  return steps.filter((step) => step !== anyKey).length;
}
