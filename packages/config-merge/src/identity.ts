import { ConfigMergeError } from './errors.ts';
import { formatPath } from './path.ts';
import { isObject, own, type JsonArray, type JsonObject, type JsonValue } from './json.ts';

/** An array whose objects are told apart by a string under one key. */
export interface KeyedArray {
  /** What to address each element by; undefined for one that has no identity, or the identity of an earlier one. */
  readonly ids: readonly (string | undefined)[];
  readonly byId: ReadonlyMap<string, JsonObject>;
  /** Identities that more than one element has. */
  readonly shared: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
const nothing: KeyedArray = { ids: [], byId: new Map(), shared: none };

export function readKeyedArray(array: JsonArray | undefined, arrayKey: string): KeyedArray {
  if (array === undefined || array.length === 0) return nothing;
  const byId = new Map<string, JsonObject>();
  let shared: Set<string> | undefined;
  const ids = array.map((element) => {
    const id = identityOf(element, arrayKey);
    if (id === undefined || !isObject(element)) return undefined;
    if (byId.has(id)) {
      shared = (shared ?? new Set()).add(id);
      return undefined;
    }
    byId.set(id, element);
    return id;
  });
  return { ids, byId, shared: shared ?? none };
}

/** Whether every element has an identity of its own. */
export function isKeyed(array: JsonArray, arrayKey: string): boolean {
  const seen = new Set<string>();
  for (const element of array) {
    const id = identityOf(element, arrayKey);
    if (id === undefined) return false;
    seen.add(id);
  }
  return seen.size === array.length;
}

export function identityOf(element: JsonValue | undefined, arrayKey: string): string | undefined {
  const id = isObject(element) ? own(element, arrayKey) : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** Desired comes from code, so a wrong identity there is a mistake to mend, not a state to live with. */
export function refuseFaults(
  { ids }: KeyedArray,
  array: JsonArray,
  arrayKey: string,
  keys: readonly string[],
): void {
  const at = ids.indexOf(undefined);
  if (at < 0) return;
  const repeats = identityOf(array[at], arrayKey) !== undefined;
  const what = repeats ? `repeats the ${arrayKey} of another` : `has no string under ${arrayKey}`;
  const path = formatPath(keys);
  throw new ConfigMergeError('DESIRED_IDENTITY', `desired: element ${at} of ${path} ${what}`, { path });
}
