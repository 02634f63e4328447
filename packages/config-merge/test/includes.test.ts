import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import {
  formatSource,
  includedNames,
  joinIncludes,
  parseDocument,
  sourcesOf,
  spreadOverFiles,
  type ConfigFiles,
  type JsonObject,
  type JsonValue,
} from '../src/index.ts';
import { law } from './arbitraries/law.ts';

const files = (texts: Record<string, string>): ConfigFiles =>
  new Map(Object.entries(texts).map(([name, text]) => [name, parseDocument(text)]));

const join = (texts: Record<string, string>) => joinIncludes(files(texts), 'main.json5');

describe('an include', () => {
  test('is replaced by its file, and keys beside it win; arrays are joined', () => {
    const { value } = join({
      'main.json5': `{ $include: './ways.json5', gateway: { port: 1, trusted: ['a'] } }`,
      'ways.json5': `{ gateway: { port: 2, trusted: ['b'], roles: { x: 1 } }, ui: { color: 'red' } }`,
    });
    expect(value).toEqual({
      gateway: { port: 1, trusted: ['b', 'a'], roles: { x: 1 } },
      ui: { color: 'red' },
    });
  });

  test('of several files joins them in order', () => {
    const { value } = join({
      'main.json5': `{ topics: { $include: ['a.json5', 'sub/b.json5'] } }`,
      'a.json5': `{ x: 1, list: [1] }`,
      'sub/b.json5': `{ x: 2, list: [2], more: { $include: './c.json5' } }`,
      'sub/c.json5': `{ deep: true }`,
    });
    expect(value).toEqual({ topics: { x: 2, list: [1, 2], more: { deep: true } } });
  });

  test('may stand in an element of an array', () => {
    const { value } = join({
      'main.json5': `{ list: [{ $include: './a.json5' }, 2] }`,
      'a.json5': `{ x: 1 }`,
    });
    expect(value).toEqual({ list: [{ x: 1 }, 2] });
  });

  test.each([
    ['a file that is not there', `{ $include: './b.json5' }`, /b\.json5 is not there, but main\.json5/],
    ['itself', `{ a: { $include: 'main.json5' } }`, /includes itself: main\.json5 → main\.json5/],
    ['a place outside', `{ $include: '../a.json5' }`, /not in the folder of the config/],
    ['an absolute place', `{ $include: '/etc/a.json5' }`, /not in the folder of the config/],
    ['no text', `{ $include: 5 }`, /names no file/],
    ['the folder itself', `{ $include: './' }`, /not in the folder of the config/],
    ['a list, with keys beside it', `{ x: { $include: 'list.json5', y: 1 } }`, /beside an include/],
  ])('of %s is refused', (_, text, message) => {
    const all = new Map<string, JsonValue>([
      ['main.json5', parseDocument(text)],
      ['list.json5', [1]],
    ]);
    expect(() => joinIncludes(all, 'main.json5')).toThrow(
      expect.objectContaining({ code: 'INCLUDE_INVALID', message: expect.stringMatching(message) }),
    );
  });

  test('goes over ten files, and no further', () => {
    const chain = (length: number) =>
      join({
        'main.json5': `{ a: { $include: '1.json5' } }`,
        ...Object.fromEntries(
          Array.from({ length }, (_, at) => [
            `${at + 1}.json5`,
            at + 1 === length ? `{ end: 1 }` : `{ $include: '${at + 2}.json5' }`,
          ]),
        ),
      });
    expect(chain(10).value).toEqual({ a: { end: 1 } });
    expect(() => chain(11)).toThrow(/more than 10/);
  });

  test('by an absolute name is one of the folder, where the folder is known', () => {
    const value = parseDocument(`{ a: { $include: '/state/x/b.json5' }, c: { $include: ['d', 'e'] } }`);
    expect(includedNames(value, 'main.json5', { root: '/state' })).toEqual(['x/b.json5', 'd', 'e']);
    expect(() => includedNames(value, 'main.json5', { root: '/sta' })).toThrow(/not in the folder/);
    const spelt = parseDocument(`{ $include: ['//state/./x/../b.json5', '/y/../state/c.json5'] }`);
    expect(includedNames(spelt, 'x/a.json5', { root: '/state' })).toEqual(['b.json5', 'c.json5']);
    for (const name of ['/state/../etc/a', '/../..', '/state', '/state/']) {
      const out = { $include: name };
      expect(() => includedNames(out, 'a', { root: '/state' })).toThrow(/not in the folder/);
    }
  });

  test('says where a value comes from', () => {
    const all = files({
      'main.json5': `{ $include: 'a.json5', gateway: { port: 1 } }`,
      'a.json5': `{ gateway: { port: 2, 'x.y': true } }`,
    });
    const joined = joinIncludes(all, 'main.json5');
    expect(sourcesOf(joined, all, 'gateway.port').map(formatSource)).toEqual([
      'a.json5: gateway.port',
      'main.json5: gateway.port',
    ]);
    expect(sourcesOf(joined, all, 'gateway["x.y"]').map(formatSource)).toEqual(['a.json5: gateway["x.y"]']);
  });
});

