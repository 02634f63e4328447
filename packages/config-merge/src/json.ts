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
 * Checks that a value passed from code is a JSON object, so that everything after may take it for one.
 *
 * @param label Which input it is, for messages: `live`, `desired`, …
 * @throws ConfigMergeError `VALUE_*` with the path
 */
export function checkObject(value: unknown, label: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(value)) {
    throw new ConfigMergeError('VALUE_ROOT', `${label} is not a plain object: pass the parsed config`);
  }
  // The quick look keeps no account of where it is; the slow one only says where the fault lies.
  try {
    return isJson(value, []) && isObject(value) ? value : new FaultFinder(label).find(value);
  } catch (error) {
    if (error instanceof ConfigMergeError) throw error;
    throw new ConfigMergeError('VALUE_NOT_JSON', `${label}: cannot be read: a getter in it throws`);
  }
}

/** `ancestors` are the objects and arrays around the value: as many as it is deep, and never itself. */
function isJson(value: unknown, ancestors: object[]): value is JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (ancestors.length >= maxDepth || ancestors.includes(value)) return false;
      ancestors.push(value);
      if (!(Array.isArray(value) ? isJsonArray(value, ancestors) : isJsonObject(value, ancestors)))
        return false;
      ancestors.pop();
      return true;
    }
    default:
      return false;
  }
}

function isJsonArray(value: readonly unknown[], ancestors: object[]): boolean {
  // A loop by index sees holes.
  for (let index = 0; index < value.length; index++) if (!isJson(value[index], ancestors)) return false;
  return !('toJSON' in value);
}

function isJsonObject(value: object, ancestors: object[]): boolean {
  if (!isPlain(value) || Object.getOwnPropertySymbols(value).length > 0) return false;
  const members: unknown[] = Object.values(value);
  // A key that is not enumerable is one more.
  if (Object.getOwnPropertyNames(value).length > members.length) return false;
  for (const member of members) if (!isJson(member, ancestors)) return false;
  return true;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has that realm's Object.prototype: its prototype is null too.
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isEnumerable(value: object, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, key);
}

class FaultFinder {
  readonly #label: string;
  readonly #path: string[] = [];
  readonly #ancestors: object[] = [];

  constructor(label: string) {
    this.#label = label;
  }

  find(value: unknown): never {
    this.#check(value);
    throw new ConfigMergeError('VALUE_NOT_JSON', `${this.#label}: changes while it is read`);
  }

  #check(value: unknown): void {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(value)) this.#refuse('VALUE_NOT_JSON', `is ${value}`);
        return;
      case 'object':
        if (value !== null) this.#checkContainer(value);
        return;
      case 'undefined':
        this.#refuse('VALUE_NOT_JSON', 'is undefined: leave the key out');
        return;
      default:
        this.#refuse('VALUE_NOT_JSON', `is a ${typeof value}`);
    }
  }

  #checkContainer(value: object): void {
    if (this.#ancestors.includes(value)) this.#refuse('VALUE_CYCLE', 'contains itself');
    if (this.#ancestors.length >= maxDepth) {
      this.#refuse('VALUE_DEPTH', `nests deeper than ${maxDepth} levels`);
    }
    this.#ancestors.push(value);
    if (Array.isArray(value)) this.#checkArray(value);
    else this.#checkMembers(value);
    this.#ancestors.pop();
  }

  #checkArray(value: readonly unknown[]): void {
    for (let index = 0; index < value.length; index++) {
      this.#path.push(String(index));
      this.#check(value[index]);
      this.#path.pop();
    }
    if ('toJSON' in value) this.#refuse('VALUE_NOT_JSON', 'is an array with a toJSON of its own');
  }

  #checkMembers(value: object): void {
    if (!isPlain(value)) this.#refuse('VALUE_NOT_JSON', 'is not a plain object');
    if (Object.getOwnPropertySymbols(value).length > 0) {
      this.#refuse('VALUE_NOT_JSON', 'has a symbol as a key');
    }
    const hidden = Object.getOwnPropertyNames(value).find((key) => !isEnumerable(value, key));
    if (hidden !== undefined) {
      this.#path.push(hidden);
      this.#refuse('VALUE_NOT_JSON', 'is not enumerable');
    }
    for (const [key, member] of Object.entries(value)) {
      this.#path.push(key);
      this.#check(member);
      this.#path.pop();
    }
  }

  #refuse(code: ConfigMergeErrorCode, what: string): never {
    // A path of 500 keys helps nobody.
    const path = formatPath(this.#path.slice(0, 20));
    throw new ConfigMergeError(code, `${this.#label}: ${path} ${what}`, { path });
  }
}
