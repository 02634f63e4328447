/**
 * The price of knowing who decides: mergeConfig against a plain deep merge of the same inputs, all in one run.
 * The candidates take turns and the best time of each counts: on a machine that others use too, a median measures
 * them. From 1 MB on each starts with a clean heap (`--expose-gc`) and pays for its own garbage only.
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

/** Best time of each candidate in milliseconds. */
function race<Name extends string>(
  candidates: ReadonlyMap<Name, () => unknown>,
  rounds: number,
): (name: Name) => number {
  const best = new Map<Name, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of candidates) {
      if (rounds < 100) globalThis.gc?.();
      const start = performance.now();
      run();
      best.set(name, Math.min(best.get(name) ?? Infinity, performance.now() - start));
    }
  }
  return (name) => best.get(name) ?? Infinity;
}

const rows = [10_000, 100_000, 1_000_000, 10_000_000].map((bytes) => {
  const { live, desired, lastApplied } = benchInput(bytes);
  const text = formatDocument(live);
  const time = race(
    new Map([
      ['twoWay', () => mergeConfig({ live, desired, policy: allManaged })],
      ['threeWay', () => mergeConfig({ live, desired, lastApplied, policy })],
      ['deepmerge', () => plainMerge(live, desired)],
      ['deepmergeThree', () => plainMerge(lastApplied, live, desired)],
      ['lodash', () => lodash.merge({}, live, desired)],
      ['parse', () => parseDocument(text)],
      ['parseJson5', () => parseDocument(`// by hand\n${text}`)],
      ['json', (): unknown => JSON.parse(text)],
    ]),
    bytes < 50_000 ? 1_000 : bytes < 500_000 ? 200 : bytes < 5_000_000 ? 40 : 10,
  );
  return { bytes, time };
});

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
