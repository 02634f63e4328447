/**
 * The price of knowing who decides: mergeConfig against a plain deep merge of the same inputs, all in one run.
 * The candidates take turns and the best time of each counts: a busy machine slows all of them alike.
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
  candidates: Record<Name, () => unknown>,
  rounds: number,
): Record<Name, number> {
  const best = Object.fromEntries(Object.keys(candidates).map((name) => [name, Infinity])) as Record<
    Name,
    number
  >;
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(candidates) as [Name, () => unknown][]) {
      const start = performance.now();
      run();
      best[name] = Math.min(best[name], performance.now() - start);
    }
  }
  return best;
}

const rows = [10_000, 1_000_000, 10_000_000].map((bytes) => {
  const { live, desired, lastApplied } = benchInput(bytes);
  const text = formatDocument(live);
  const candidates = {
    merge: () => mergeConfig({ live, desired, lastApplied, policy }),
    managed: () => mergeConfig({ live, desired, policy: allManaged }),
    deepmerge: () => plainMerge(live, desired),
    deepmergeThree: () => plainMerge(lastApplied, live, desired),
    lodash: () => lodash.merge({}, live, desired),
    parse: () => parseDocument(text),
    json: () => JSON.parse(text),
  };
  return { bytes, ...race(candidates, bytes < 100_000 ? 1_000 : bytes < 5_000_000 ? 40 : 10) };
});

const ms = (value: number): string => value.toFixed(value < 1 ? 3 : 1);
const ratio = (value: number): string => `${value.toFixed(2)}×`;

console.table(
  rows.map((row) => ({
    size: `${row.bytes / 1000} kB`,
    'two-way ms': ms(row.managed),
    'of deepmerge-ts': ratio(row.managed / row.deepmerge),
    'of lodash.merge': ratio(row.managed / row.lodash),
    'three-way ms': ms(row.merge),
    'of deepmerge-ts of three': ratio(row.merge / row.deepmergeThree),
    'parse ms': ms(row.parse),
    'of JSON.parse': ratio(row.parse / row.json),
  })),
);
const [, middle, large] = rows;
if (middle !== undefined && large !== undefined) {
  console.log(
    `ten times the size costs ${ratio(large.managed / middle.managed)} two-way, ${ratio(large.merge / middle.merge)} three-way`,
  );
}
