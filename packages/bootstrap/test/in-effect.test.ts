import { openclawPolicy, parseDocument, joinIncludes, type JsonObject } from '@clawharbor/config-merge';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mainFile, parseSet } from '../src/config/config-set.ts';
import { merge, type Wanted } from '../src/config/merge.ts';
import type { Host } from '../src/host/host.ts';
import { defaultOpenClawVersion } from '../src/openclaw-release.ts';

/** Only where the files would lie is asked of it: nothing is read. */
const host = { layout: { state: '/state' } } as Host;

const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);

/** People's keys, and keys that are not theirs: few, so that files say different things of the same place. */
const key = fc.constantFrom(
  'gateway',
  'auth',
  'trustedProxies',
  'controlUi',
  'allowedOrigins',
  'update',
  'ui',
  'port',
);
const { config } = fc.letrec<{ value: unknown; config: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(1, 'x', true, null),
    fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    tie('config'),
  ),
  config: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>,
}));

const include = fc.constantFrom<JsonObject>(
  {},
  { $include: 'a' },
  { $include: ['a', 'b'] },
  { $include: './b' },
);
const live = fc
  .tuple(config, include, config, fc.constantFrom<JsonObject>({}, { $include: './b' }), config)
  .map(([main, from, a, nested, b]) => ({
    text: JSON.stringify({ ...main, ...from }),
    includes: new Map([
      ['a', JSON.stringify({ ...a, ...nested })],
      ['b', JSON.stringify(b)],
    ]),
  }));

const wanted: Wanted = {
  desired: {
    gateway: {
      port: 5173,
      auth: { mode: 'trusted-proxy' },
      trustedProxies: ['10.0.0.0/24'],
      controlUi: { allowedOrigins: ['https://a.example.com'] },
    },
    update: { checkOnStart: false },
  },
  lastApplied: undefined,
  owners: {},
  release: defaultOpenClawVersion,
};

/** Told by looking, not by merging. */
function waysIn(effective: unknown): unknown[] {
  return openclawPolicy.rules
    .filter(({ owner }) => owner === 'exclusive')
    .map(({ path }) =>
      path
        .split('.')
        .reduce<unknown>((at, name) => (Object(at) === at ? (at as JsonObject)[name] : undefined), effective),
    );
}

test(`whatever files people have, together they say of the ways in what infrastructure decided (seed ${seed})`, () => {
  fc.assert(
    fc.property(live, (set) => {
      const { set: written } = merge(parseSet(host, set), wanted);
      const texts: [string, string][] = [[mainFile, written.text], ...written.includes];
      const files = new Map(texts.map(([name, text]) => [name, parseDocument(text)]));
      const effective = joinIncludes(files, mainFile, { root: '/state' }).value;
      expect(waysIn(effective)).toEqual(waysIn(wanted.desired));
    }),
    { numRuns: 500, seed },
  );
});
