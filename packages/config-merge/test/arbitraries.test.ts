import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeConfig, parseDocument } from '../src/index.ts';
import { owners } from '../src/policy.ts';
import { cases, type Case } from './arbitraries/case.ts';
import { dice, written } from './arbitraries/json5-text.ts';
import { seed } from './arbitraries/law.ts';
import { leaves, ownerOf } from './model.ts';

const sample: readonly Case[] = fc.sample(cases(), { numRuns: 1_000, seed });

const share = (hit: (example: Case) => boolean): number => sample.filter(hit).length / sample.length;

/** A law is worth what its cases hit. */
test.each(owners)(`at least 30 % of the cases have a leaf that is %s (seed ${seed})`, (owner) => {
  const hit = share(({ live, desired, lastApplied, model }) =>
    [live, desired, lastApplied].some((root) =>
      [...leaves(model, root).values()].some(({ keys }) => ownerOf(model, keys) === owner),
    ),
  );
  expect(hit).toBeGreaterThanOrEqual(0.3);
});

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

const texts = fc
  .sample(fc.tuple(cases(), dice), { numRuns: 1_000, seed })
  .map(([{ live }, numbers]) => written(live, numbers));

const refusedFor = (code: string) => (text: string) => {
  try {
    parseDocument(text);
    return false;
  } catch (error) {
    return Object(error).code === code;
  }
};

test.each<[string, number, (text: string) => boolean]>([
  ['is plain JSON', 0.1, (text) => text.startsWith('{\n') && !text.includes('//') && !text.includes("'")],
  ['is on one line', 0.1, (text) => !/[\n\r\u2028\u2029]/u.test(text)],
  ['has a line comment', 0.3, (text) => text.includes('//')],
  ['has a block comment', 0.3, (text) => text.includes('/*')],
  ['has a comment above and beside', 0.05, (text) => text.includes('above 0') && text.includes(' beside')],
  ['begins lines with commas', 0.05, (text) => /\n\s+, /u.test(text)],
  ['has CRLF', 0.1, (text) => text.includes('\r\n')],
  ['has line ends of Unicode', 0.1, (text) => /[\u2028\u2029]/u.test(text)],
  ['begins with a byte order mark', 0.05, (text) => text.startsWith('\uFEFF')],
  ['has a comma at the end', 0.2, (text) => /,\s*[}\]]/u.test(text)],
  ['has single quotes', 0.2, (text) => text.includes("'")],
  ['has a hexadecimal number', 0.02, (text) => /0x\d/u.test(text)],
  ['has a key twice', 0.05, refusedFor('DOCUMENT_DUPLICATE_KEY')],
  ['has a number that JSON has not', 0.02, refusedFor('DOCUMENT_NUMBER')],
])(`of the texts enough %s: %d (seed ${seed})`, (_, least, hit) => {
  expect(texts.filter(hit).length / texts.length).toBeGreaterThanOrEqual(least);
});
