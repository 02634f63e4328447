import { ConfigMergeError, type ConfigMergeErrorCode } from './errors.ts';
import { formatPath } from './path.ts';

export type JsonScalar = string | number | boolean | null;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
export type JsonValue = JsonScalar | JsonArray | JsonObject;

/**
 * How deep objects and arrays may nest. Everything here recurses, so the limit is what keeps a hostile
 * document from overflowing the stack; configs written by people stay below 20.
 */
export const maxDepth = 500;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value);
}

/** Reads an own key only: `constructor` or `__proto__` of a config is data or nothing. */
export function own(object: JsonObject | undefined, key: string): JsonValue | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Writes `__proto__` as data; plain assignment would call its setter. */
export function setOwn(object: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
  } else {
    object[key] = value;
  }
}

/** Equality of JSON values; the order of keys does not count. */
export function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (isArray(a)) {
    return isArray(b) && a.length === b.length && a.every((element, index) => equal(element, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

/**
 * A checked copy: what is merged can be changed by nobody, and holds nothing JSON could not say.
 * -0 becomes 0, since JSON writes both alike.
 *
 * @param label Which input it is, for messages: `live`, `desired`, …
 */
export function snapshot(value: unknown, label: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(value)) {
    throw new ConfigMergeError('VALUE_ROOT', `${label} is not a plain object: pass the parsed config`);
  }
  return new Copier(label).copy(value) as JsonObject;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has that realm's Object.prototype: its prototype is null too.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

class Copier {
  readonly #label: string;
  readonly #path: string[] = [];
  readonly #ancestors: object[] = [];

  constructor(label: string) {
    this.#label = label;
  }

  copy(value: unknown): JsonValue {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (!Number.isFinite(value)) return this.#refuse('VALUE_NOT_JSON', `is ${value}`);
        return value === 0 ? 0 : value;
      case 'object':
        return value === null ? null : this.#copyContainer(value);
      case 'undefined':
        return this.#refuse('VALUE_NOT_JSON', 'is undefined: leave the key out');
      default:
        return this.#refuse('VALUE_NOT_JSON', `is a ${typeof value}`);
    }
  }

  #copyContainer(value: object): JsonValue {
    if (this.#ancestors.length >= maxDepth) {
      if (this.#ancestors.includes(value)) return this.#refuse('VALUE_CYCLE', 'contains itself');
      return this.#refuse('VALUE_DEPTH', `nests deeper than ${maxDepth} levels`);
    }
    this.#ancestors.push(value);
    const copy = Array.isArray(value) ? this.#copyArray(value) : this.#copyObject(value);
    this.#ancestors.pop();
    return copy;
  }

  #copyArray(value: readonly unknown[]): JsonArray {
    const copy: JsonValue[] = [];
    for (let index = 0; index < value.length; index++) {
      const element = value[index];
      if (isScalar(element)) {
        copy.push(element);
        continue;
      }
      this.#path.push(String(index));
      copy.push(this.copy(element));
      this.#path.pop();
    }
    return copy;
  }

  #copyObject(value: object): JsonObject {
    if (!isPlain(value)) return this.#refuse('VALUE_NOT_JSON', 'is not a plain object');
    if (Object.getOwnPropertySymbols(value).length > 0) {
      return this.#refuse('VALUE_NOT_JSON', 'has a symbol as a key');
    }
    const copy: Record<string, JsonValue> = {};
    for (const [key, member] of Object.entries(value)) {
      this.#path.push(key);
      setOwn(copy, key, this.copy(member));
      this.#path.pop();
    }
    return copy;
  }

  #refuse(code: ConfigMergeErrorCode, what: string): never {
    // A path of 500 keys helps nobody.
    const path = formatPath(this.#path.slice(0, 20));
    throw new ConfigMergeError(code, `${this.#label}: ${path} ${what}`, { path });
  }
}

function isScalar(value: unknown): value is string | boolean | null {
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}
