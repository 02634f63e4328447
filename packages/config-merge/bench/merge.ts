/**
 * The price of knowing who decides: mergeConfig against a plain deep merge of the same inputs, all in one run.
 * The candidates take turns and the best time of each counts: a busy machine slows all of them alike. With
 * `--expose-gc` each starts with a clean heap and pays for its own garbage only, which decides at 10 MB.
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
      if (rounds < 1_000) globalThis.gc?.();
      const start = performance.now();
      run();
      best.set(name, Math.min(best.get(name) ?? Infinity, performance.now() - start));
    }
  }
  return (name) => best.get(name) ?? Infinity;
}

const rows = [10_000, 1_000_000, 10_000_000].map((bytes) => {
  const { live, desired, lastApplied } = benchInput(bytes);
  const text = formatDocument(live);
  const best = race(
    new Map([
      ['twoWay', () => mergeConfig({ live, desired, policy: allManaged })],
      ['threeWay', () => mergeConfig({ live, desired, lastApplied, policy })],
      ['deepmerge', () => plainMerge(live, desired)],
      ['deepmergeThree', () => plainMerge(lastApplied, live, desired)],
      ['lodash', () => lodash.merge({}, live, desired)],
      ['parse', () => parseDocument(text)],
      ['json', (): unknown => JSON.parse(text)],
    ]),
    bytes < 100_000 ? 1_000 : bytes < 5_000_000 ? 40 : 10,
  );
  return { bytes, best };
});

const ms = (value: number): string => value.toFixed(value < 1 ? 3 : 1);
const ratio = (value: number): string => `${value.toFixed(2)}×`;

console.table(
  rows.map(({ bytes, best }) => ({
    size: `${bytes / 1000} kB`,
    'two-way ms': ms(best('twoWay')),
    'of deepmerge-ts': ratio(best('twoWay') / best('deepmerge')),
    'of lodash.merge': ratio(best('twoWay') / best('lodash')),
    'three-way ms': ms(best('threeWay')),
    'of deepmerge-ts of three': ratio(best('threeWay') / best('deepmergeThree')),
    'parse ms': ms(best('parse')),
    'of JSON.parse': ratio(best('parse') / best('json')),
  })),
);
const [, middle, large] = rows;
if (middle !== undefined && large !== undefined) {
  const growth = (name: string): string => ratio(large.best(name) / middle.best(name));
  console.log(
    `ten times the size costs: two-way ${growth('twoWay')}, three-way ${growth('threeWay')}, deepmerge-ts ${growth('deepmerge')}`,
  );
}
