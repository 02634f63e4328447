import { ConfigMergeError } from './errors.ts';
import { equal, isArray, isObject, own, type JsonObject, type JsonValue } from './json.ts';
import type { MergeResult } from './merge.ts';
import { formatPath, parsePath } from './path.ts';
import type { Owner } from './policy.ts';
import { elementsOf, recall, type Provenance } from './provenance.ts';
import { redact, type Change } from './report.ts';
import { enter, type Scope } from './scope.ts';

/** Why a key of a result has its value. */
export interface Explanation {
  /** Undefined if the result has no such key; hidden if the policy calls it sensitive. */
  readonly value: JsonValue | undefined;
  readonly owner: Owner;
  /** Where the value comes from. `none` if there is no value. */
  readonly source: 'live' | 'desired' | 'none';
  readonly reason: string;
}

/**
 * Says who owns a key of a result and where its value comes from. An object made from both sides has the
 * source `live`; its keys tell more. It looks at the inputs and the config as they are, and remembers keyed arrays that
 * it has read: change none of them before.
 *
 * @param path As in the changes: `gateway.auth.mode`, `models.providers["a.b"].models.nova.name`.
 * @throws ConfigMergeError `PATH_INVALID`; `RESULT_UNKNOWN` for a result that `mergeConfig` did not return.
 */
export function explain(result: Pick<MergeResult, 'config'>, path: string): Explanation {
  const keys = parsePath(path);
  // Code that no compiler has seen may pass anything.
  const { config }: Partial<MergeResult> = Object(result);
  const origin = config && recall(config);
  if (config === undefined || origin === undefined) {
    throw new ConfigMergeError(
      'RESULT_UNKNOWN',
      'explain needs the result that mergeConfig returned, not a copy',
    );
  }
  const { root } = origin;
  const scope = keys.reduce(enter, root);
  const value = lookup(config, keys, origin);
  const change = nearest(origin.changes, keys);
  const { source, why } =
    change === undefined ? unchanged(value, keys, scope, origin) : changed(value, change);
  return {
    value: redact(value, scope),
    owner: scope.owner,
    source,
    reason: why,
  };
}

/** The change at a path, or the one around it that replaced or kept the whole. */
function nearest(changes: ReadonlyMap<string, Change>, keys: readonly string[]): Change | undefined {
  const exact = changes.get(formatPath(keys));
  if (exact !== undefined) return exact;
  for (let length = keys.length - 1; length > 0; length--) {
    const around = changes.get(formatPath(keys.slice(0, length)));
    if (around?.op === 'replace' || around?.op === 'keep') return around;
  }
  return undefined;
}

type Origin = Pick<Explanation, 'source'> & { readonly why: string };

function changed(value: JsonValue | undefined, { op, reason }: Change): Origin {
  if (value === undefined) return { source: 'none', why: reason };
  return { source: op === 'keep' ? 'live' : 'desired', why: reason };
}

function unchanged(
  value: JsonValue | undefined,
  keys: readonly string[],
  scope: Scope,
  origin: Provenance,
): Origin {
  const because = (why: string): string => why + scope.because;
  if (value === undefined) return { source: 'none', why: because('neither live nor desired has it') };
  const inLive = lookup(origin.live, keys, origin);
  const inDesired = lookup(origin.desired, keys, origin);
  if (inLive === undefined) return { source: 'desired', why: because('live has none') };
  if (inDesired === undefined) return { source: 'live', why: because('only live has it') };
  if (equal(inLive, inDesired)) {
    return {
      source: scope.owner === 'seeded' ? 'live' : 'desired',
      why: because('live and desired agree'),
    };
  }
  if (equal(value, inDesired)) return { source: 'desired', why: because('it has what desired has') };
  if (equal(value, inLive)) return { source: 'live', why: because('it has what live has') };
  return { source: 'live', why: because('it has keys of live and of desired') };
}

/** The value at a path; the elements of a keyed array are found by identity. */
function lookup(root: JsonObject, keys: readonly string[], origin: Provenance): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  let scope = origin.root;
  for (const key of keys) {
    if (isArray(value) && scope.arrayKey !== undefined) {
      value = elementsOf(origin, value, scope.arrayKey).get(key);
    } else {
      value = isObject(value) ? own(value, key) : undefined;
    }
    scope = enter(scope, key);
  }
  return value;
}