const spread = (texts: Record<string, string>, config: (value: JsonObject) => JsonObject) => {
  const all = files(texts);
  const joined = joinIncludes(all, 'main.json5');
  const result = spreadOverFiles({ files: all, main: 'main.json5', joined }, config(joined.value));
  return { ...result, files: Object.fromEntries(result.files) };
};

describe('a changed config', () => {
  const topics = {
    'main.json5': `{ channels: { $include: 'channels.json5' }, ui: { color: 'red' } }`,
    'channels.json5': `{ telegram: { enabled: true } }`,
  };

  test('is written where a person would write it: into the file that alone has the topic', () => {
    const set = (value: JsonObject) => ({ ...value, channels: { telegram: { enabled: false }, irc: {} } });
    expect(spread(topics, set)).toEqual({
      files: { 'channels.json5': { telegram: { enabled: false }, irc: {} } },
      dissolved: false,
    });
  });

  test('is written into the main file where a file is not alone, and what it says otherwise goes from it', () => {
    const result = spread(
      {
        'main.json5': `{ $include: 'ways.json5', gateway: { port: 1 } }`,
        'ways.json5': `{ gateway: { port: 2, trusted: ['b'], roles: { x: 1 } }, ui: { color: 'red' } }`,
      },
      () => ({ gateway: { port: 3, trusted: ['a'] }, ui: { color: 'red' } }),
    );
    expect(result).toEqual({
      files: {
        'main.json5': { $include: 'ways.json5', gateway: { port: 3, trusted: ['a'] } },
        'ways.json5': { gateway: { port: 2 }, ui: { color: 'red' } },
      },
      dissolved: false,
    });
  });

  test('that drops a topic drops the reference, and leaves the file', () => {
    expect(spread(topics, () => ({ ui: { color: 'red' } }))).toEqual({
      files: { 'main.json5': { ui: { color: 'red' } } },
      dissolved: false,
    });
  });

  test('is taken over by the main file where a file stands in two places', () => {
    const result = spread(
      {
        'main.json5': `{ a: { $include: 'x.json5' }, b: { $include: 'x.json5' } }`,
        'x.json5': `{ y: 1, z: 1 }`,
      },
      () => ({ a: { y: 1 }, b: { y: 1, z: 1 } }),
    );
    expect(result).toEqual({
      files: { 'main.json5': { a: { y: 1 }, b: { y: 1, z: 1 } } },
      dissolved: true,
    });
  });
});

/** Configs of few keys, so that files say different things of the same place. */
const leaf = fc.oneof(
  fc.constantFrom<JsonValue>(1, 'x', true, null),
  fc.array(fc.constantFrom(1, 2), { maxLength: 2 }),
);
const { config } = fc.letrec<{ value: JsonValue; config: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, tie('config')),
  config: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 3 }),
}));

const include = fc.constantFrom<JsonValue>('one', 'two', ['one', 'two'], ['two']);

/** A config in which some objects refer to files; `two` includes none, so that nothing goes in a circle. */
const referring = (references: fc.Arbitrary<JsonValue>) =>
  fc
    .tuple(
      config,
      fc.array(fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }), references), {
        maxLength: 2,
      }),
    )
    .map(([value, places]) =>
      places.reduce((whole, [path, reference]) => refer(whole, path, reference), value),
    );

function refer(value: JsonObject, [key, ...rest]: readonly string[], reference: JsonValue): JsonObject {
  if (key === undefined) return { ...value, $include: reference };
  const inner = value[key];
  const object =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as JsonObject) : {};
  return { ...value, [key]: refer(object, rest, reference) };
}

const someFiles = fc.tuple(referring(include), referring(fc.constant('two')), config).map(
  ([main, one, two]): ConfigFiles =>
    new Map([
      ['main', main],
      ['one', one],
      ['two', two],
    ]),
);

describe('laws of includes', () => {
  law(
    'the files that a change is spread over, joined, are the changed config',
    fc.tuple(someFiles, config),
    ([all, wanted]) => {
      const joined = joinIncludes(all, 'main');
      const result = spreadOverFiles({ files: all, main: 'main', joined }, wanted);
      const after = joinIncludes(new Map([...all, ...result.files]), 'main');
      assert.deepEqual(sorted(after.value), sorted(wanted));
    },
  );

  law('a config that did not change is written nowhere', someFiles, (all) => {
    const joined = joinIncludes(all, 'main');
    assert.equal(spreadOverFiles({ files: all, main: 'main', joined }, joined.value).files.size, 0);
  });
});

function sorted(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => [key, sorted(member)]);
}
