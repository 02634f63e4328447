import { anyKey } from './path.ts';
import { compileRules, type CompiledRule, type Owner, type Policy, type Rule } from './policy.ts';

/** What the policy says of one path: who owns it, and which rules wait further down. */
export interface Scope {
  readonly owner: Owner;
  readonly reason: string;
  readonly sensitive: boolean;
  /** Set where the rule names an array whose objects have an identity. */
  readonly arrayKey: string | undefined;
  /** Rules that may still apply below; none lets a walk stop early. */
  readonly below: readonly Pending[];
  /** The scope of every key that no rule below names, when there is no rule below at all. */
  readonly inherited: Scope | undefined;
}

interface Pending extends CompiledRule {
  /** How many steps of the pattern are matched. */
  readonly matched: number;
}

const compiled = new WeakMap<Policy, Scope>();

/** The scope of the root. */
export function rootScope(policy: Policy): Scope {
  let scope = compiled.get(policy);
  if (scope === undefined) {
    const below = compileRules(policy.rules).map((rule) => ({ ...rule, matched: 0 }));
    scope = makeScope(
      { path: '', owner: policy.default, reason: policy.defaultReason ?? 'no rule covers it' },
      false,
      below,
    );
    compiled.set(policy, scope);
  }
  return scope;
}

/** The scope of a key of the object (or of an element of the keyed array) that `scope` describes. */
export function enter(scope: Scope, key: string): Scope {
  if (scope.below.length === 0) return scope.inherited ?? scope;
  const below: Pending[] = [];
  const here: CompiledRule[] = [];
  for (const pending of scope.below) {
    const step = pending.steps[pending.matched];
    if (step !== anyKey && step !== key) continue;
    if (pending.matched + 1 === pending.steps.length) here.push(pending);
    else below.push({ ...pending, matched: pending.matched + 1 });
  }
  here.sort((a, b) => b.exact - a.exact);
  // Hiding is the safe side: a more specific rule that says nothing of it does not uncover a value.
  const sensitive = here.find(({ rule }) => rule.sensitive !== undefined)?.rule.sensitive ?? scope.sensitive;
  const winner = here[0]?.rule;
  if (winner === undefined) {
    return makeScope({ path: '', owner: scope.owner, reason: scope.reason }, sensitive, below);
  }
  return makeScope(winner, sensitive, below);
}

/** The scope of a path. */
export function scopeAt(policy: Policy, keys: readonly string[]): Scope {
  return keys.reduce(enter, rootScope(policy));
}

function makeScope(rule: Rule, sensitive: boolean, below: readonly Pending[]): Scope {
  const { owner, arrayKey } = rule;
  const reason = rule.reason ?? `the rule ${rule.path}`;
  const plain: Scope = { owner, reason, sensitive, arrayKey: undefined, below, inherited: undefined };
  return arrayKey === undefined ? plain : { ...plain, arrayKey, inherited: plain };
}
