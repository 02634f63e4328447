import { isArray, isObject, type JsonValue } from './json.ts';
import type { Scope } from './scope.ts';

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
