import { describe, expect, test } from 'vitest';
import { decide, type Verdict } from '../src/decide.ts';
import type { Place } from '../src/place.ts';
import type { JsonValue } from '../src/index.ts';
import { owners, type Owner } from '../src/policy.ts';

const none = undefined;
type Inputs = readonly [live: JsonValue | undefined, desired: JsonValue | undefined, last?: JsonValue];
type Outcome = readonly [value: JsonValue | undefined, op: Verdict['op'], why: string];

const added = 'live has none';
const agreed = 'live and desired agree';
const drift = 'was changed since it was applied (drift)';
const changed = 'desired has another value';
const stays = 'live already has a value';
const deletedOnce = 'was applied once and deleted since, so it stays deleted';
const follows = 'still has the applied value, so it follows desired';
const touched = 'was changed since it was applied';
const mine = 'only live has it';
const withdrawn = 'is no longer desired and still has the applied value';
const released = 'is no longer desired but was changed since it was applied';
const handedOver = 'was applied once and belongs to the user now';

/** Every row of the README's table of owners, word by word. `user` in desired is refused before. */
const table: readonly (readonly [Inputs, Partial<Record<Owner, Outcome>>])[] = [
  [
    [none, 1],
    {
      managed: [1, 'add', added],
      exclusive: [1, 'add', added],
      followed: [1, 'add', added],
      seeded: [1, 'add', added],
    },
  ],
  [
    [none, 1, 1],
    {
      managed: [1, 'add', added],
      exclusive: [1, 'add', added],
      followed: [none, 'keep', deletedOnce],
      seeded: [none, 'keep', deletedOnce],
    },
  ],
  [[none, 1, 2], { followed: [none, 'keep', deletedOnce], seeded: [none, 'keep', deletedOnce] }],
  [
    [1, 2, 1],
    {
      managed: [2, 'replace', changed],
      exclusive: [2, 'replace', changed],
      followed: [2, 'replace', follows],
      seeded: [1, 'keep', stays],
    },
  ],
  [
    [3, 2, 1],
    {
      managed: [2, 'replace', changed],
      exclusive: [2, 'replace', changed],
      followed: [3, 'keep', touched],
      seeded: [3, 'keep', stays],
    },
  ],
  [
    [[1], [1], [2]],
    {
      managed: [[1], none, agreed],
      exclusive: [[1], none, agreed],
      followed: [[1], none, agreed],
      seeded: [[1], none, agreed],
    },
  ],
  [
    [2, 1],
    {
      managed: [1, 'replace', changed],
      exclusive: [1, 'replace', changed],
      followed: [2, 'keep', stays],
      seeded: [2, 'keep', stays],
    },
  ],
  [
    [2, 1, 1],
    {
      managed: [1, 'replace', drift],
      exclusive: [1, 'replace', drift],
      followed: [2, 'keep', touched],
      seeded: [2, 'keep', stays],
    },
  ],
  [[none, none], nothing('neither live nor desired has it')],
  [[none, none, 1], nothing('neither live nor desired has it')],
  [
    [1, none],
    {
      managed: [1, none, mine],
      exclusive: [none, 'remove', 'is not in desired'],
      followed: [1, none, mine],
      seeded: [1, none, mine],
      user: [1, none, mine],
    },
  ],
  [
    [1, none, 1],
    {
      managed: [none, 'remove', withdrawn],
      exclusive: [none, 'remove', 'is no longer desired'],
      followed: [none, 'remove', withdrawn],
      seeded: [none, 'remove', withdrawn],
      user: [1, 'keep', handedOver],
    },
  ],
  [
    [2, none, 1],
    {
      managed: [2, 'keep', released],
      exclusive: [none, 'remove', 'is no longer desired'],
      followed: [2, 'keep', released],
      seeded: [2, 'keep', released],
      user: [2, 'keep', handedOver],
    },
  ],
];

function nothing(why: string): Partial<Record<Owner, Outcome>> {
  return Object.fromEntries(owners.map((owner) => [owner, [none, none, why]]));
}

const rows = table.flatMap(([[live, desired, last], outcomes]) =>
  owners.flatMap((owner) => {
    const outcome = outcomes[owner];
    return outcome === undefined ? [] : [{ owner, leaf: { live, desired, last }, outcome }];
  }),
);

/** A verdict with the value that it names. */
function outcomeOf({ take, ...verdict }: Verdict, leaf: Place) {
  return { value: take === 'none' ? undefined : leaf[take], ...verdict };
}

describe('one leaf', () => {
  test.each(rows)('$owner $leaf', ({ owner, leaf, outcome: [value, op, why] }) => {
    const isReleased = why === released || why === handedOver;
    expect(outcomeOf(decide(owner, leaf, false), leaf)).toStrictEqual({
      value,
      op,
      why,
      ...(isReleased && { released: true }),
    });
  });

  test.each(['seeded', 'followed'] as const)(
    'of an element that the user deleted is not given a first value again, even if it is new: %s',
    (owner) => {
      const leaf = { live: undefined, desired: 1, last: undefined };
      expect(decide(owner, leaf, true)).toStrictEqual({ take: 'none', op: 'keep', why: deletedOnce });
    },
  );

  test('of an element that the user deleted comes back where it is managed', () => {
    const leaf = { live: undefined, desired: 1, last: undefined };
    expect(decide('managed', leaf, true)).toStrictEqual({ take: 'desired', op: 'add', why: added });
  });
});
