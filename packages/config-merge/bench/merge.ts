/**
 * The price of knowing who decides: mergeConfig against a plain deep merge of the same inputs, all in one run.
 *
 * Each size is measured on ten megabytes of configs of that size, each another object, so that small ones have no
 * caches to themselves that a large one cannot have. Young objects get room for a whole result
 * (`--max-semi-space-size`): else the collector copies most of a large one twice, and growth shows that. The
 * candidates take turns, each starts with a clean heap (`--expose-gc`) and pays for its own garbage, and the best
 * time counts: on a machine that others use too, a median measures them.
 */
import { deepmergeCustom } from 'deepmerge-ts';
import lodash from 'lodash';
import { definePolicy, formatDocument, mergeConfig, mergeText, parseDocument } from '../src/index.ts';
import { benchInput } from './config.ts';
import { explainLimit, raceExplain } from './explain.ts';
import { within } from './limit.ts';

const plainMerge = deepmergeCustom({ mergeArrays: false });
const allManaged = definePolicy({ rules: [] });
const policy = definePolicy({
  rules: [
    { path: '*.models', owner: 'managed', arrayKey: 'id' },
    { path: '*.limits', owner: 'exclusive' },
    { path: '*.label', owner: 'seeded' },
    { path: 'section-1', owner: 'user' },
  ],
});

const total = 10_000_000;
const rounds = 12;

/** Best time of each candidate for one config, in milliseconds. */
function race<Item, Name extends string>(
  inputs: readonly Item[],
  candidates: ReadonlyMap<Name, (input: Item) => unknown>,
): (name: Name) => number {
  const best = new Map<Name, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of candidates) {
      globalThis.gc?.();
      const start = performance.now();
      for (const input of inputs) run(input);
      const time = (performance.now() - start) / inputs.length;
      best.set(name, Math.min(best.get(name) ?? Infinity, time));
    }
  }
  return (name) => best.get(name) ?? Infinity;
}

/** As many configs of a size as make {@link total} bytes. */
function configs(bytes: number) {
  return Array.from({ length: total / bytes }, () => {
    const input = structuredClone(benchInput(bytes));
    const text = formatDocument(input.live);
    return { ...input, text, json5: `// by hand\n${text}` };
  });
}

type Input = ReturnType<typeof configs>[number];

const candidates = new Map([
  ['twoWay', ({ live, desired }: Input): unknown => mergeConfig({ live, desired, policy: allManaged })],
  ['threeWay', ({ live, desired, lastApplied }) => mergeConfig({ live, desired, lastApplied, policy })],
  ['deepmerge', ({ live, desired }) => plainMerge(live, desired)],
  ['deepmergeThree', ({ live, desired, lastApplied }) => plainMerge(lastApplied, live, desired)],
  ['lodash', ({ live, desired }) => lodash.merge({}, live, desired)],
  ['parse', ({ text }) => parseDocument(text)],
  ['parseJson5', ({ json5 }) => parseDocument(json5)],
  ['json', ({ text }) => JSON.parse(text)],
  ['format', ({ live }) => formatDocument(live)],
  ['text', ({ text: live, desired, lastApplied }) => mergeText({ live, desired, lastApplied, policy })],
  ['textTwoWay', ({ text: live, desired }) => mergeText({ live, desired, policy: allManaged })],
  ['textJson5', ({ json5: live, desired, lastApplied }) => mergeText({ live, desired, lastApplied, policy })],
] satisfies [string, (input: Input) => unknown][]);

type Candidate = Parameters<(typeof rows)[number]['time']>[0];

const rows = [10_000, 100_000, 1_000_000, 10_000_000].map((bytes) => ({
  bytes,
  time: race(configs(bytes), candidates),
}));

const ms = (value: number): string => value.toFixed(value < 1 ? 3 : 1);
const ratio = (value: number): string => `${value.toFixed(2)}×`;

console.table(
  rows.map(({ bytes, time }) => ({
    size: `${bytes / 1000} kB`,
    'two-way ms': ms(time('twoWay')),
    'of deepmerge-ts': ratio(time('twoWay') / time('deepmerge')),
    'of lodash.merge': ratio(time('twoWay') / time('lodash')),
    'three-way ms': ms(time('threeWay')),
    'of deepmerge-ts of three': ratio(time('threeWay') / time('deepmergeThree')),
    'parse ms': ms(time('parse')),
    'of JSON.parse': ratio(time('parse') / time('json')),
    'parse JSON5 ms': ms(time('parseJson5')),
  })),
);

console.log('what ten times the size costs:');
console.table(
  rows.slice(1).map(({ bytes, time }, at) => {
    const before = rows[at];
    const growth = (name: Parameters<typeof time>[0]): string =>
      ratio(time(name) / (before?.time(name) ?? 0));
    return {
      to: `${bytes / 1000} kB`,
      'two-way': growth('twoWay'),
      'three-way': growth('threeWay'),
      parse: growth('parse'),
      'parse JSON5': growth('parseJson5'),
      'deepmerge-ts': growth('deepmerge'),
      'lodash.merge': growth('lodash'),
    };
  }),
);

/** How many times the price of reading, merging and writing anew an edit of the text may cost. */
const limit = 2;
console.log(`mergeText, of parseDocument + mergeConfig + formatDocument (limit ${ratio(limit)}):`);
const prices = rows.map(({ bytes, time }) => {
  const price = (edit: Candidate, read: Candidate, merge: Candidate) =>
    time(edit) / (time(read) + time(merge) + time('format'));
  return {
    size: `${bytes / 1000} kB`,
    'two-way': price('textTwoWay', 'parse', 'twoWay'),
    'three-way': price('text', 'parse', 'threeWay'),
    'three-way JSON5': price('textJson5', 'parseJson5', 'threeWay'),
    ms: time('text'),
    'JSON5 ms': time('textJson5'),
  };
});
console.table(
  prices.map((row) => ({
    ...row,
    'two-way': ratio(row['two-way']),
    'three-way': ratio(row['three-way']),
    'three-way JSON5': ratio(row['three-way JSON5']),
    ms: ms(row.ms),
    'JSON5 ms': ms(row['JSON5 ms']),
  })),
);
const worst = Math.max(
  ...prices.flatMap((row) => [row['two-way'], row['three-way'], row['three-way JSON5']]),
);
within('mergeText, of reading, merging and writing anew', worst, limit);

const explained = raceExplain();
console.log(
  `explain, a hundred times in a keyed array of 100,000 elements: ${ms(explained.explain)} ms, ` +
    `${ratio(explained.explain / explained.merge)} of one merge (${ms(explained.merge)} ms)`,
);

within('a hundred explanations, in merges', explained.explain / explained.merge, explainLimit);
for (const { bytes, time } of rows.filter(({ bytes: size }) => size <= 1_000_000)) {
  within(
    `three-way merge of ${bytes / 1000} kB, of deepmerge-ts`,
    time('threeWay') / time('deepmergeThree'),
    3,
  );
}
