import { anyKey, type PatternStep } from './path.ts';
import {
  checkPolicy,
  compileRules,
  type CompiledRule,
  type Owner,
  type Policy,
  type Rule,
} from './policy.ts';

/** What the policy says of one path: who owns it, and which rules wait further down. */
export interface Scope {
  readonly owner: Owner;
  readonly reason: string;
  /** What every report of a place ends with: who decides it and why. */
  readonly because: string;
  readonly sensitive: boolean;
  /** Whether a rule further down says otherwise: only then is a value worth looking inside. */
  readonly hidesPart: boolean;
  /** Set where the rule names an array whose objects have an identity. */
  readonly arrayKey: string | undefined;
  /** Rules that may still apply below; none lets a walk stop early. */
  readonly below: readonly Pending[];
  /** Whether no rule tells places below apart: what is said here holds for all of them. */
  readonly uniform: boolean;
  /** Whether something may leave live here or below although desired and last applied never named it. */
  readonly touchesUnnamed: boolean;
  /** Keys that a rule names. */
  readonly named: ReadonlySet<PatternStep | undefined>;
  /** Scopes of the keys, made when first entered: one per key that a rule names, one for all others. */
  readonly children: Map<PatternStep, Scope>;
}

interface Pending extends CompiledRule {
  /** How many steps of the pattern are matched. */
  readonly matched: number;
}

const compiled = new WeakMap<Policy, Scope>();

/**
 * The scope of the root.
 *
 * @throws ConfigMergeError `POLICY_*`, `PATH_INVALID` for a policy that was not checked before
 */
export function rootScope(policy: Policy | undefined): Scope {
  let scope = policy === undefined ? undefined : compiled.get(policy);
  if (scope === undefined) {
    const checked = checkPolicy(policy);
    const below = compileRules(checked.rules).map((rule) => ({ ...rule, matched: 0 }));
    const reason = checked.defaultReason ?? 'no rule covers it';
    scope = makeScope({ path: '', owner: checked.default, reason }, false, below);
    compiled.set(policy ?? checked, scope);
  }
  return scope;
}

/** The scope of a key of the object (or of an element of the keyed array) that `scope` describes. */
export function enter(scope: Scope, key: string): Scope {
  if (scope.uniform) return scope;
  const { named, children } = scope;
  const step = named.has(key) ? key : anyKey;
  let child = children.get(step);
  if (child === undefined) {
    child = makeChild(scope, step);
    children.set(step, child);
  }
  return child;
}

function makeChild(scope: Scope, step: PatternStep): Scope {
  const matching = scope.below
    .filter((rule) => nextStep(rule) === anyKey || nextStep(rule) === step)
    .map((rule) => ({ ...rule, matched: rule.matched + 1 }));
  const here = matching
    .filter(({ matched, steps }) => matched === steps.length)
    .toSorted((a, b) => b.exact - a.exact);
  const below = matching.filter(({ matched, steps }) => matched < steps.length);
  // Hiding is the safe side: a more specific rule that says nothing of it does not uncover a value, and of two
  // rules below it that are equally specific the one that hides counts.
  const [first, ...others] = here.filter(({ rule }) => rule.sensitive !== undefined);
  const sensitive =
    first === undefined
      ? scope.sensitive
      : [first, ...others].some(({ rule, exact }) => exact === first.exact && rule.sensitive === true);
  return makeScope(here[0]?.rule ?? { path: '', owner: scope.owner, reason: scope.reason }, sensitive, below);
}

function nextStep({ steps, matched }: Pending): PatternStep | undefined {
  return steps[matched];
}

function makeScope(rule: Rule, sensitive: boolean, below: readonly Pending[]): Scope {
  const { owner, arrayKey } = rule;
  const reason = rule.reason ?? `the rule ${rule.path}`;
  return {
    owner,
    reason,
    because: `; ${owner}: ${reason}`,
    sensitive,
    hidesPart: below.some((pending) => pending.rule.sensitive === !sensitive),
    arrayKey,
    below,
    uniform: below.length === 0 && arrayKey === undefined,
    touchesUnnamed: owner === 'exclusive' || below.some((pending) => pending.rule.owner === 'exclusive'),
    named: new Set(below.map(nextStep)),
    children: new Map(),
  };
}
