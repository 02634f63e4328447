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

  test.each<[string, object, object, object]>([
    ['an object that was applied', { a: { x: 1 } }, { a: 7 }, { a: { x: 1 } }],
    ['an empty object that was applied', { a: {} }, { a: 7 }, { a: {} }],
    ['what people added to the object that was applied', { a: { x: 1, mine: 2 } }, { a: 7 }, { a: { x: 1 } }],
    ['a value that was applied', { a: 5 }, { a: { b: 1 } }, { a: 5 }],
    ['a value that people changed', { a: 5 }, { a: { b: 1 } }, { a: 4 }],
    ['an object that people put where a value was', { a: { x: 1 } }, { a: 7 }, { a: 5 }],
  ])(
    'is written once, so it keeps %s when desired has another type, and says so once',
    (_, live, desired, last) => {
      expect(merge(seeded, live, desired, last)).toStrictEqual({
        config: live,
        ops: ['keep a'],
        warnings: ['TYPE_CONFLICT a'],
      });
    },
  );

  test('takes the value that is desired where a rule inside removes all that live has', () => {
    const rules: Rule[] = [...seeded, { path: 'a.x', owner: 'exclusive' }];
    for (const last of [{}, { a: {} }]) {
      expect(merge(rules, { a: { x: 1 } }, { a: 7 }, last)).toStrictEqual({
        config: { a: 7 },
        ops: ['replace a'],
        warnings: ['TYPE_CONFLICT a'],
      });
    }
  });

  test('that a rule inside empties is told of once where its value was applied before', () => {
    const rules: Rule[] = [...seeded, { path: 'a.x', owner: 'exclusive' }];
    expect(merge(rules, { a: { x: 1 } }, { a: 7 }, { a: 7 })).toStrictEqual({
      config: {},
      ops: ['remove a.x'],
      warnings: [],
    });
  });

  test.each<[object, object, string]>([
    [{ a: 7 }, { a: { x: 1 } }, 'keep a'],
    [{ a: { x: 1 } }, { a: 7 }, 'keep a.x'],
    [{ a: { x: { y: 1 } } }, { a: { x: 7 } }, 'keep a.x.y'],
    [{ a: {} }, { a: 7 }, 'keep a'],
  ])('that people deleted stays deleted when desired has another type: %j after %j', (desired, last, op) => {
    expect(merge(seeded, {}, desired, last)).toStrictEqual({ config: {}, ops: [op], warnings: [] });
  });

  test('below a managed one that was deleted is new when only the managed one was applied', () => {
    const rules: Rule[] = [{ path: 'a.b', owner: 'seeded' }];
    expect(merge(rules, {}, { a: { b: 1 } }, { a: 5 }).config).toStrictEqual({ a: { b: 1 } });
  });

  test('that people emptied stays empty without a word about itself', () => {
    expect(merge(seeded, { a: {} }, { a: { b: 1 } }, { a: { b: 1 } })).toStrictEqual({
      config: { a: {} },
      ops: ['keep a.b'],
      warnings: [],
    });
  });
});

describe('a followed place', () => {
  const followed: Rule[] = [{ path: 'a', owner: 'followed' }];

  test.each<[string, object, object, object]>([
    ['what people added to the object that was applied', { a: { x: 1, mine: 2 } }, { a: 7 }, { a: { x: 1 } }],
    ['what people left of the object that was applied', { a: { x: 1 } }, { a: 7 }, { a: { x: 1, y: 1 } }],
    ['a value that people changed', { a: 5 }, { a: { b: 1 } }, { a: 4 }],
    ['an object that people put where a value was', { a: { x: 1 } }, { a: 7 }, { a: 5 }],
    ['an object that nobody applied', { a: { x: 1 } }, { a: 7 }, {}],
  ])('keeps %s, all of it, when desired has another type', (_, live, desired, last) => {
    expect(merge(followed, live, desired, last)).toStrictEqual({
      config: live,
      ops: ['keep a'],
      warnings: ['TYPE_CONFLICT a'],
    });
  });

  test.each<[object, object]>([
    [{ a: 5 }, { a: { b: 1 } }],
    [{ a: { b: 1 } }, { a: 5 }],
    [{ a: {} }, { a: 5 }],
    [{ a: [] }, { a: { b: 1 } }],
  ])('changes its type without a warning where live has what was applied: %j to %j', (applied, desired) => {
    expect(merge(followed, applied, desired, applied)).toStrictEqual({
      config: desired,
      ops: ['replace a'],
      warnings: [],
    });
  });

  test("makes no way for another type where a user's key is inside", () => {
    const rules: Rule[] = [...followed, { path: 'a.mine', owner: 'user' }];
    const applied = { a: { x: 1, mine: 2 } };
    expect(merge(rules, applied, { a: 7 }, applied).config).toStrictEqual({ a: { mine: 2 } });
  });

  test('that people deleted stays deleted when desired has another type', () => {
    expect(merge(followed, {}, { a: 7 }, { a: { x: 1 } })).toStrictEqual({
      config: {},
      ops: ['keep a'],
      warnings: [],
    });
  });
});

