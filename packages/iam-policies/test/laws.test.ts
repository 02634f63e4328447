import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { document, resourcePolicy } from '../src/index.ts';
import type { PolicyJson } from '../src/json.ts';
import { normalise } from '../src/normalise.ts';
import { sizeOf, split } from '../src/size.ts';
import { policyJson } from '../src/json.ts';
import { decide } from './evaluator.ts';
import {
  requests,
  resourceSayings,
  saying,
  sayings,
  speaksOf,
  stated,
  statedOfResource,
  type Saying,
} from './laws.arbitrary.ts';

const decisions = (policies: readonly PolicyJson[]) => requests.map((request) => decide(policies, request));
const contents = (said: readonly Saying[]) =>
  said.map((each) => (each.callers.length > 0 ? statedOfResource(each) : stated(each)).content);
/** Of the policy of a role, or of a resource. */
const either = fc.oneof(sayings, resourceSayings);
/** For the laws that everything rests on. */
const thorough = { numRuns: 1000 };

describe('a policy', () => {
  it.each([
    ['of a role', sayings, (said: readonly Saying[]) => document(...said.map(stated))],
    [
      'of a resource',
      resourceSayings,
      (said: readonly Saying[]) => resourcePolicy(...said.map(statedOfResource)),
    ],
  ])('%s allows exactly what its statements name and no deny names', (_, arbitrary, policyOf) => {
    fc.assert(
      fc.property(arbitrary, (said) => {
        const expected = requests.map((request) => {
          const about = said.filter((each) => speaksOf(each, request)).map((each) => each.effect);
          if (about.includes('Deny')) return 'explicit deny';
          return about.includes('Allow') ? 'allow' : 'implicit deny';
        });
        expect(decisions([policyOf(said).toJSON()])).toEqual(expected);
      }),
      thorough,
    );
  });

  it('decides the same as its statements one by one: merging changes no decision', () => {
    fc.assert(
      fc.property(either, (said) => {
        const apart = contents(said).map((content) => policyJson([content]));
        expect(decisions([policyJson(normalise(contents(said)))])).toEqual(decisions(apart));
      }),
      thorough,
    );
  });

  it('decides the same when it is split, and every part fits', () => {
    fc.assert(
      fc.property(either, fc.integer({ min: 650, max: 1500 }), (said, limit) => {
        const whole = normalise(contents(said));
        const parts = split(whole, limit);
        expect(decisions(parts.map(policyJson))).toEqual(decisions([policyJson(whole)]));
        for (const part of parts) expect(sizeOf(part)).toBeLessThanOrEqual(limit);
        const sids = parts.flat().map((statement) => statement.sid);
        expect(new Set(sids).size).toBe(sids.length);
      }),
      thorough,
    );
  });

  it('decides the same when its conditions are split by their values', () => {
    // One action on one object, in as little room as the conditions leave: there is nothing else to split.
    const narrow = saying.map((said) => ({
      ...said,
      actions: said.actions.slice(0, 1),
      objects: said.objects.slice(0, 1),
    }));
    fc.assert(
      fc.property(narrow, (said) => {
        const whole = normalise(contents([said]));
        // One less than with the number of a piece's Sid.
        const limit = sizeOf(whole) + 3;
        const divisible = said.conditions.some(
          ({ operator, values }) => values.length > 1 && !/Not|Null|ForAllValues/.test(operator),
        );
        fc.pre(divisible);
        const parts = split(whole, limit);
        expect(parts.length).toBeGreaterThan(1);
        expect(decisions(parts.map(policyJson))).toEqual(decisions([policyJson(whole)]));
      }),
      thorough,
    );
  });

  it('is normal after normalising once', () => {
    fc.assert(
      fc.property(sayings, (said) => {
        const once = normalise(contents(said));
        expect(normalise(once)).toEqual(once);
      }),
    );
  });

  it('survives a round trip through JSON', () => {
    fc.assert(
      fc.property(sayings, (said) => {
        const policy = document(...said.map(stated));
        const read: PolicyJson = JSON.parse(JSON.stringify(policy));
        expect(read).toEqual(policy.toJSON());
        expect(decisions([read])).toEqual(decisions([policy.toJSON()]));
      }),
    );
  });

  it('does not depend on the order of its statements, actions or resources', () => {
    const shuffled = sayings.chain((said) =>
      fc.tuple(fc.constant(said), fc.shuffledSubarray(said, { minLength: said.length })),
    );
    fc.assert(
      fc.property(shuffled, ([said, otherwise]) => {
        const reversed = otherwise.map((each) => ({
          ...each,
          actions: each.actions.toReversed(),
          objects: each.objects.toReversed(),
        }));
        expect(JSON.stringify(document(...reversed.map(stated)))).toBe(
          JSON.stringify(document(...said.map(stated))),
        );
      }),
    );
  });

  it('has Sids that are unique and legal', () => {
    fc.assert(
      fc.property(sayings, (said) => {
        const sids = document(...said.map(stated))
          .toJSON()
          .Statement.map((statement) => statement.Sid);
        expect(new Set(sids).size).toBe(sids.length);
        for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
      }),
    );
  });
});

describe('a statement', () => {
  it('is not changed by what is made from it', () => {
    fc.assert(
      fc.property(saying, (said) => {
        const statement = stated({ ...said, conditions: [] });
        const before = JSON.stringify(statement.content);
        stated(said);
        document(statement).asManaged();
        expect(JSON.stringify(statement.content)).toBe(before);
        for (const part of [statement, statement.content, ...Object.values(statement.content)]) {
          expect(Object.isFrozen(part)).toBe(true);
        }
      }),
    );
  });
});
