import { readKeyedArray } from './identity.ts';
import type { JsonArray, JsonObject } from './json.ts';
import type { Change } from './report.ts';
import type { Scope } from './scope.ts';

/** What a config was made of. */
export interface Provenance {
  readonly live: JsonObject;
  readonly desired: JsonObject;
  /** What the policy says. */
  readonly root: Scope;
  readonly changes: ReadonlyMap<string, Change>;
  /** The elements of keyed arrays that were asked for: who asks for one of many asks for more of them. */
  readonly elements: WeakMap<JsonArray, ReadonlyMap<string, JsonObject>>;
}

type Inputs = Pick<Provenance, 'live' | 'desired' | 'root'>;

const origins = new WeakMap<JsonObject, () => Provenance>();

/** Keeps the origin beside the config instead of in it: a config that is written holds nothing but itself. */
export function remember(
  config: JsonObject,
  { changes, ...inputs }: Inputs & { readonly changes: readonly Change[] },
): void {
  let made: Provenance | undefined;
  origins.set(config, () => {
    made ??= {
      ...inputs,
      changes: new Map(changes.map((change) => [change.path, change])),
      elements: new WeakMap(),
    };
    return made;
  });
}

export function recall(config: JsonObject): Provenance | undefined {
  return origins.get(config)?.();
}

/** The elements of an array by identity, read at the first question. */
export function elementsOf(
  { elements }: Provenance,
  array: JsonArray,
  arrayKey: string,
): ReadonlyMap<string, JsonObject> {
  let byId = elements.get(array);
  if (byId === undefined) {
    ({ byId } = readKeyedArray(array, arrayKey));
    elements.set(array, byId);
  }
  return byId;
}
