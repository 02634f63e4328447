import { ConfigMergeError } from './errors.ts';
import { isObject, own, type JsonArray, type JsonObject, type JsonValue } from './json.ts';

/** An array whose objects are told apart by a string under one key. */
export interface KeyedArray {
  readonly entries: readonly Entry[];
  readonly byId: ReadonlyMap<string, JsonObject>;
  /** Identities that more than one element has. The first of them is the one in `byId`. */
  readonly shared: ReadonlySet<string>;
}

/** An element, with the reason why it cannot be addressed if it cannot. */
export type Entry =
  | { readonly id: string; readonly element: JsonObject }
  | { readonly id: undefined; readonly element: JsonValue; readonly fault: 'missing' | 'duplicate' };

export function readKeyedArray(array: JsonArray | undefined, arrayKey: string): KeyedArray {
  const entries: Entry[] = [];
  const byId = new Map<string, JsonObject>();
  const shared = new Set<string>();
  for (const element of array ?? []) {
    const id = isObject(element) ? own(element, arrayKey) : undefined;
    if (!isObject(element) || typeof id !== 'string') {
      entries.push({ id: undefined, element, fault: 'missing' });
    } else if (byId.has(id)) {
      shared.add(id);
      entries.push({ id: undefined, element, fault: 'duplicate' });
    } else {
      byId.set(id, element);
      entries.push({ id, element });
    }
  }
  return { entries, byId, shared };
}

/** Desired comes from code, so a wrong identity there is a mistake to mend, not a state to live with. */
export function refuseFaults(array: JsonArray, arrayKey: string, path: string): void {
  for (const [index, entry] of readKeyedArray(array, arrayKey).entries.entries()) {
    if (entry.id !== undefined) continue;
    const what =
      entry.fault === 'missing' ? `has no string under ${arrayKey}` : `repeats the ${arrayKey} of another`;
    throw new ConfigMergeError('DESIRED_IDENTITY', `desired: element ${index} of ${path} ${what}`, { path });
  }
}
