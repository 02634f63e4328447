import { ConfigMergeError } from './errors.ts';
import { readKeyedArray, refuseFaults } from './identity.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from './json.ts';
import { formatPath } from './path.ts';
import { enter, type Scope } from './scope.ts';

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
    const elements = readKeyedArray(value, arrayKey);
    refuseFaults(elements, value, arrayKey, keys);
    for (const [id, element] of elements.byId) {
      keys.push(id);
      checkMembers(element, enter(scope, id), keys);
      keys.pop();
    }
  } else if (isObject(value)) {
    checkMembers(value, scope, keys);
  }
  const claimed = !isObject(value) || Object.keys(value).length === 0;
  if (owner === 'user' && claimed) {
    const path = formatPath(keys);
    throw new ConfigMergeError(
      'DESIRED_USER_OWNED',
      `desired sets ${path}, which belongs to the user (${scope.reason}): leave it out`,
      { path },
    );
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
