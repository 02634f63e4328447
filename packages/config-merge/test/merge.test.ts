import { describe, expect, test } from 'vitest';
import { definePolicy, explain, mergeConfig, planConfig, redacted } from '../src/index.ts';

const policy = definePolicy({
  rules: [
    { path: 'auth', owner: 'exclusive', reason: 'the login' },
    { path: 'auth.password', owner: 'exclusive', sensitive: true },
    { path: 'agents', owner: 'seeded' },
    { path: 'meta', owner: 'user' },
    { path: 'models', owner: 'managed', arrayKey: 'id' },
    { path: 'team', owner: 'seeded', arrayKey: 'name' },
  ],
});

const ops = (input: Omit<Parameters<typeof mergeConfig>[0], 'policy'>) => {
  const result = mergeConfig({ ...input, policy });
  return { ...result, ops: result.changes.map(({ op, path }) => `${op} ${path}`) };
};

describe('without a live config', () => {
  test('the result is desired, and every leaf of it an addition', () => {
    const desired = { port: 1, auth: { mode: 'x' }, agents: { n: 1 }, models: [{ id: 'a' }], empty: {} };
    const result = ops({ desired, lastApplied: desired });
    expect(result.config).toStrictEqual(desired);
    expect(result.ops).toStrictEqual([
      'add port',
      'add auth.mode',
      'add agents.n',
      'add models.a.id',
      'add empty',
    ]);
  });
});

describe('managed', () => {
  test('each leaf in desired wins, siblings stay', () => {
    const result = ops({ live: { net: { port: 1, mine: true } }, desired: { net: { port: 2 } } });
    expect(result.config).toStrictEqual({ net: { port: 2, mine: true } });
    expect(result.changes).toStrictEqual([
      {
        path: 'net.port',
        op: 'replace',
        before: 1,
        after: 2,
        owner: 'managed',
        reason: 'desired has another value; managed: no rule covers it',
      },
    ]);
  });

  test('a value changed by hand is called drift', () => {
    const { changes } = ops({ live: { port: 9 }, desired: { port: 2 }, lastApplied: { port: 2 } });
    expect(changes[0]?.reason).toContain('drift');
  });

  test('a withdrawn leaf goes, with the objects it leaves empty', () => {
    const applied = { net: { deep: { port: 2 } } };
    const result = ops({ live: { ...applied, mine: 1 }, desired: {}, lastApplied: applied });
    expect(result.config).toStrictEqual({ mine: 1 });
    expect(result.ops).toStrictEqual(['remove net.deep.port']);
  });

  test('a withdrawn leaf that was changed since stays and is released', () => {
    const result = ops({ live: { port: 9 }, desired: {}, lastApplied: { port: 2 } });
    expect(result.config).toStrictEqual({ port: 9 });
    expect(result.ops).toStrictEqual(['keep port']);
    expect(result.warnings.map(({ code }) => code)).toStrictEqual(['RELEASED']);
  });

  test('arrays without identity are replaced as a whole', () => {
    expect(ops({ live: { list: [1, 2] }, desired: { list: [3] } }).config).toStrictEqual({ list: [3] });
  });
});

describe('what neither desired nor the last applied config names', () => {
  test('is not even looked at: the same value, and no word about it', () => {
    const live = { mine: { deep: [] }, models: [{ n: 1 }], list: [1] };
    const result = ops({ live, desired: { port: 1 } });
    expect(result.config['mine']).toBe(live.mine);
    expect(result.config['models']).toBe(live.models);
    expect(result.warnings).toStrictEqual([]);
  });

  test('goes where a rule further down makes it exclusive', () => {
    const deep = definePolicy({ rules: [{ path: 'a.b.c', owner: 'exclusive' }] });
    const result = mergeConfig({ live: { a: { b: { c: 1, d: 1 } } }, desired: {}, policy: deep });
    expect(result.config).toStrictEqual({ a: { b: { d: 1 } } });
  });
});

describe('exclusive', () => {
  test('the subtree equals desired; extras are removed and reported', () => {
    const result = ops({ live: { auth: { mode: 'a', token: 't' } }, desired: { auth: { mode: 'b' } } });
    expect(result.config).toStrictEqual({ auth: { mode: 'b' } });
    expect(result.ops).toStrictEqual(['replace auth.mode', 'remove auth.token']);
  });

  test('is gone when desired has none of it', () => {
    expect(ops({ live: { auth: { mode: { x: 1 } }, a: 1 }, desired: {} }).config).toStrictEqual({ a: 1 });
  });

  test('an object that desired has empty stays as an empty one', () => {
    const result = ops({ live: { auth: { x: 1 } }, desired: { auth: {} } });
    expect(result.config).toStrictEqual({ auth: {} });
    expect(result.ops).toStrictEqual(['remove auth.x', 'add auth']);
  });
});

