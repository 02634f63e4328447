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
import { definePolicy, formatDocument, mergeConfig, parseDocument } from '../src/index.ts';
import { benchInput } from './config.ts';

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
] satisfies [string, (input: Input) => unknown][]);

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
