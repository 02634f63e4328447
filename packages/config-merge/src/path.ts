import { ConfigMergeError } from './errors.ts';
import type { JsonValue } from './json.ts';
import { printable } from './printable.ts';

/** One step of a pattern: an exact key, or any key. */
export const anyKey = Symbol('*');
export type PatternStep = string | typeof anyKey;

// Paths are printed: a control or direction character in a key must not reach a terminal.
const bareKey = /^[^.[\]"'*\s\p{C}]+$/u;
const step = /(?:^|(?<!^)\.)(?<bare>[^.[\]"'\s]+)|\[(?<double>"(?:[^"\\]|\\.)*")\]|\['(?<single>[^']*)'\]/uy;

/** `['models', 'a.b']` → `models["a.b"]`. */
export function formatPath(keys: readonly PatternStep[]): string {
  return keys.reduce(joinPath, '');
}

/** The path one step further down. */
export function joinPath(path: string, key: PatternStep): string {
  if (key !== anyKey && !bareKey.test(key)) return `${path}[${quote(key)}]`;
  const name = key === anyKey ? '*' : key;
  return path === '' ? name : `${path}.${name}`;
}

/** JSON that may be printed. */
export function quote(value: JsonValue): string {
  return printable(JSON.stringify(value));
}

/**
 * Reads a pattern of a rule: keys separated by dots, `*` for any key, `["…"]` or `['…']` around a key that
 * holds a dot, a bracket, a quote, a space or an asterisk.
 *
 * @throws ConfigMergeError `PATH_INVALID`
 */
export function parsePattern(text: string): PatternStep[] {
  // Code that no compiler has seen may pass anything.
  if (typeof text !== 'string') throw invalid(String(text), 'is no text');
  const steps: PatternStep[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const at = step.lastIndex;
    const groups = step.exec(text)?.groups;
    if (groups === undefined) throw invalid(text, `cannot be read from character ${at + 1} on`);
    steps.push(readStep(text, groups));
  }
  if (steps.length === 0) throw invalid(text, 'is empty');
  return steps;
}

/**
 * Reads the path of one key, as {@link parsePattern} does, but without `*`.
 *
 * @throws ConfigMergeError `PATH_INVALID`
 */
export function parsePath(text: string): string[] {
  return parsePattern(text).map((key) => {
    if (key === anyKey) throw invalid(text, 'names no single key: quote a literal asterisk as ["*"]');
    return key;
  });
}

function readStep(text: string, groups: Record<string, string | undefined>): PatternStep {
  const { bare, double, single } = groups;
  if (double !== undefined) {
    try {
      return String(JSON.parse(double));
    } catch {
      throw invalid(text, `has a badly quoted key ${double}`);
    }
  }
  if (bare === undefined) return single ?? '';
  if (bare === '*') return anyKey;
  if (bare.includes('*')) throw invalid(text, `mixes * with other characters in ${bare}`);
  return bare;
}

function invalid(text: string, what: string): ConfigMergeError {
  return new ConfigMergeError(
    'PATH_INVALID',
    `path ${JSON.stringify(text)} ${what}: write it like gateway.auth["a.b"].mode`,
    { path: text },
  );
}