describe('seeded', () => {
  test('writes a first value only', () => {
    const result = ops({ live: { agents: { model: 'mine' } }, desired: { agents: { model: 'd', n: 4 } } });
    expect(result.config).toStrictEqual({ agents: { model: 'mine', n: 4 } });
    expect(result.ops).toStrictEqual(['keep agents.model', 'add agents.n']);
  });

  test('stays deleted, even if the default changes', () => {
    const result = ops({ live: {}, desired: { agents: { n: 5 } }, lastApplied: { agents: { n: 4 } } });
    expect(result.config).toStrictEqual({});
    expect(result.ops).toStrictEqual(['keep agents.n']);
  });

  test('a deleted element stays deleted as a whole, new keys of it included', () => {
    const result = ops({
      live: { team: [] },
      desired: { team: [{ name: 'ann', role: 'x', desk: 1 }] },
      lastApplied: { team: [{ name: 'ann', role: 'x' }] },
    });
    expect(result.config).toStrictEqual({ team: [] });
  });
});

describe('followed', () => {
  const allFollowed = definePolicy({
    rules: [{ path: 'team', owner: 'followed', arrayKey: 'name' }],
    default: 'followed',
  });
  const merge = (live: object, desired: object, lastApplied: object) =>
    mergeConfig({ live, desired, lastApplied, policy: allFollowed });

  test('moves with desired, leaf by leaf, where people changed nothing', () => {
    const { config } = merge({ m: { p: 'a', n: 9 } }, { m: { p: 'b', n: 2 } }, { m: { p: 'a', n: 1 } });
    expect(config).toStrictEqual({ m: { p: 'b', n: 9 } });
  });

  test('moves element by element of a keyed array, and leaves the deleted ones deleted', () => {
    const applied = [
      { name: 'ann', role: 'x', desk: 1 },
      { name: 'bob', role: 'x' },
      { name: 'eve', role: 'x' },
    ];
    const desired = applied.map((one) => ({ ...one, role: 'y', new: true }));
    const { config } = merge(
      { team: [{ name: 'ann', role: 'x', desk: 2 }, applied[1]] },
      { team: desired },
      { team: applied },
    );
    expect(config).toStrictEqual({
      team: [
        { name: 'ann', role: 'y', desk: 2, new: true },
        { name: 'bob', role: 'y', new: true },
      ],
    });
  });

  test("a value that infrastructure wanted before, but not last, is people's", () => {
    // a was applied, changed to u, b was desired meanwhile (and kept out), then people went back to a.
    expect(merge({ n: 'a' }, { n: 'c' }, { n: 'b' }).config).toStrictEqual({ n: 'a' });
    expect(merge({ n: 'b' }, { n: 'c' }, { n: 'b' }).config).toStrictEqual({ n: 'c' });
  });

  test('a plain array is one value: it moves as a whole or not at all', () => {
    expect(merge({ l: [1, 2] }, { l: [3] }, { l: [1, 2] }).config).toStrictEqual({ l: [3] });
    expect(merge({ l: [1, 2, 9] }, { l: [3] }, { l: [1, 2] }).config).toStrictEqual({ l: [1, 2, 9] });
  });

  test('explain tells whether it follows', () => {
    const inputs: [object, object] = [{ n: 'b' }, { n: 'a' }];
    expect(explain(merge({ n: 'a' }, ...inputs), 'n')).toMatchObject({
      value: 'b',
      source: 'desired',
      reason: 'still has the applied value, so it follows desired; followed: no rule covers it',
    });
    expect(explain(merge({ n: 'u' }, ...inputs), 'n')).toMatchObject({
      value: 'u',
      source: 'live',
      reason: 'was changed since it was applied; followed: no rule covers it',
    });
  });
});

