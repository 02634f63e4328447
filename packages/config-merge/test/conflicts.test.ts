import { describe, expect, test } from 'vitest';
import { definePolicy, mergeConfig, type Rule } from '../src/index.ts';

const merge = (rules: readonly Rule[], live: object, desired: object, lastApplied?: object) => {
  const { config, changes, warnings } = mergeConfig({
    live,
    desired,
    lastApplied,
    policy: definePolicy({ rules }),
  });
  return {
    config,
    ops: changes.map(({ op, path }) => `${op} ${path}`),
    warnings: warnings.map(({ code, path }) => `${code} ${path}`),
  };
};

describe('a seeded place', () => {
  const seeded: Rule[] = [{ path: 'a', owner: 'seeded' }];

  test('is desired again in another form when nobody touched the old one, empty as it was', () => {
    expect(merge(seeded, { a: {} }, { a: 7 }, { a: {} })).toStrictEqual({
      config: { a: 7 },
      ops: ['replace a'],
      warnings: ['TYPE_CONFLICT a'],
    });
  });

  test('keeps what people added to the old form, without what was applied', () => {
    expect(merge(seeded, { a: { x: 1, mine: 2 } }, { a: 7 }, { a: { x: 1 } })).toStrictEqual({
      config: { a: { mine: 2 } },
      ops: ['remove a.x', 'keep a'],
      warnings: ['TYPE_CONFLICT a'],
    });
  });

  test('keeps a value that people changed, and says so once', () => {
    expect(merge(seeded, { a: 5 }, { a: { b: 1 } }, { a: 4 })).toStrictEqual({
      config: { a: 5 },
      ops: ['keep a'],
      warnings: ['TYPE_CONFLICT a'],
    });
  });

  test('that people emptied stays empty without a word about itself', () => {
    expect(merge(seeded, { a: {} }, { a: { b: 1 } }, { a: { b: 1 } })).toStrictEqual({
      config: { a: {} },
      ops: ['keep a.b'],
      warnings: [],
    });
  });
});

describe('a managed place', () => {
  test('replaced by a value has what was desired again, but nothing seeded a second time', () => {
    const rules: Rule[] = [{ path: 'a.b', owner: 'seeded' }];
    const applied = { a: { b: 1, c: 1 } };
    expect(merge(rules, { a: 5 }, applied, applied)).toStrictEqual({
      config: { a: { c: 1 } },
      ops: ['replace a'],
      warnings: ['TYPE_CONFLICT a'],
    });
    const onlySeeded = { a: { b: 1 } };
    expect(merge(rules, { a: 5 }, onlySeeded, onlySeeded)).toStrictEqual({
      config: { a: 5 },
      ops: [],
      warnings: [],
    });
  });

  test('that was a value once is no news when both sides have keys there now', () => {
    expect(merge([], { a: { x: 1 } }, { a: { y: 1 } }, { a: 5 })).toStrictEqual({
      config: { a: { x: 1, y: 1 } },
      ops: ['add a.y'],
      warnings: [],
    });
  });

  test('for a keyed array keeps an object that people put there', () => {
    const rules: Rule[] = [{ path: 'list', owner: 'managed', arrayKey: 'id' }];
    expect(merge(rules, { list: { a: 1 } }, {}, { list: { b: 1 } }).config).toStrictEqual({ list: { a: 1 } });
  });
});

describe("a user's key where desired has a value", () => {
  const mine: Rule = { path: 'a.mine', owner: 'user' };
  const list: Rule[] = [
    { path: 'a.list', owner: 'managed', arrayKey: 'id' },
    { path: 'a.list.x.mine', owner: 'user' },
    { path: 'a.list.x.other', owner: 'managed' },
  ];

  test.each<[string, Rule[], object, boolean]>([
    ['beside rules of others', [mine, { path: 'a.other', owner: 'managed' }], { mine: 1 }, true],
    ['beside keys of others', [mine], { z: 1, mine: 1 }, true],
    ['in an element', list, { list: [{ id: 'w' }, { id: 'x', mine: 1 }] }, true],
    ['in no element', list, { list: [{ id: 'w', mine: 1 }] }, false],
    ['nowhere in a list', list, { list: 5 }, false],
    ['nowhere', [mine], { z: 1 }, false],
  ])('stays: %s', (_, rules, live, stays) => {
    const { config, warnings } = merge(rules, { a: live }, { a: 5 });
    expect(config).toStrictEqual({ a: stays ? live : 5 });
    expect(warnings).toStrictEqual(['TYPE_CONFLICT a']);
  });

  test('and is said to stay once, even if it was applied before', () => {
    const rules: Rule[] = [
      { path: 'a', owner: 'user' },
      { path: 'a.b', owner: 'managed' },
    ];
    expect(merge(rules, { a: 5 }, { a: { b: 1 } }, { a: 5 })).toStrictEqual({
      config: { a: 5 },
      ops: ['keep a'],
      warnings: ['TYPE_CONFLICT a'],
    });
  });
});

describe('elements', () => {
  const list: Rule = { path: 'list', owner: 'managed', arrayKey: 'id' };

  test('are reported identity first when they are new', () => {
    const desired = { a: 2, list: [{ n: 1, m: 1, id: 'new' }] };
    expect(merge([list], { a: 1 }, desired).ops).toStrictEqual([
      'replace a',
      'add list.new.id',
      'add list.new.n',
      'add list.new.m',
    ]);
  });

  test('that were applied and belong to the user now are released, identity and all', () => {
    const applied = { list: [{ id: 'a', n: 1 }] };
    expect(merge([list, { path: 'list.*', owner: 'user' }], applied, {}, applied)).toStrictEqual({
      config: applied,
      ops: ['keep list.a.n', 'keep list.a.id'],
      warnings: ['RELEASED list.a.n', 'RELEASED list.a.id'],
    });
  });
});
