import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { definePolicy, explain, formatDocument, mergeConfig, parseDocument } from '../src/index.ts';
import { checkObject } from '../src/check.ts';
import { setOwn } from '../src/json.ts';

const policy = definePolicy({ rules: [] });
const refused = (code: string, path?: string) =>
  expect.objectContaining({ code, ...(path === undefined ? {} : { path }) });

const nested = (depth: number): object => {
  let value: object = {};
  for (let level = 1; level < depth; level++) value = { a: value };
  return value;
};

test.each([
  ['undefined', { a: { b: undefined } }, 'a.b'],
  ['a function', { a: [() => 1] }, 'a.0'],
  ['a bigint', { a: 1n }, 'a'],
  ['a symbol', { a: Symbol('x') }, 'a'],
  ['a symbol as a key', { a: { [Symbol('x')]: 1 } }, 'a'],
  ['NaN', { a: Number.NaN }, 'a'],
  ['Infinity', { 'a.b': [-Infinity] }, '["a.b"].0'],
  ['a date', { a: new Date(0) }, 'a'],
  ['a map', { a: new Map() }, 'a'],
  ['an instance', { a: new URLSearchParams() }, 'a'],
  ['a hole', { a: Array.from({ length: 1 }) }, 'a.0'],
])('%s is not JSON', (_, value, path) => {
  expect(() => mergeConfig({ desired: value, policy })).toThrow(refused('VALUE_NOT_JSON', path));
  expect(() => mergeConfig({ live: value, desired: {}, policy })).toThrow(refused('VALUE_NOT_JSON', path));
  expect(() => mergeConfig({ live: {}, desired: {}, lastApplied: value, policy })).toThrow(
    refused('VALUE_NOT_JSON', path),
  );
  expect(() => formatDocument(value)).toThrow(refused('VALUE_NOT_JSON', path));
});

test('of several faults the one told is in desired, whatever comes first in live', () => {
  const owned = definePolicy({ rules: [{ path: 'mine', owner: 'user' }] });
  const live = { mine: 1, broken: Number.NaN };
  const desired = { last: 1, mine: 1, broken: Number.NaN };
  const merge = (from: object, wanted: object) => () =>
    mergeConfig({ live: from, desired: wanted, lastApplied: { gone: undefined }, policy: owned });
  expect(merge(live, desired)).toThrow(/^desired: broken is NaN/u);
  expect(merge(live, { last: 1, mine: 1 })).toThrow(refused('DESIRED_USER_OWNED', 'mine'));
  expect(merge(live, { last: 1 })).toThrow(/^live: broken is NaN/u);
  expect(merge({ mine: 1 }, { last: 1 })).toThrow(/^lastApplied: gone is undefined/u);
});

test('an input that is JSON only while nobody looks for the fault is refused all the same', () => {
  for (const hide of [true, false]) {
    let reads = 0;
    const moody = {
      get a() {
        reads++;
        if (hide && reads === 1) Object.defineProperty(moody, 'hidden', { value: 1, configurable: true });
        else if (hide) Reflect.deleteProperty(moody, 'hidden');
        return reads === 1 && !hide ? undefined : 1;
      },
    };
    expect(() => mergeConfig({ live: { nested: moody }, desired: {}, policy })).toThrow(
      'an input changes while it is read',
    );
  }
});

test.each([[[]], [new Map()], [new Date(0)]])('the root is a plain object, not %j', (root) => {
  expect(() => mergeConfig({ desired: root, policy })).toThrow(refused('VALUE_ROOT'));
});

test('the root has no key that is a symbol or hidden, and no key is left unread', () => {
  for (const root of [{ [Symbol('x')]: 1 }, Object.defineProperty({}, 'hidden', { value: 1 })]) {
    expect(() => mergeConfig({ live: root, desired: {}, policy })).toThrow(refused('VALUE_NOT_JSON'));
    expect(() => mergeConfig({ desired: root, policy })).toThrow(refused('VALUE_NOT_JSON'));
    expect(() => mergeConfig({ desired: {}, lastApplied: root, policy })).toThrow(refused('VALUE_NOT_JSON'));
  }
});

test('the root is an object, not null or text from untyped code', () => {
  for (const root of [null, 'text', 5, true, undefined]) {
    expect(() => checkObject(root, 'desired')).toThrow(refused('VALUE_ROOT'));
    // Only what is left out stands for no config at all.
    if (root === undefined) continue;
    const untyped: object = JSON.parse(JSON.stringify(root));
    expect(() => mergeConfig({ live: untyped, desired: {}, policy })).toThrow(/^live is not a plain object/u);
    expect(() => mergeConfig({ lastApplied: untyped, desired: {}, policy })).toThrow(
      /^lastApplied is not a plain object/u,
    );
  }
});

