import { ConfigMergeError } from './errors.ts';
import { isObject, own, type JsonArray, type JsonObject, type JsonValue } from './json.ts';

/** An array whose objects are told apart by a string under one key. */
export interface KeyedArray {
  /** What to address each element by; undefined for one that has no identity, or the identity of an earlier one. */
  readonly ids: readonly (string | undefined)[];
  readonly byId: ReadonlyMap<string, JsonObject>;
  /** Identities that more than one element has. */
  readonly shared: ReadonlySet<string>;
}

const nothing: KeyedArray = { ids: [], byId: new Map(), shared: new Set() };

export function readKeyedArray(array: JsonArray | undefined, arrayKey: string): KeyedArray {
  if (array === undefined || array.length === 0) return nothing;
  const byId = new Map<string, JsonObject>();
  const shared = new Set<string>();
  const ids = array.map((element) => {
    const id = identityOf(element, arrayKey);
    if (id === undefined || !isObject(element)) return undefined;
    if (byId.has(id)) {
      shared.add(id);
      return undefined;
    }
    byId.set(id, element);
    return id;
  });
  return { ids, byId, shared };
}

export function identityOf(element: JsonValue | undefined, arrayKey: string): string | undefined {
  const id = isObject(element) ? own(element, arrayKey) : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** Desired comes from code, so a wrong identity there is a mistake to mend, not a state to live with. */
export function refuseFaults(array: JsonArray, arrayKey: string, path: string): void {
  const at = readKeyedArray(array, arrayKey).ids.indexOf(undefined);
  if (at < 0) return;
  const repeats = identityOf(array[at], arrayKey) !== undefined;
  const what = repeats ? `repeats the ${arrayKey} of another` : `has no string under ${arrayKey}`;
  throw new ConfigMergeError('DESIRED_IDENTITY', `desired: element ${at} of ${path} ${what}`, { path });
}
