import { expect, test } from 'vitest';
import { definePolicy, formatDocument, mergeConfig, parseDocument } from '../src/index.ts';

const policy = definePolicy({ rules: [] });

test('10 MB are read, merged and written', () => {
  const big = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, at) => [`key${at}`, { name: 'x'.repeat(80), n: at }]),
  );
  const text = formatDocument(big);
  expect(text.length).toBeGreaterThan(10_000_000);
  const live = parseDocument(text);
  const { config, changes } = mergeConfig({ live, desired: { key7: { n: -1 } }, lastApplied: live, policy });
  expect(changes).toHaveLength(200_000);
  expect(config).toStrictEqual({ key7: { n: -1 } });
});

test('10 MB of JSON5 are read', () => {
  const entry = `k: 'v', // ${'x'.repeat(90)}\n`;
  const text = `{ list: [${`{ ${entry} },`.repeat(95_000)}] }`;
  expect(text.length).toBeGreaterThan(10_000_000);
  expect(parseDocument(text)['list']).toHaveLength(95_000);
});

test('100,000 elements that share their identities are reported one by one', () => {
  const list = Array.from({ length: 100_000 }, (_, at) => ({ id: `twin ${at % 50_000}` }));
  const keyed = definePolicy({ rules: [{ path: 'list', owner: 'managed', arrayKey: 'id' }] });
  const { config, warnings } = mergeConfig({ live: { list }, desired: { list: [] }, policy: keyed });
  expect(config).toStrictEqual({ list });
  expect(warnings).toHaveLength(50_000);
});
