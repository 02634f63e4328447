import { checkObject, checkRoot, isJson, isOpen } from './check.ts';
import { checkClaim, checkClaims } from './claims.ts';
import { ConfigMergeError } from './errors.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Place } from './place.ts';
import type { Scope } from './scope.ts';

/**
 * The three inputs of a merge, checked one key of the root after the other, each just before it is merged. So a
 * large config passes through the caches of the processor once, and costs for its size what a small one costs.
 */
export class Inputs {
  readonly live: JsonObject;
  readonly desired: JsonObject;
  readonly #last: JsonObject;
  readonly #scope: Scope;
  /** What is around a key of each root, for {@link isJson}. */
  readonly #around: Readonly<Record<'live' | 'desired' | 'last', object[]>>;
  /** Where the whole config is gone nobody deleted a single key: it starts from desired again. */
  readonly #fresh: boolean;

  /** @throws ConfigMergeError `VALUE_ROOT` */
  constructor(live: unknown, desired: unknown, lastApplied: unknown, scope: Scope) {
    this.desired = checkRoot(desired, 'desired');
    this.live = live === undefined ? {} : checkRoot(live, 'live');
    this.#last = lastApplied === undefined ? {} : checkRoot(lastApplied, 'lastApplied');
    this.#around = { live: [this.live], desired: [this.desired], last: [this.#last] };
    this.#scope = scope;
    this.#fresh = live === undefined;
  }

  /**
   * The keys of live in its order, then those that only desired has, then the rest.
   *
   * @throws ConfigMergeError `VALUE_*`, `DESIRED_*`
   */
  keys(): Iterable<string> {
    return this.#checked(() => new Set([this.live, this.desired, this.#last].flatMap(openKeys)));
  }

  /**
   * What the three have under a key.
   *
   * @throws ConfigMergeError `VALUE_*`, `DESIRED_*`
   */
  at(key: string): Place {
    return this.#checked(() => {
      const desired = member(this.desired, key, this.#around.desired);
      if (desired !== undefined) checkClaim(key, desired, this.#scope);
      const last = member(this.#last, key, this.#around.last);
      const live = member(this.live, key, this.#around.live);
      return { live, desired, last: this.#fresh ? undefined : last };
    });
  }

  /** Of several faults one in desired is told, if it has any, and always the first of an input. */
  #checked<T>(read: () => T): T {
    try {
      return read();
    } catch (fault) {
      checkClaims(checkObject(this.desired, 'desired'), this.#scope);
      checkObject(this.live, 'live');
      checkObject(this.#last, 'lastApplied');
      // Whoever looks for the fault and finds none has read something else.
      throw fault instanceof ConfigMergeError ? fault : changing();
    }
  }
}

function openKeys(root: JsonObject): readonly string[] {
  const keys = Object.keys(root);
  if (!isOpen(root, keys.length)) throw changing();
  return keys;
}

function member(root: JsonObject, key: string, around: object[]): JsonValue | undefined {
  if (!Object.hasOwn(root, key)) return undefined;
  const value = root[key];
  if (!isJson(value, around)) throw changing();
  return value;
}

function changing(): ConfigMergeError {
  return new ConfigMergeError('VALUE_NOT_JSON', 'an input changes while it is read');
}
