import { equal, type JsonValue } from './json.ts';
import type { Place } from './place.ts';
import { isFirstValue, type Owner } from './policy.ts';

export type Op = 'add' | 'replace' | 'remove' | 'keep';

/** What becomes of one leaf. */
export interface Verdict {
  /** Which input the result has the value of; `none` leaves the leaf out. */
  readonly take: 'live' | 'desired' | 'none';
  /** Undefined where nobody wanted anything else than what live has. */
  readonly op: Op | undefined;
  readonly why: string;
  /** Applied once, no longer desired, and changed since: it is the user's from now on. */
  readonly released?: true;
}

const verdict = {
  neither: { take: 'none', op: undefined, why: 'neither live nor desired has it' },
  onlyLive: { take: 'live', op: undefined, why: 'only live has it' },
  agreed: { take: 'live', op: undefined, why: 'live and desired agree' },

  added: { take: 'desired', op: 'add', why: 'live has none' },
  deleted: { take: 'none', op: 'keep', why: 'was applied once and deleted since, so it stays deleted' },

  occupied: { take: 'live', op: 'keep', why: 'live already has a value' },
  follows: { take: 'desired', op: 'replace', why: 'still has the applied value, so it follows desired' },
  touched: { take: 'live', op: 'keep', why: 'was changed since it was applied' },
  drifted: { take: 'desired', op: 'replace', why: 'was changed since it was applied (drift)' },
  replaced: { take: 'desired', op: 'replace', why: 'desired has another value' },

  unwanted: { take: 'none', op: 'remove', why: 'is not in desired' },
  withdrawn: { take: 'none', op: 'remove', why: 'is no longer desired' },
  untouched: {
    take: 'none',
    op: 'remove',
    why: 'is no longer desired and still has the applied value',
  },
  released: {
    take: 'live',
    op: 'keep',
    why: 'is no longer desired but was changed since it was applied',
    released: true,
  },
  handedOver: {
    take: 'live',
    op: 'keep',
    why: 'was applied once and belongs to the user now',
    released: true,
  },
} as const satisfies Record<string, Verdict>;

/**
 * The three-way rules, for one leaf. Everything else in this package is walking and reporting.
 *
 * @param deleted Whether the user deleted the array element around this leaf after it was applied.
 */
export function decide(owner: Owner, { live, desired, last }: Place, deleted: boolean): Verdict {
  if (desired !== undefined) {
    if (live === undefined) {
      return isFirstValue(owner) && (deleted || last !== undefined) ? verdict.deleted : verdict.added;
    }
    if (equal(live, desired)) return verdict.agreed;
    if (owner === 'seeded') return verdict.occupied;
    if (owner === 'followed') return followed(live, last);
    return equal(last, desired) ? verdict.drifted : verdict.replaced;
  }
  if (live === undefined) return verdict.neither;
  if (owner === 'exclusive') return last === undefined ? verdict.unwanted : verdict.withdrawn;
  if (last === undefined) return verdict.onlyLive;
  if (owner === 'user') return verdict.handedOver;
  return equal(live, last) ? verdict.untouched : verdict.released;
}

/** Nobody needs to remember who wrote a value: what is the one that was applied last is infrastructure's. */
function followed(live: JsonValue, last: JsonValue | undefined): Verdict {
  if (last === undefined) return verdict.occupied;
  return equal(live, last) ? verdict.follows : verdict.touched;
}
