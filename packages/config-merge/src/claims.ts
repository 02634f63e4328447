import { checkObject } from './check.ts';
import { ConfigMergeError } from './errors.ts';
import { identityOf, isKeyed, readKeyedArray, refuseFaults } from './identity.ts';
import { isArray, isObject, setOwn, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import { formatPath } from './path.ts';
import type { Policy } from './policy.ts';
import { enter, rootScope, type Scope } from './scope.ts';

/**
 * Refuses a desired config that claims what it may not. It looks at desired and the policy alone, so what
 * passes when the stack is synthesized passes on every live config.
 *
 * @throws ConfigMergeError `DESIRED_USER_OWNED`, `DESIRED_IDENTITY`
 */
export function checkClaims(desired: JsonObject, root: Scope): void {
  checkMembers(desired, root, []);
}

/** The same for one key of the root. */
export function checkClaim(key: string, member: JsonValue, root: Scope): void {
  check(member, enter(root, key), [key]);
}

function check(value: JsonValue, scope: Scope, keys: string[]): void {
  const { arrayKey, owner } = scope;
  if (arrayKey !== undefined) {
    if (!isArray(value)) {
      const path = formatPath(keys);
      throw new ConfigMergeError(
        'DESIRED_IDENTITY',
        `desired: ${path} must be an array: the policy names its arrayKey`,
        { path },
      );
    }
    if (!isKeyed(value, arrayKey)) refuseFaults(readKeyedArray(value, arrayKey), value, arrayKey, keys);
    if (scope.below.length > 0 || owner === 'user') checkElements(value, arrayKey, scope, keys);
  } else if (isObject(value)) {
    checkMembers(value, scope, keys);
  }
  if (owner === 'user' && (!isObject(value) || Object.keys(value).length === 0)) {
    const path = formatPath(keys);
    throw new ConfigMergeError(
      'DESIRED_USER_OWNED',
      `desired sets ${path}, which belongs to the user (${scope.reason}): leave it out`,
      { path },
    );
  }
}

function checkElements(list: JsonArray, arrayKey: string, scope: Scope, keys: string[]): void {
  for (const [id, element] of readKeyedArray(list, arrayKey).byId) {
    keys.push(id);
    checkMembers(element, enter(scope, id), keys);
    keys.pop();
  }
}

function checkMembers(object: JsonObject, scope: Scope, keys: string[]): void {
  // No claim can be wrong where one rule covers everything and lets desired decide.
  if (scope.uniform && scope.owner !== 'user') return;
  for (const [key, member] of Object.entries(object)) {
    keys.push(key);
    check(member, enter(scope, key), keys);
    keys.pop();
  }
}

/** A desired config with what it may say, and the paths of what it may not. */
export interface Claims {
  readonly desired: JsonObject;
  readonly leftOut: readonly string[];
}

/**
 * Desired without the keys that belong to the user, for who would rather leave them out than be refused
 * (`DESIRED_USER_OWNED`). An element of a keyed array goes as a whole where its identity does.
 *
 * @throws ConfigMergeError `VALUE_*`; `POLICY_*`, `PATH_INVALID` for a policy that was not checked
 */
export function withoutUserOwned(desired: object, policy: Policy): Claims {
  const leftOut: string[] = [];
  const root = rootScope(policy);
  return { desired: permittedMembers(checkObject(desired, 'desired'), root, [], leftOut), leftOut };
}

function permitted(
  value: JsonValue,
  scope: Scope,
  keys: readonly string[],
  leftOut: string[],
): JsonValue | undefined {
  const { arrayKey, owner } = scope;
  if (isArray(value) && arrayKey !== undefined) {
    return value.flatMap((element) => permittedElement(element, arrayKey, scope, keys, leftOut));
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const rest = permittedMembers(value, scope, keys, leftOut);
    return Object.keys(rest).length > 0 ? rest : undefined;
  }
  if (owner !== 'user') return value;
  leftOut.push(formatPath(keys));
  return undefined;
}

function permittedElement(
  element: JsonValue,
  arrayKey: string,
  scope: Scope,
  keys: readonly string[],
  leftOut: string[],
): readonly JsonValue[] {
  const id = identityOf(element, arrayKey);
  // Not for this to say: the merge refuses it.
  if (id === undefined || !isObject(element)) return [element];
  const left: string[] = [];
  const rest = permittedMembers(element, enter(scope, id), [...keys, id], left);
  if (Object.hasOwn(rest, arrayKey)) {
    leftOut.push(...left);
    return [rest];
  }
  leftOut.push(formatPath([...keys, id]));
  return [];
}

function permittedMembers(
  object: JsonObject,
  scope: Scope,
  keys: readonly string[],
  leftOut: string[],
): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(object)) {
    const rest = permitted(member, enter(scope, key), [...keys, key], leftOut);
    if (rest !== undefined) setOwn(members, key, rest);
  }
  return members;
}
