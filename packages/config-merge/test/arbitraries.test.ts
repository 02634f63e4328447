import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeConfig } from '../src/index.ts';
import { cases, type Case } from './arbitraries/case.ts';
import { seed } from './arbitraries/law.ts';
import { leaves, ownerOf } from './model.ts';

const sample: readonly Case[] = fc.sample(cases(), { numRuns: 1_000, seed });

const share = (hit: (example: Case) => boolean): number => sample.filter(hit).length / sample.length;

/** A law is worth what its cases hit. */
test.each(['managed', 'exclusive', 'seeded', 'user'] as const)(
  `at least 30 % of the cases have a leaf that is %s (seed ${seed})`,
  (owner) => {
    const hit = share(({ live, desired, lastApplied, model }) =>
      [live, desired, lastApplied].some((root) =>
        [...leaves(model, root).values()].some(({ keys }) => ownerOf(model, keys) === owner),
      ),
    );
    expect(hit).toBeGreaterThanOrEqual(0.3);
  },
);

test.each(['add', 'replace', 'remove', 'keep'] as const)(
  `at least 30 % of the cases have the change %s (seed ${seed})`,
  (op) => {
    expect(
      share((example) => mergeConfig(example).changes.some((change) => change.op === op)),
    ).toBeGreaterThanOrEqual(0.3);
  },
);

test.each(['TYPE_CONFLICT', 'RELEASED', 'IDENTITY_MISSING', 'IDENTITY_DUPLICATE'] as const)(
  `at least 5 % of the cases have the warning %s (seed ${seed})`,
  (code) => {
    expect(
      share((example) => mergeConfig(example).warnings.some((warning) => warning.code === code)),
    ).toBeGreaterThanOrEqual(0.05);
  },
);

test(`the three inputs overlap: at least 40 % of the cases have a leaf that all of them name (seed ${seed})`, () => {
  const hit = share(({ live, desired, lastApplied, model }) => {
    const [right, last] = [leaves(model, desired), leaves(model, lastApplied)];
    return [...leaves(model, live).keys()].some((path) => right.has(path) && last.has(path));
  });
  expect(hit).toBeGreaterThanOrEqual(0.4);
});
