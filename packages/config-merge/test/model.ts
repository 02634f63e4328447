import type { Change, JsonObject, JsonValue, Owner, Rule } from '../src/index.ts';

/**
 * The rules of the package said a second time, as naively as possible: slow, whole-config, without the
 * structures of the library. The laws compare the two.
 */
export interface Model {
  readonly rules: readonly Rule[];
  readonly default: Owner;
}

export type Keys = readonly string[];
export type Leaves = ReadonlyMap<string, { readonly keys: Keys; readonly value: JsonValue }>;

/** Reads the paths that {@link pathOf} writes: every key quoted, so that reading them is trivial. */
export function patternKeys(path: string): Keys {
  let keys = patterns.get(path);
  if (keys === undefined) {
    keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\.?(\*)/gu)].map(([, key, star]) =>
      star === undefined ? String(JSON.parse(`"${key}"`)) : anyKey,
    );
    patterns.set(path, keys);
  }
  return keys;
}

const patterns = new Map<string, Keys>();

/** Cannot be a key of an arbitrary. */
export const anyKey = '\u0000*';

export function pathOf(keys: Keys): string {
  return keys
    .map((key) => (key === anyKey ? '.*' : `[${JSON.stringify(key)}]`))
    .join('')
    .replace(/^\./u, '');
}

export function covers(pattern: Keys, keys: Keys): boolean {
  return pattern.length <= keys.length && pattern.every((key, at) => key === anyKey || key === keys[at]);
}

export function ruleFor({ rules }: Model, keys: Keys): Rule | undefined {
  const exact = (rule: Rule): number => patternKeys(rule.path).filter((key) => key !== anyKey).length;
  return rules
    .filter((rule) => covers(patternKeys(rule.path), keys))
    .toSorted((a, b) => patternKeys(b.path).length - patternKeys(a.path).length || exact(b) - exact(a))[0];
}

export function ownerOf(model: Model, keys: Keys): Owner {
  return ruleFor(model, keys)?.owner ?? model.default;
}

/** The identity key of the array at exactly this path. */
export function arrayKeyAt(model: Model, keys: Keys): string | undefined {
  const rule = ruleFor(model, keys);
  return rule !== undefined && patternKeys(rule.path).length === keys.length ? rule.arrayKey : undefined;
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}

/** The members of an object or keyed array; undefined for everything else. */
export function members(
  model: Model,
  keys: Keys,
  value: JsonValue | undefined,
): [string, JsonValue][] | undefined {
  if (isObject(value)) return Object.entries(value);
  const arrayKey = isArray(value) ? arrayKeyAt(model, keys) : undefined;
  if (arrayKey === undefined || !isArray(value)) return undefined;
  const found = new Map<string, JsonValue>();
  for (const element of value) {
    const id = isObject(element) && Object.hasOwn(element, arrayKey) ? element[arrayKey] : undefined;
    if (typeof id === 'string' && !found.has(id)) found.set(id, element);
  }
  return [...found];
}

export function kindOf(
  model: Model,
  keys: Keys,
  value: JsonValue | undefined,
): 'none' | 'leaf' | 'object' | 'list' {
  if (value === undefined) return 'none';
  if (isObject(value)) return 'object';
  return isArray(value) && arrayKeyAt(model, keys) !== undefined ? 'list' : 'leaf';
}

export function get(model: Model, root: JsonValue | undefined, keys: Keys): JsonValue | undefined {
  let value = root;
  for (const [at, key] of keys.entries()) {
    value = members(model, keys.slice(0, at), value)?.find(([name]) => name === key)?.[1];
  }
  return value;
}

/** Every scalar, plain array and empty container, by path. */
export function leaves(model: Model, value: JsonValue | undefined, keys: Keys = []): Leaves {
  const found = new Map<string, { keys: Keys; value: JsonValue }>();
  if (value === undefined) return found;
  const inside = members(model, keys, value);
  if (inside === undefined || size(value) === 0) {
    if (keys.length > 0) found.set(pathOf(keys), { keys, value });
    return found;
  }
  for (const [key, member] of inside) {
    for (const [path, leaf] of leaves(model, member, [...keys, key])) found.set(path, leaf);
  }
  return found;
}

export function size(value: JsonValue): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 1;
}

export type Difference = Pick<Change, 'op' | 'before' | 'after'> & { readonly keys: Keys };

/** What {@link Change}s are defined to be, computed from the two configs alone. */
export function differences(
  model: Model,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  keys: Keys = [],
): Difference[] {
  const [was, is] = [kindOf(model, keys, before), kindOf(model, keys, after)];
  if (before === undefined || after === undefined) {
    const op = before === undefined ? 'add' : 'remove';
    return [...leaves(model, before === undefined ? after : before, keys).values()].map((leaf) => ({
      keys: leaf.keys,
      op,
      before: op === 'add' ? undefined : leaf.value,
      after: op === 'add' ? leaf.value : undefined,
    }));
  }
  if (was !== is) return [{ keys, op: 'replace', before, after }];
  if (was === 'leaf') {
    return JSON.stringify(sorted(before)) === JSON.stringify(sorted(after))
      ? []
      : [{ keys, op: 'replace', before, after }];
  }
  const [left, right] = [new Map(members(model, keys, before)), new Map(members(model, keys, after))];
  const inside = [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(model, left.get(key), right.get(key), [...keys, key]),
  );
  if (size(after) === 0 && size(before) > 0 && keys.length > 0) {
    inside.push({ keys, op: 'add', before: undefined, after });
  }
  return inside;
}

export function sorted(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