test('a value that contains itself is refused', () => {
  const cycle: Record<string, unknown> = { a: [] };
  cycle['a'] = [{ b: cycle }];
  expect(() => mergeConfig({ live: cycle, desired: {}, policy })).toThrow(refused('VALUE_CYCLE'));
});

test('a cycle is found where it closes, however wide or long it is', () => {
  let reads = 0;
  const wide: Record<string, unknown> = {
    get rest() {
      reads++;
      return 1;
    },
  };
  wide['self'] = wide;
  expect(() => checkObject(wide, 'live')).toThrow(refused('VALUE_CYCLE', 'self'));
  // Every turn of the cycle would read the rest again.
  expect(reads).toBeLessThan(5);

  const long: Record<string, unknown> = {};
  let end = long;
  for (let level = 1; level < 400; level++) {
    const next = {};
    end['a'] = next;
    end = next;
  }
  end['a'] = long;
  expect(() => checkObject(long, 'live')).toThrow(refused('VALUE_CYCLE'));
});

test('the same value in two places is no cycle', () => {
  const shared = { x: 1 };
  expect(mergeConfig({ desired: { a: shared, b: [shared, shared] }, policy }).config).toStrictEqual({
    a: { x: 1 },
    b: [{ x: 1 }, { x: 1 }],
  });
});

test('500 levels merge, 10,000 are refused without overflowing the stack', () => {
  const rules = definePolicy({
    rules: [
      { path: 'a.a.a', owner: 'exclusive' },
      { path: 'b', owner: 'user' },
    ],
  });
  const deep = { ...nested(500), b: 1 };
  const result = mergeConfig({ live: deep, desired: nested(500), lastApplied: nested(499), policy: rules });
  expect(formatDocument(result.config)).toBe(formatDocument(deep));
  expect(explain(result, 'a.a.a.a').owner).toBe('exclusive');
  expect(() => mergeConfig({ live: nested(501), desired: {}, policy })).toThrow(refused('VALUE_DEPTH'));
  expect(() => mergeConfig({ live: nested(10_000), desired: {}, policy })).toThrow(refused('VALUE_DEPTH'));
});

test('keys named like prototype members are data', () => {
  const live = parseDocument(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1}',
  );
  const desired = parseDocument('{"__proto__":{"more":2},"prototype":{"x":1}}');
  const result = mergeConfig({ live, desired, policy });
  expect(JSON.stringify(result.config)).toBe(
    '{"__proto__":{"polluted":1,"more":2},"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,"prototype":{"x":1}}',
  );
  expect(Object.hasOwn(Object.prototype, 'polluted') || Object.hasOwn(Object.prototype, 'more')).toBe(false);
  expect(explain(result, '__proto__.more')).toMatchObject({ value: 2, source: 'desired' });
  expect(explain(result, 'toString')).toMatchObject({ value: undefined, source: 'none' });
});

test('a key that a library gave all objects is in none, and hides none that is not enumerable', () => {
  const hidden = Object.defineProperty({}, 'secret', { value: 1 });
  const outcome = (live: object): unknown => {
    try {
      return mergeConfig({ live, desired: {}, policy }).config;
    } catch (error) {
      return error;
    }
  };
  const all = Object.prototype;
  Object.defineProperty(all, 'shim', { value: 1, configurable: true, enumerable: true });
  const outcomes = [{ a: { b: 1 } }, { a: hidden }].map(outcome);
  Reflect.deleteProperty(all, 'shim');
  expect(outcomes).toEqual([{ a: { b: 1 } }, refused('VALUE_NOT_JSON', 'a.secret')]);
});

test('objects without a prototype and of another realm are plain', () => {
  const bare = { __proto__: null, a: 1 };
  expect(mergeConfig({ desired: { x: bare }, policy }).config).toStrictEqual({ x: { a: 1 } });
  const foreign: unknown = runInNewContext('({ x: { a: [1] } })');
  expect(formatDocument(checkObject(foreign, 'desired'))).toBe(formatDocument({ x: { a: [1] } }));
});

test('an array without the methods of one, and an object made with another, are not JSON', () => {
  const bare: unknown = Object.setPrototypeOf([1], null);
  expect(() => mergeConfig({ live: { a: bare }, desired: { a: [1] }, policy })).toThrow(
    refused('VALUE_NOT_JSON', 'a'),
  );
  const hidden: object = Object.create(Object.assign(Object.create(null), { toJSON: () => 'other' }));
  expect(() => formatDocument({ a: hidden })).toThrow(refused('VALUE_NOT_JSON', 'a'));
});

test('a getter that throws only once is refused like one that always does', () => {
  let reads = 0;
  const moody = {
    get a() {
      reads++;
      if (reads === 1) throw new Error('a secret');
      return 1;
    },
  };
  expect(() => mergeConfig({ desired: moody, policy })).toThrow('an input changes while it is read');
});

