import { equal, type JsonValue } from './json.ts';
import type { Owner } from './policy.ts';

export type Op = 'add' | 'replace' | 'remove' | 'keep';

/** What becomes of one leaf. */
export interface Verdict {
  /** The value of the result; undefined if it has none. */
  readonly value: JsonValue | undefined;
  /** Undefined where nobody wanted anything else than what live has. */
  readonly op: Op | undefined;
  readonly why: string;
  /** Applied once, no longer desired, and changed since: it is the user's from now on. */
  readonly released?: true;
}

/** The three values of one leaf; undefined where an input has none. */
export interface Leaf {
  readonly live: JsonValue | undefined;
  readonly desired: JsonValue | undefined;
  readonly last: JsonValue | undefined;
}

/**
 * The three-way rules, for one leaf. Everything else in this package is walking and reporting.
 *
 * @param deleted Whether the user deleted the array element around this leaf after it was applied.
 */
export function decide(owner: Owner, { live, desired, last }: Leaf, deleted: boolean): Verdict {
  if (desired !== undefined) {
    if (live === undefined) {
      if (owner === 'seeded' && (deleted || last !== undefined)) {
        return {
          value: undefined,
          op: 'keep',
          why: 'was applied once and deleted since, so it stays deleted',
        };
      }
      return { value: desired, op: 'add', why: 'live has none' };
    }
    if (equal(live, desired)) {
      return { value: live, op: undefined, why: 'live and desired agree' };
    }
    if (owner === 'seeded') {
      return { value: live, op: 'keep', why: 'live already has a value' };
    }
    const why = equal(last, desired)
      ? 'was changed since it was applied (drift)'
      : 'desired has another value';
    return { value: desired, op: 'replace', why };
  }
  if (live === undefined) {
    return { value: undefined, op: undefined, why: 'neither live nor desired has it' };
  }
  if (owner === 'exclusive') {
    return {
      value: undefined,
      op: 'remove',
      why: last === undefined ? 'is not in desired' : 'is no longer desired',
    };
  }
  if (last === undefined) {
    return { value: live, op: undefined, why: 'only live has it' };
  }
  if (owner !== 'user' && equal(live, last)) {
    return { value: undefined, op: 'remove', why: 'is no longer desired and still has the applied value' };
  }
  const why =
    owner === 'user'
      ? 'was applied once and belongs to the user now'
      : 'is no longer desired but was changed since it was applied';
  return { value: live, op: 'keep', why, released: true };
}
