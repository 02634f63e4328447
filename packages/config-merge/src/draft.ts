import { setOwn, type JsonObject, type JsonValue } from './json.ts';

/** An object in the making. It is the one it began as until a key differs: what nobody changed costs no copy. */
export class Draft {
  readonly #base: JsonObject;
  /** How many keys have come with the value they had in the base. */
  #unchanged = 0;
  #copy: Record<string, JsonValue> | undefined;
  #size = 0;

  /** `base`: what it is as long as nothing differs. */
  constructor(base: JsonObject) {
    this.#base = base;
  }

  /** How many keys it has so far. */
  get size(): number {
    return this.#size;
  }

  /**
   * Says what a key has; undefined leaves it out. The keys of the base come first, all of them, in its order.
   *
   * @param before What the base has under the key.
   */
  put(key: string, value: JsonValue | undefined, before: JsonValue | undefined): void {
    if (value !== undefined) this.#size++;
    if (this.#copy === undefined) {
      if (value === before) {
        this.#unchanged++;
        return;
      }
      this.#copy = firstMembers(this.#base, this.#unchanged);
    }
    if (value !== undefined) setOwn(this.#copy, key, value);
  }

  get value(): JsonObject {
    return this.#copy ?? this.#base;
  }
}

function firstMembers(object: JsonObject, count: number): Record<string, JsonValue> {
  const keys = Object.keys(object);
  if (count >= keys.length) return { ...object };
  const members: Record<string, JsonValue> = {};
  for (const key of keys.slice(0, count)) {
    const value = object[key];
    if (value !== undefined) setOwn(members, key, value);
  }
  return members;
}