test('what is added is a copy of desired, so that nobody changes one through the other', () => {
  const desired = { a: { b: { c: 1 } } };
  const { config } = mergeConfig({ live: {}, desired, policy });
  expect(config).toStrictEqual(desired);
  expect(config['a']).not.toBe(desired.a);
});

test('minus zero is zero', () => {
  expect(mergeConfig({ live: { a: 0 }, desired: { a: -0 }, policy }).changes).toStrictEqual([]);
  expect(formatDocument({ a: -0 })).toBe(formatDocument({ a: 0 }));
});

test('a fault is found past everything that is none', () => {
  const fine = { text: 'x', yes: true, nothing: null, numbers: [1, 2], none: [], objects: nested(3) };
  expect(() => checkObject({ fine, bad: undefined }, 'live')).toThrow(refused('VALUE_NOT_JSON', 'bad'));
  const many = Array.from({ length: 600 }, () => ({ a: [] }));
  expect(() => checkObject({ many, bad: undefined }, 'live')).toThrow(refused('VALUE_NOT_JSON', 'bad'));
});

test('arrays nest 499 levels below the root and no deeper', () => {
  const list = (depth: number): unknown[] => (depth === 1 ? [] : [list(depth - 1)]);
  expect(checkObject({ a: list(499) }, 'live')).toStrictEqual({ a: list(499) });
  expect(() => checkObject({ a: list(500) }, 'live')).toThrow(refused('VALUE_DEPTH'));
});

test('__proto__ is written as a key like any other', () => {
  const object = {};
  setOwn(object, '__proto__', 1);
  expect(Object.getOwnPropertyDescriptor(object, '__proto__')).toStrictEqual({
    value: 1,
    configurable: true,
    enumerable: true,
    writable: true,
  });
});

test('an array with an object that has one more key is another array', () => {
  const change = (live: object, desired: object) => mergeConfig({ live, desired, policy }).config;
  expect(change({ a: [{ b: 1 }] }, { a: [{ b: 1, c: 1 }] })).toStrictEqual({ a: [{ b: 1, c: 1 }] });
  expect(change({ a: [{ b: 1, c: 1 }] }, { a: [{ b: 1 }] })).toStrictEqual({ a: [{ b: 1 }] });
});

/** What code may pass that no compiler has seen. */
const untyped = (value: unknown) => value as never;

test.each<[string, () => unknown, string]>([
  ['a document that is none', () => parseDocument(untyped(undefined)), 'DOCUMENT_SYNTAX'],
  ['a number for a document', () => parseDocument(untyped(5)), 'DOCUMENT_SYNTAX'],
  ['bytes for a document', () => parseDocument(untyped(new Uint8Array([0x7b, 0x7d]))), 'DOCUMENT_SYNTAX'],
  ['nothing to merge', () => mergeConfig(untyped(undefined)), 'POLICY_INVALID'],
  ['no policy', () => mergeConfig(untyped({ desired: {} })), 'POLICY_INVALID'],
  ['no desired', () => mergeConfig(untyped({ policy })), 'VALUE_ROOT'],
  [
    'a policy of the wrong form',
    () => mergeConfig(untyped({ desired: {}, policy: { rules: 5 } })),
    'POLICY_INVALID',
  ],
  ['a number for a policy', () => mergeConfig(untyped({ desired: {}, policy: 5 })), 'POLICY_INVALID'],
  ['no result to explain', () => explain(untyped(undefined), 'a'), 'RESULT_UNKNOWN'],
  ['no path', () => explain(mergeConfig({ desired: {}, policy }), untyped(undefined)), 'PATH_INVALID'],
  [
    'a getter that throws',
    () =>
      mergeConfig({
        desired: {
          a: {
            get b() {
              throw new Error('s3cret');
            },
          },
        },
        policy,
      }),
    'VALUE_NOT_JSON',
  ],
  [
    'a policy that throws',
    () =>
      definePolicy(
        untyped({
          get rules() {
            throw new Error('s3cret');
          },
        }),
      ),
    'POLICY_INVALID',
  ],
  ['nothing to format', () => formatDocument(untyped(undefined)), 'VALUE_ROOT'],
])('%s is refused with a code', (_, run, code) => {
  expect(run).toThrow(refused(code));
  expect(run).not.toThrow('s3cret');
});

test('a policy that nobody checked works when it is right', () => {
  const plain = {
    rules: [{ path: 'a', owner: 'exclusive' as const }],
    default: 'managed' as const,
    defaultReason: undefined,
  };
  expect(mergeConfig({ live: { a: { b: 1 }, c: 1 }, desired: {}, policy: plain }).config).toStrictEqual({
    c: 1,
  });
});
