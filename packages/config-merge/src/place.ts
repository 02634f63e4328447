import { readKeyedArray } from './identity.ts';
import { equal, isArray, isObject, type JsonValue } from './json.ts';
import { isFirstValue } from './policy.ts';
import { enter, type Scope } from './scope.ts';

/** The three values of one place; undefined where an input has none. */
export interface Place {
  readonly live: JsonValue | undefined;
  readonly desired: JsonValue | undefined;
  readonly last: JsonValue | undefined;
}

/** How a place is merged: as one value, key by key, or element by element (an array with `arrayKey`). */
export type Kind = 'leaf' | 'object' | 'list';

export function kind(value: JsonValue | undefined, scope: Scope): Kind | undefined {
  if (value === undefined) return undefined;
  if (isObject(value)) return 'object';
  return isArray(value) && scope.arrayKey !== undefined ? 'list' : 'leaf';
}

export function sameKind(a: JsonValue | undefined, b: JsonValue | undefined, scope: Scope): boolean {
  return kind(a, scope) === kind(b, scope);
}

export function isEmpty(value: JsonValue | undefined): boolean {
  return isObject(value) ? Object.keys(value).length === 0 : isArray(value) && value.length === 0;
}

/** Whether it counts as one value: a container that is empty does. */
export function isLeaf(value: JsonValue | undefined, scope: Scope): boolean {
  return value !== undefined && (kind(value, scope) === 'leaf' || isEmpty(value));
}

/**
 * Whether nothing is to be said of a whole subtree: live has what is desired, and no rule tells its places apart. A keyed
 * array has its elements told apart by their identity only; those of desired are known to be right.
 */
export function agree({ live, desired }: Place, scope: Scope): boolean {
  return scope.below.length === 0 && desired !== undefined && equal(live, desired);
}

/** Whether what was applied here once, in another form, was deleted since: then a first value is not due again. */
export function wasDeleted({ live, desired, last }: Place, scope: Scope): boolean {
  if (!isFirstValue(scope.owner) || live !== undefined) return false;
  return last !== undefined && desired !== undefined && !sameKind(last, desired, scope);
}

/** A user's key below a managed one survives even where desired has no room for it. */
export function holdsUserKeys(live: JsonValue | undefined, scope: Scope): boolean {
  if (scope.owner === 'user') return live !== undefined;
  if (!scope.below.some(({ rule }) => rule.owner === 'user')) return false;
  const { arrayKey } = scope;
  if (isObject(live))
    return Object.entries(live).some(([key, value]) => holdsUserKeys(value, enter(scope, key)));
  if (!isArray(live) || arrayKey === undefined) return false;
  return [...readKeyedArray(live, arrayKey).byId].some(([id, element]) =>
    holdsUserKeys(element, enter(scope, id)),
  );
}