describe('a managed place', () => {
  test.each<[object, object]>([
    [{ a: 5 }, { a: { b: 1 } }],
    [{ a: { b: 1 } }, { a: 5 }],
  ])('changes its type without a warning where live has what was applied: %j to %j', (applied, desired) => {
    expect(merge([], applied, desired, applied)).toStrictEqual({
      config: desired,
      ops: ['replace a'],
      warnings: [],
    });
  });

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
      ops: ['keep a.b'],
      warnings: [],
    });
  });

  test('that was a value once and has keys now belongs to the user when it is no longer desired', () => {
    expect(merge([], { a: { x: 1 } }, {}, { a: 5 })).toStrictEqual({
      config: { a: { x: 1 } },
      ops: ['keep a'],
      warnings: ['RELEASED a'],
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

  test('is not called released where desired has a value', () => {
    expect(merge([mine], { a: { mine: 1 } }, { a: 7 }, { a: 5 })).toStrictEqual({
      config: { a: { mine: 1 } },
      ops: ['keep a'],
      warnings: ['TYPE_CONFLICT a'],
    });
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

describe('an array without arrayKey, above a rule', () => {
  const rules: Rule[] = [
    { path: 'list', owner: 'managed' },
    { path: 'list.*.mine', owner: 'user' },
  ];
  const warned = ['RULE_UNREACHABLE list'];

  test('is replaced as a whole all the same, and the merge says that the rule decides nothing', () => {
    const [live, desired] = [{ list: [{ mine: 1 }] }, { list: [{ mine: 2 }] }];
    expect(merge(rules, live, desired)).toStrictEqual({
      config: desired,
      ops: ['replace list'],
      warnings: warned,
    });
    expect(merge(rules, {}, desired).warnings).toStrictEqual(warned);
    expect(merge(rules, desired, desired).warnings).toStrictEqual(warned);
    expect(merge(rules, live, {}, live).warnings).toStrictEqual(warned);
    const mixed: Rule[] = [...rules, { path: 'list.*.ours', owner: 'managed' }];
    expect(merge(mixed, live, desired).warnings).toStrictEqual(warned);
    expect(merge(rules, live, { list: { a: 1 } }).warnings).toStrictEqual([...warned, 'TYPE_CONFLICT list']);
  });

  test('is no news where the rule says the same as the array, where nothing is an array, or where nobody looks', () => {
    const same: Rule[] = [{ path: 'list.*.key', owner: 'managed', sensitive: true }];
    expect(merge(same, {}, { list: [{ key: 1 }] }).warnings).toStrictEqual([]);
    expect(merge(rules, {}, { list: { a: { n: 1 } } }).warnings).toStrictEqual([]);
    expect(merge(rules, { list: [{ mine: 1 }] }, {}).warnings).toStrictEqual([]);
    const keyed: Rule[] = [{ path: 'list', owner: 'managed', arrayKey: 'id' }, ...rules.slice(1)];
    expect(merge(keyed, {}, { list: [{ id: 'a' }] }).warnings).toStrictEqual([]);
  });
});