describe('user', () => {
  test('desired may not set it', () => {
    expect(() => ops({ desired: { meta: { a: 1 } } })).toThrow(
      expect.objectContaining({ code: 'DESIRED_USER_OWNED', path: 'meta.a' }),
    );
    expect(() => ops({ desired: { meta: {} } })).toThrow(
      expect.objectContaining({ code: 'DESIRED_USER_OWNED' }),
    );
  });

  test.each([
    [
      {
        list: [
          { id: 'a', n: 1 },
          { id: 'b', mine: 1 },
        ],
      },
      'list.b.mine',
    ],
    [{ list: [{ id: 'a', mine: 1 }] }, 'list.a.mine'],
    [{ x: { y: { z: 1 } }, top: { n: 1, mine: 1 } }, 'top.mine'],
  ])('nor in an element or beside other keys: %j', (desired, path) => {
    const mixed = definePolicy({
      rules: [
        { path: 'list', owner: 'managed', arrayKey: 'id' },
        { path: 'list.*.mine', owner: 'user' },
        { path: 'top.mine', owner: 'user' },
      ],
    });
    expect(() => mergeConfig({ desired, policy: mixed })).toThrow(
      expect.objectContaining({ code: 'DESIRED_USER_OWNED', path }),
    );
  });

  test('what was applied before the policy gave it to the user stays', () => {
    const result = ops({ live: { meta: { a: 1 } }, desired: {}, lastApplied: { meta: { a: 1 } } });
    expect(result.config).toStrictEqual({ meta: { a: 1 } });
    expect(result.warnings[0]).toMatchObject({ code: 'RELEASED', path: 'meta.a' });
  });
});

describe('keyed arrays', () => {
  test('merge element by element, in live order, new ones last', () => {
    const live = {
      models: [
        { id: 'b', mine: 1 },
        { id: 'a.1', size: 1 },
      ],
    };
    const desired = { models: [{ id: 'new' }, { id: 'a.1', size: 2 }] };
    const result = ops({ live, desired });
    expect(result.config).toStrictEqual({
      models: [{ id: 'b', mine: 1 }, { id: 'a.1', size: 2 }, { id: 'new' }],
    });
    expect(result.ops).toStrictEqual(['replace models["a.1"].size', 'add models.new.id']);
  });

  test('an element without identity, or with that of another, is reported and left alone', () => {
    const models = [{ id: 'a', n: 1 }, { id: 'a', n: 2 }, { n: 3 }, 'text'];
    const result = ops({ live: { models }, desired: { models: [{ id: 'a', n: 9 }] } });
    expect(result.config).toStrictEqual({ models: [{ id: 'a', n: 9 }, { id: 'a', n: 2 }, { n: 3 }, 'text'] });
    expect(result.warnings.map(({ code }) => code)).toStrictEqual([
      'IDENTITY_DUPLICATE',
      'IDENTITY_MISSING',
      'IDENTITY_MISSING',
    ]);
  });

  test('an element stays as long as a second one has its identity', () => {
    const live = { models: [{ id: 'a' }, { id: 'a', n: 2 }] };
    const result = ops({ live, desired: {}, lastApplied: { models: [{ id: 'a' }] } });
    expect(result.config).toStrictEqual(live);
  });

  test.each([[{ a: 1 }], [null], [[{ n: 1 }]], [[{ id: 1 }]], [['text']], [[{ id: 'a' }, { id: 'a' }]]])(
    'desired may not hold %j',
    (models) => {
      expect(() => ops({ desired: { models } })).toThrow(
        expect.objectContaining({ code: 'DESIRED_IDENTITY', path: 'models' }),
      );
    },
  );

  test('a withdrawn element goes, but not what the user added to it', () => {
    const applied = {
      models: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
      ],
    };
    const live = {
      models: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1, mine: 2 },
      ],
    };
    const result = ops({ live, desired: {}, lastApplied: applied });
    expect(result.config).toStrictEqual({ models: [{ id: 'b', mine: 2 }] });
    expect(result.ops).toStrictEqual(['remove models.a.n', 'remove models.a.id', 'remove models.b.n']);
  });
});

