import { identityOf } from './identity.ts';
import { isArray, isObject, own, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import { enter, type Scope } from './scope.ts';

/** What becomes of one member of an object or array that changes; undefined: it stays as it is. */
export type Fate = Difference | 'removed' | undefined;

/** What makes one value out of another, from the outside in: only what differs is named. */
export type Difference = ValueDifference | ObjectDifference | ArrayDifference;

/** Another value takes the place. */
export interface ValueDifference {
  readonly kind: 'value';
  readonly value: JsonValue;
}

export interface ObjectDifference {
  readonly kind: 'object';
  readonly fates: ReadonlyMap<string, Fate>;
  readonly added: readonly (readonly [key: string, value: JsonValue])[];
}

export interface ArrayDifference {
  readonly kind: 'array';
  /** By index before. */
  readonly fates: ReadonlyMap<number, Fate>;
  /** New elements, by the index before of the element that they follow; -1 at the start. */
  readonly added: ReadonlyMap<number, readonly JsonValue[]>;
}

/**
 * What differs between two values; undefined if nothing. What both share costs nothing to compare, and no part is
 * compared twice.
 *
 * @param scope Tells which arrays have elements with an identity. Without it elements are known by what they are.
 */
export function differenceOf(
  before: JsonValue,
  after: JsonValue,
  scope: Scope | undefined,
): Difference | undefined {
  if (before === after) return undefined;
  if (isObject(before) && isObject(after)) return ofObjects(before, after, scope);
  if (isArray(before) && isArray(after)) return ofArrays(before, after, scope);
  return { kind: 'value', value: after };
}

function ofObjects(
  before: JsonObject,
  after: JsonObject,
  scope: Scope | undefined,
): ObjectDifference | undefined {
  const fates = new Map<string, Fate>();
  for (const key of Object.keys(before)) {
    const [left, right] = [before[key], own(after, key)];
    if (left === right || left === undefined) continue;
    const fate = right === undefined ? 'removed' : differenceOf(left, right, scope && enter(scope, key));
    if (fate !== undefined) fates.set(key, fate);
  }
  const added = Object.entries(after).filter(([key]) => !Object.hasOwn(before, key));
  return fates.size + added.length === 0 ? undefined : { kind: 'object', fates, added };
}

function ofArrays(before: JsonArray, after: JsonArray, scope: Scope | undefined): Difference | undefined {
  const arrayKey = scope?.arrayKey;
  if (arrayKey === undefined && before.length === after.length && before.every(staysInPlace, after)) {
    return ofElements(
      before,
      after,
      before.map((_, at) => at),
      undefined,
    );
  }
  const pairs = align(labelsOf(before, arrayKey), labelsOf(after, arrayKey));
  return pairs === undefined ? { kind: 'value', value: after } : ofElements(before, after, pairs, scope);
}

/** Whether an element is edited where it stands: a container by another of its kind. */
function staysInPlace(this: JsonArray, left: JsonValue, at: number): boolean {
  const right = this[at];
  return left === right || (isObject(left) && isObject(right)) || (isArray(left) && isArray(right));
}

/** @param pairs Which element after each element before becomes; undefined for one that goes. */
function ofElements(
  before: JsonArray,
  after: JsonArray,
  pairs: readonly (number | undefined)[],
  scope: Scope | undefined,
): ArrayDifference | undefined {
  const fates = new Map<number, Fate>();
  const added = new Map<number, readonly JsonValue[]>();
  let next = 0;
  let kept = -1;
  const addUpTo = (end: number): void => {
    if (end > next) added.set(kept, after.slice(next, end));
    next = end + 1;
  };
  for (const [at, pair] of pairs.entries()) {
    const [left, right] = [before[at], pair === undefined ? undefined : after[pair]];
    if (left === undefined || right === undefined || pair === undefined) {
      fates.set(at, 'removed');
      continue;
    }
    addUpTo(pair);
    kept = at;
    const id = scope?.arrayKey === undefined ? undefined : identityOf(left, scope.arrayKey);
    const fate = differenceOf(left, right, scope && id !== undefined ? enter(scope, id) : undefined);
    if (fate !== undefined) fates.set(at, fate);
  }
  addUpTo(after.length);
  return fates.size + added.size === 0 ? undefined : { kind: 'array', fates, added };
}

/** What an element is known by: its identity, else all of it. */
function labelsOf(array: JsonArray, arrayKey: string | undefined): readonly string[] {
  const seen = new Set<string>();
  return array.map((element) => {
    const id = arrayKey === undefined ? undefined : identityOf(element, arrayKey);
    if (id === undefined || seen.has(id)) return JSON.stringify(element);
    seen.add(id);
    return `identity ${id}`;
  });
}

/**
 * For each label before its place after, undefined if it is gone. Undefined as a whole if everything gives way
 * to something else, or what stays is in another order.
 */
function align(
  before: readonly string[],
  after: readonly string[],
): readonly (number | undefined)[] | undefined {
  const places = new Map<string, number[]>();
  for (let at = after.length - 1; at >= 0; at--) {
    const label = after[at] ?? '';
    const others = places.get(label);
    if (others === undefined) places.set(label, [at]);
    else others.push(at);
  }
  const pairs = before.map((label) => places.get(label)?.pop());
  let last = -1;
  for (const pair of pairs) {
    if (pair === undefined) continue;
    if (pair < last) return undefined;
    last = pair;
  }
  return last < 0 && before.length > 0 && after.length > 0 ? undefined : pairs;
}
