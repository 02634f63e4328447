import { credentials } from './openclaw/by-release/credentials.ts';
import { anyKey, formatPath, parsePattern, type PatternStep } from './path.ts';
import type { Owner, Rule } from './policy.ts';

interface Decided {
  readonly rules: readonly Rule[];
  readonly default: Owner;
  readonly defaultReason: string;
}

/**
 * The rules of a policy for OpenClaw's config, with every place hidden that may hold a credential
 * (`npx projen openclaw:generate`). Who decides a place stays as it is, so this comes last.
 */
export function withCredentialsHidden({ rules, default: owner, defaultReason }: Decided): Rule[] {
  const read = rules.map((rule) => ({ rule, steps: parsePattern(rule.path) }));
  const hidden = new Map<string, Read>();
  // Of every release: live may be what another one left.
  const all = Object.values(credentials).flatMap(({ secrets, open }) => [...secrets, ...open]);
  for (const pattern of new Set(all)) {
    const steps = reachable(pattern, read);
    const around = read.filter((candidate) => covers(candidate.steps, steps));
    const known = [...around.filter(({ rule }) => rule.sensitive), ...hidden.values()];
    if (known.some((other) => covers(other.steps, steps))) continue;
    const path = formatPath(steps);
    const [decides] = around.toSorted(
      (a, b) => b.steps.length - a.steps.length || exact(b.steps) - exact(a.steps),
    );
    const { arrayKey: _, ...said } = decides?.rule ?? { owner, reason: defaultReason };
    hidden.set(path, { rule: { ...said, path, sensitive: true }, steps });
  }
  const own = read.map(({ rule, steps }) => {
    return hidden.delete(formatPath(steps)) ? { ...rule, sensitive: true } : rule;
  });
  return [...own, ...[...hidden.values()].map(({ rule }) => rule)];
}

interface Read {
  readonly rule: Rule;
  readonly steps: readonly PatternStep[];
}

/** No path leads to an element of an array without identities: such an array is hidden as a whole. */
function reachable(pattern: string, rules: readonly Read[]): PatternStep[] {
  const parts = pattern.split('[]');
  let path = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    const keyed = rules.some(({ rule, steps }) => rule.arrayKey !== undefined && formatPath(steps) === path);
    if (!keyed) break;
    path += `.*${part}`;
  }
  // Who writes a text where a record belongs may have written the credential itself.
  return parsePattern(path.replace(/(\.\*)+$/, ''));
}

function covers(outer: readonly PatternStep[], inner: readonly PatternStep[]): boolean {
  return (
    outer.length <= inner.length && outer.every((step, index) => step === anyKey || step === inner[index])
  );
}

function exact(steps: readonly PatternStep[]): number {
  return steps.filter((step) => step !== anyKey).length;
}