describe('type conflicts', () => {
  test.each([
    ['an object against a value', { net: { a: 1 } }, { net: 5 }],
    ['a value against an object', { net: 5 }, { net: { a: 1 } }],
    ['an object against a keyed array', { models: { a: 1 } }, { models: [{ id: 'a' }] }],
  ])('managed: desired wins, %s', (_, live, desired) => {
    const result = ops({ live, desired });
    const path = Object.keys(live)[0];
    expect(result.config).toStrictEqual(desired);
    expect(result.changes).toHaveLength(1);
    expect(result.changes[0]).toMatchObject({ op: 'replace', path });
    expect(result.warnings[0]).toMatchObject({ code: 'TYPE_CONFLICT', path });
  });

  test('seeded: live stays', () => {
    const result = ops({ live: { agents: { a: 5 } }, desired: { agents: { a: { b: 1 } } } });
    expect(result.config).toStrictEqual({ agents: { a: 5 } });
    expect(result.ops).toStrictEqual(['keep agents.a']);
    expect(result.warnings[0]?.code).toBe('TYPE_CONFLICT');
  });

  test("managed: a user's key inside survives", () => {
    const mixed = definePolicy({ rules: [{ path: 'a.mine', owner: 'user' }] });
    const result = mergeConfig({ live: { a: { mine: 1 } }, desired: { a: 5 }, policy: mixed });
    expect(result.config).toStrictEqual({ a: { mine: 1 } });
    expect(result.warnings[0]?.code).toBe('TYPE_CONFLICT');
  });
});

describe('reports', () => {
  test('hide sensitive values, also inside a replaced object', () => {
    const replaced = ops({ live: { auth: { password: 'old' } }, desired: { auth: { password: 'new' } } });
    expect(replaced.config).toStrictEqual({ auth: { password: 'new' } });
    expect(replaced.changes[0]).toMatchObject({ before: redacted, after: redacted });
    const conflict = ops({ live: { auth: { password: 'old', mode: 'x' } }, desired: { auth: 'none' } });
    expect(conflict.changes[0]).toMatchObject({ before: { password: redacted, mode: 'x' }, after: 'none' });
    expect(explain(replaced, 'auth.password').value).toBe(redacted);
    expect(explain(replaced, 'auth').value).toStrictEqual({ password: redacted });
  });

  test('a plan tells whether anything would change', () => {
    expect(planConfig({ live: { a: 1 }, desired: { a: 1 }, policy })).toStrictEqual({
      changes: [],
      warnings: [],
      upToDate: true,
    });
    expect(planConfig({ live: {}, desired: { a: 1 }, policy }).upToDate).toBe(false);
  });
});

describe('explain', () => {
  const result = ops({
    live: { port: 1, same: 1, mine: 1, agents: { n: 1 }, auth: { extra: 1 }, models: [{ id: 'a', n: 1 }] },
    desired: { port: 2, same: 1, fresh: { a: 1 }, agents: { n: 2 }, models: [{ id: 'a', n: 2 }] },
  });

  test.each([
    ['port', 2, 'managed', 'desired'],
    ['same', 1, 'managed', 'desired'],
    ['mine', 1, 'managed', 'live'],
    ['fresh', { a: 1 }, 'managed', 'desired'],
    ['agents.n', 1, 'seeded', 'live'],
    ['auth.extra', undefined, 'exclusive', 'none'],
    ['models.a.n', 2, 'managed', 'desired'],
    ['nothing.here', undefined, 'managed', 'none'],
    ['constructor', undefined, 'managed', 'none'],
  ])('%s', (path, value, owner, source) => {
    expect(explain(result, path)).toMatchObject({ value, owner, source });
    expect(explain(result, path).reason).not.toBe('');
  });

  test('below a value that was added there is nothing to explain', () => {
    expect(explain(result, 'port.x').reason).toMatch(/^desired has another value/u);
    expect(explain(result, 'fresh.a.x').reason).toMatch(/^neither live nor desired has it/u);
    expect(explain(result, 'models.a.id.x').reason).toMatch(/^neither live nor desired has it/u);
  });

  test('below a value that was kept it says why it was', () => {
    const kept = ops({ live: { agents: { a: 5 } }, desired: { agents: { a: { b: 1 } } } });
    expect(explain(kept, 'agents.a.b')).toMatchObject({ value: undefined, source: 'none' });
    expect(explain(kept, 'agents.a.b').reason).toMatch(/^live has a value of another type/u);
  });

  test('finds keys of an object where the policy expects a keyed array', () => {
    const odd = mergeConfig({ live: { models: { a: 1 }, plain: [{ id: 'a' }] }, desired: {}, policy });
    expect(explain(odd, 'models.a').value).toBe(1);
    expect(explain(odd, 'plain.a').value).toBeUndefined();
  });

  test('needs a result of mergeConfig', () => {
    expect(() => explain({ config: {} }, 'a')).toThrow(expect.objectContaining({ code: 'RESULT_UNKNOWN' }));
    expect(explain({ ...result }, 'port').value).toBe(2);
  });
});
