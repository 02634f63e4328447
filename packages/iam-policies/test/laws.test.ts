import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { document } from '../src/index.ts';
import type { PolicyJson } from '../src/json.ts';
import { normalise } from '../src/normalise.ts';
import { sizeOf, split } from '../src/size.ts';
import { policyJson } from '../src/json.ts';
import { decide } from './evaluator.ts';
import { requests, saying, sayings, speaksOf, stated } from './laws.arbitrary.ts';

const decisions = (policies: readonly PolicyJson[]) => requests.map((request) => decide(policies, request));
const contents = (said: Parameters<typeof stated>[0][]) => said.map((each) => stated(each).content);

describe('a policy', () => {
  it('allows exactly what its statements name and no deny names', () => {
    fc.assert(
      fc.property(sayings, (said) => {
        const policy = document(...said.map(stated)).toJSON();
        for (const request of requests) {
          const about = said.filter((each) => speaksOf(each, request)).map((each) => each.effect);
          const expected = about.includes('Deny')
            ? 'explicit deny'
            : about.includes('Allow')
              ? 'allow'
              : 'implicit deny';
          expect({ request, decision: decide([policy], request) }).toEqual({ request, decision: expected });
        }
      }),
    );
  });

  it('decides the same as its statements one by one: merging changes no decision', () => {
    fc.assert(
      fc.property(sayings, (said) => {
        const apart = said.map((each) => policyJson([stated(each).content]));
        expect(decisions([policyJson(normalise(contents(said)))])).toEqual(decisions(apart));
      }),
    );
  });

  it('decides the same when it is split, and every part fits', () => {
    fc.assert(
      fc.property(sayings, fc.integer({ min: 260, max: 900 }), (said, limit) => {
        const whole = normalise(contents(said));
        const parts = split(whole, limit);
        expect(decisions(parts.map(policyJson))).toEqual(decisions([policyJson(whole)]));
        for (const part of parts) expect(sizeOf(part)).toBeLessThanOrEqual(limit);
        const sids = parts.flat().map((statement) => statement.sid);
        expect(new Set(sids).size).toBe(sids.length);
      }),
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
        const statement = stated({ ...said, tls: [] });
        const before = JSON.stringify(statement.content);
        stated({ ...said, tls: ['2'] });
        document(statement).asManaged();
        expect(JSON.stringify(statement.content)).toBe(before);
        for (const part of [statement, statement.content, ...Object.values(statement.content)]) {
          expect(Object.isFrozen(part)).toBe(true);
        }
      }),
    );
  });
});
