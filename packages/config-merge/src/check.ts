import { ConfigMergeError, type ConfigMergeErrorCode } from './errors.ts';
import { maxDepth, type JsonObject, type JsonValue } from './json.ts';
import { formatPath } from './path.ts';

/**
 * Checks that a value passed from code is a JSON object, so that everything after may take it for one.
 *
 * @param label Which input it is, for messages: `live`, `desired`, …
 * @throws ConfigMergeError `VALUE_*` with the path
 */
export function checkObject(value: unknown, label: string): JsonObject {
  const root = checkRoot(value, label);
  // The quick look keeps no account of where it is; the slow one only says where the fault lies.
  try {
    return isJson(root, []) ? root : new FaultFinder(label).find(root);
  } catch (error) {
    if (error instanceof ConfigMergeError) throw error;
    throw new ConfigMergeError('VALUE_NOT_JSON', `${label}: cannot be read: a getter in it throws`);
  }
}

/** Checks only that a value is an object to read keys from; what they have is to be checked yet. */
export function checkRoot(value: unknown, label: string): JsonObject {
  if (isRoot(value)) return value;
  throw new ConfigMergeError('VALUE_ROOT', `${label} is not a plain object: pass the parsed config`);
}

function isRoot(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value);
}

// Called on objects that may have a key of this name, and looked up once: every key of a config is asked for.
// oxlint-disable-next-line typescript/unbound-method
const { hasOwnProperty } = Object.prototype;

/**
 * `ancestors` are the objects and arrays around the value: as many as it is deep, and never itself. They are the same
 * again after a value that is JSON.
 */
export function isJson(value: unknown, ancestors: object[]): value is JsonValue {
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
  return isListLike(value);
}

function isJsonObject(value: object, ancestors: object[]): boolean {
  if (!isPlain(value)) return false;
  let count = 0;
  // Makes no list of the members, as the methods of Object do.
  for (const key in value) {
    if (!hasOwnProperty.call(value, key)) continue;
    count++;
    if (!isJson(value[key], ancestors)) return false;
  }
  return isOpen(value, count);
}

/** Whether an array is written, and can be walked, as what it is. */
function isListLike(value: object): boolean {
  return !('toJSON' in value) && 'every' in value;
}

/** Whether an object's enumerable keys, so many as `count`, are all it has. */
export function isOpen(value: object, count: number): boolean {
  return (
    Object.getOwnPropertySymbols(value).length === 0 && Object.getOwnPropertyNames(value).length === count
  );
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignBase(prototype);
}

/** The Object.prototype of another realm: only these have the method themselves. */
function isForeignBase(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(Object(prototype), 'isPrototypeOf');
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
    if (!isListLike(value)) this.#refuse('VALUE_NOT_JSON', 'is an array without the methods of one');
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
