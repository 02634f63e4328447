import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { ConfigMergeError } from './errors.ts';
import { anyKey, formatPath, parsePattern, type PatternStep } from './path.ts';
import type { PolicyPath } from './policy-path.ts';

/**
 * Who decides a key.
 *
 * - `managed`: each leaf in desired wins; siblings in live stay.
 * - `exclusive`: the subtree equals desired; what live has besides is removed and reported.
 * - `followed`: a first value that follows desired until somebody changes it in live; from then on it is theirs. What
 *   has the applied value again follows again.
 * - `seeded`: a first value that never moves: written only when live has none.
 * - `user`: desired may not set it.
 *
 * What is `followed` or `seeded`, was applied and then deleted by the user stays deleted.
 */
export type Owner = (typeof owners)[number];

/** From the one that leaves people the least to the one that leaves them everything. */
export const owners = ['exclusive', 'managed', 'followed', 'seeded', 'user'] as const;

/** Whether desired gives such a key its first value only, so that people may change and delete it. */
export function isFirstValue(of: Owner): boolean {
  return of === 'followed' || of === 'seeded';
}

const owner = z.enum(owners);

const text = z.string().check(z.minLength(1));

const ruleSchema = z.strictObject({
  path: z.string(),
  owner,
  arrayKey: z.optional(text),
  sensitive: z.optional(z.boolean()),
  reason: z.optional(text),
  fixed: z.optional(z.boolean()),
});

const policySchema = z.strictObject({
  rules: z.array(ruleSchema),
  default: z.optional(owner),
  defaultReason: z.optional(text),
});

export interface Rule<Path extends string = string> {
  /** The subtree the rule decides: `gateway.auth`, `models.providers.*.models`, `hosts["a.b"]`. */
  readonly path: Path;
  readonly owner: Owner;
  /**
   * The key that identifies the objects of the array at `path` by a string. Such an array merges element by
   * element, and its elements are addressed by that string: `models["nova"].name`. Every other array is
   * replaced as a whole. For `managed`, `followed` and `seeded` only: an exclusive array equals desired anyway.
   */
  readonly arrayKey?: string | undefined;
  /** Whether values below `path` are hidden in every report. Inherited downwards. Default: false. */
  readonly sensitive?: boolean | undefined;
  /** Why this owner decides, for people. */
  readonly reason?: string | undefined;
  /** Whether `withOwners` may only give the path an owner that leaves people less. Exclusive rules are so always. */
  readonly fixed?: boolean | undefined;
}

export interface PolicyInput<Path extends string = string> {
  readonly rules: readonly Rule<Path>[];
  /** Who decides what no rule covers. Default: `managed`. */
  readonly default?: Owner | undefined;
  readonly defaultReason?: string | undefined;
}

export interface Policy {
  readonly rules: readonly Rule[];
  readonly default: Owner;
  readonly defaultReason: string | undefined;
}

/** A rule with its pattern read. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly steps: readonly PatternStep[];
  /** How many steps are exact keys: of two rules of the same length, the one with more is more specific. */
  readonly exact: number;
}

/**
 * Checks and freezes a policy. Of the rules that cover a path the longest wins, then the one with fewer `*`.
 * With the type of the config, `definePolicy<MyConfig>(…)`, a rule for a path it does not have does not compile.
 *
 * @throws ConfigMergeError `POLICY_INVALID` for a wrong form, `PATH_INVALID` for an unreadable path,
 * `POLICY_TIE` when two rules are equally specific for some path.
 */
export function definePolicy<Config = unknown>(input: PolicyInput<PolicyPath<Config>>): Policy {
  return checkPolicy(input);
}

/** The same for a policy that no compiler has seen. */
export function checkPolicy(input: unknown): Policy {
  const parsed = parse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = formatPath((issue?.path ?? []).map(String));
    throw new ConfigMergeError(
      'POLICY_INVALID',
      `policy: ${path === '' ? 'the root' : path}: ${issue?.message ?? 'wrong form'}`,
      { path },
    );
  }
  const { rules, default: defaultOwner = 'managed', defaultReason } = parsed.data;
  refuseTies(compileRules(rules));
  return Object.freeze({
    rules: Object.freeze(rules.map((rule) => Object.freeze(rule))),
    default: defaultOwner,
    defaultReason,
  });
}

function parse(input: unknown) {
  try {
    return policySchema.safeParse(input, { error: en().localeError });
  } catch {
    throw new ConfigMergeError('POLICY_INVALID', 'policy: cannot be read: a getter in it throws');
  }
}

export function compileRules(rules: readonly Rule[]): CompiledRule[] {
  return rules.map((rule) => {
    if (rule.arrayKey !== undefined && !mergesByElement(rule.owner)) {
      throw new ConfigMergeError(
        'POLICY_INVALID',
        `policy: ${rule.path}: arrayKey needs the owner managed, followed or seeded, not ${rule.owner}`,
        { path: rule.path },
      );
    }
    const steps = parsePattern(rule.path);
    return { rule, steps, exact: steps.filter((key) => key !== anyKey).length };
  });
}

/** An exclusive array equals desired anyway, and desired has no say in a user's. */
export function mergesByElement(of: Owner): boolean {
  return of !== 'exclusive' && of !== 'user';
}

function refuseTies(rules: readonly CompiledRule[]): void {
  const patterns = new Set(rules.map(({ steps }) => formatPath(steps)));
  for (const [index, a] of rules.entries()) {
    for (const b of rules.slice(index + 1)) {
      const both = overlap(a, b);
      if (both === undefined) continue;
      const same = formatPath(a.steps) === formatPath(b.steps);
      // A rule for exactly the paths both cover is more specific than either, so there is nothing to decide.
      if (!same && patterns.has(formatPath(both))) continue;
      throw new ConfigMergeError(
        'POLICY_TIE',
        same
          ? `policy: two rules for ${a.rule.path}: keep one`
          : `policy: ${a.rule.path} and ${b.rule.path} are equally specific for ${formatPath(both)}: add a rule for it`,
        { path: formatPath(both) },
      );
    }
  }
}

/** The pattern of the paths that both rules cover, if they are equally specific and there are any. */
function overlap(a: CompiledRule, b: CompiledRule): PatternStep[] | undefined {
  if (a.steps.length !== b.steps.length || a.exact !== b.exact) return undefined;
  const both: PatternStep[] = [];
  for (const [index, left] of a.steps.entries()) {
    const right = b.steps[index] ?? anyKey;
    if (left !== anyKey && right !== anyKey && left !== right) return undefined;
    both.push(left === anyKey ? right : left);
  }
  return both;
}
