import { describe, expect, test } from 'vitest';
import {
  definePolicy,
  explain,
  fixedBy,
  mergeConfig,
  openclawPolicy,
  owners,
  redacted,
  withoutUserOwned,
  withOwners,
  type ChosenOwners,
  type Rule,
} from '../src/index.ts';

const base = definePolicy({
  rules: [
    { path: 'auth', owner: 'exclusive', reason: 'the login' },
    { path: 'net', owner: 'managed', fixed: true },
    { path: 'hosts', owner: 'managed', arrayKey: 'name' },
    { path: 'hosts.*.token', owner: 'managed', sensitive: true },
    { path: 'regions.*.models', owner: 'managed', arrayKey: 'id' },
    { path: 'channels', owner: 'seeded', sensitive: true },
    { path: 'a.*.c', owner: 'exclusive' },
  ],
  default: 'followed',
});

const ownerOf = (chosen: ChosenOwners, path: string) => {
  const result = mergeConfig({ desired: {}, policy: withOwners(base, chosen) });
  return explain(result, path).owner;
};

describe('a chosen owner', () => {
  test.each<[ChosenOwners, string, string]>([
    [{}, 'x', 'followed'],
    [{ x: 'managed' }, 'x.y', 'managed'],
    [{ x: 'managed' }, 'xy', 'followed'],
    [{ hosts: 'seeded' }, 'hosts.a.token', 'seeded'],
    [{ 'hosts.a': 'user' }, 'hosts.a.token', 'user'],
    [{ 'hosts.a': 'user' }, 'hosts.b.token', 'managed'],
    [{ x: 'managed', 'x.y': 'user' }, 'x.y.z', 'user'],
    [{ 'x.y': 'user', x: 'managed' }, 'x.y.z', 'user'],
    [{ 'regions.eu': 'followed' }, 'regions.eu.models.m.n', 'followed'],
    [{ auth: 'exclusive' }, 'auth.x', 'exclusive'],
    [{ 'net.port': 'exclusive' }, 'net.port', 'exclusive'],
    [{ net: 'managed' }, 'net.port', 'managed'],
  ])('%j: %s is %s', (chosen, path, owner) => {
    expect(ownerOf(chosen, path)).toBe(owner);
  });

  test.each(['managed', 'followed', 'seeded'] as const)(
    '%s: a keyed array still merges by element',
    (owner) => {
      for (const path of ['regions', 'regions.eu', 'regions.eu.models', 'regions.*.models']) {
        const { config } = mergeConfig({
          live: { regions: { eu: { models: [{ id: 'mine' }] } } },
          desired: { regions: { eu: { models: [{ id: 'ours' }] } } },
          policy: withOwners(base, { [path]: owner }),
        });
        expect(config).toStrictEqual({ regions: { eu: { models: [{ id: 'mine' }, { id: 'ours' }] } } });
      }
    },
  );

  test.each(owners)('%s: what was hidden stays hidden', (owner) => {
    const live = { hosts: [{ name: 'a', token: 'hunter2' }], channels: { telegram: { token: 'hunter2' } } };
    for (const path of [
      'channels',
      'channels.telegram',
      'channels.telegram.token',
      'hosts',
      'hosts.a',
      'hosts.*.token',
    ]) {
      const result = mergeConfig({ live, desired: {}, policy: withOwners(base, { [path]: owner }) });
      expect(JSON.stringify(result.changes)).not.toContain('hunter2');
      expect(explain(result, 'channels.telegram.token').value ?? redacted).toBe(redacted);
      expect(JSON.stringify(explain(result, 'hosts'))).not.toContain('hunter2');
    }
  });

  test('says who chose it where it is explained', () => {
    const result = mergeConfig({ desired: { x: 1 }, policy: withOwners(base, { x: 'managed' }) });
    expect(explain(result, 'x').reason).toBe('live has none; managed: x was given this owner');
  });

  test('leaves the policy it came from as it was', () => {
    const before = JSON.stringify(base);
    withOwners(base, { hosts: 'user', x: 'managed' });
    expect(JSON.stringify(base)).toBe(before);
  });

  test.each<[string, string, string]>([
    ['auth', 'managed', 'OWNER_REFUSED'],
    ['auth.token', 'user', 'OWNER_REFUSED'],
    ['*', 'user', 'OWNER_REFUSED'],
    ['a', 'managed', 'OWNER_REFUSED'],
    ['a.x', 'followed', 'OWNER_REFUSED'],
    ['a.x.c.d', 'seeded', 'OWNER_REFUSED'],
    ['*.x.c', 'seeded', 'OWNER_REFUSED'],
    ['net', 'followed', 'OWNER_REFUSED'],
    ['net.port', 'user', 'OWNER_REFUSED'],
    ['x', 'people', 'OWNER_INVALID'],
    ['x', '__proto__', 'OWNER_INVALID'],
    ['x..y', 'user', 'PATH_INVALID'],
    ['', 'user', 'PATH_INVALID'],
  ])('for %j cannot be %s: %s', (path, owner, code) => {
    expect(() => withOwners(base, JSON.parse(JSON.stringify({ [path]: owner })))).toThrow(
      expect.objectContaining({ code, path }),
    );
  });

  test('cannot be two for the same place, unless a third says which', () => {
    const two = { 'x.*.z': 'user', 'x.y.*': 'managed' } as const;
    expect(() => withOwners(base, two)).toThrow(expect.objectContaining({ code: 'POLICY_TIE' }));
    expect(ownerOf({ ...two, 'x.y.z': 'seeded' }, 'x.y.z')).toBe('seeded');
  });

  test.each([[null], ['x'], [[]], [undefined]])('is not read from %j', (chosen) => {
    expect(() => withOwners(base, chosen as unknown as ChosenOwners)).toThrow(
      expect.objectContaining({ code: 'OWNER_INVALID' }),
    );
  });

  test('a refusal says which rule stands, and why', () => {
    expect(() => withOwners(base, { 'auth.token': 'user' })).toThrow(
      'owners: auth.token cannot be user: auth is exclusive, and stays so: the login',
    );
  });
});

describe("OpenClaw's ways in", () => {
  const standing: readonly Rule[] = openclawPolicy.rules.filter(
    ({ owner, fixed }) => owner === 'exclusive' || fixed === true,
  );
  const paths = standing.flatMap(({ path }) => [
    ...path.split('.').map((_, at, keys) => keys.slice(0, at + 1).join('.')),
    `${path}.below`,
    path.replace(/^[^.]+/u, '*'),
  ]);
  test.each([...new Set(paths)])('%s can be given to nobody', (path) => {
    for (const owner of ['followed', 'seeded', 'user'] as const) {
      expect(() => withOwners(openclawPolicy, { [path]: owner })).toThrow(
        expect.objectContaining({ code: 'OWNER_REFUSED' }),
      );
    }
  });

  test('cover the whole of gateway', () => {
    expect(standing.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'gateway',
        'gateway.auth',
        'gateway.roles',
        'gateway.trustedProxies',
        'update',
      ]),
    );
  });

  test.each(['agents.defaults.model', 'channels.telegram', 'channels', 'models.providers.own', 'messages'])(
    '%s may have any owner',
    (path) => {
      for (const owner of owners) expect(() => withOwners(openclawPolicy, { [path]: owner })).not.toThrow();
    },
  );
});

describe('what no choice loosens', () => {
  test.each([
    [['auth', 'token'], true],
    [['auth'], true],
    [['net', 'port'], true],
    [['hosts', 'a', 'token'], false],
    [['authors'], false],
    [[], false],
  ])('%j: %j', (path, expected) => {
    expect(fixedBy(base)(path)).toBe(expected);
  });

  test('is also what was made exclusive', () => {
    expect(fixedBy(withOwners(base, { 'hosts.*.token': 'exclusive' }))(['hosts', 'a', 'token'])).toBe(true);
  });

  test('covers who gets in with which role', () => {
    const isFixed = fixedBy(openclawPolicy);
    expect(isFixed(['gateway', 'roles', 'definitions', 'member', 'scopes'])).toBe(true);
    expect(isFixed(['agents', 'defaults', 'model'])).toBe(false);
  });
});

describe('a desired config without what belongs to the user', () => {
  const policy = withOwners(base, { 'channels.telegram': 'user', 'hosts.a': 'user', 'hosts.b.mine': 'user' });

  test('is what a merge accepts', () => {
    const claims = withoutUserOwned(
      {
        channels: { telegram: { token: 'x', on: true }, slack: { on: true } },
        hosts: [
          { name: 'a', port: 1 },
          { name: 'b', mine: 1, port: 1 },
        ],
        empty: {},
      },
      policy,
    );
    expect(claims).toStrictEqual({
      desired: { channels: { slack: { on: true } }, hosts: [{ name: 'b', port: 1 }], empty: {} },
      leftOut: ['channels.telegram.token', 'channels.telegram.on', 'hosts.a', 'hosts.b.mine'],
    });
    expect(() => mergeConfig({ desired: claims.desired, policy })).not.toThrow();
  });

  test("has no empty object where everything in it is the user's", () => {
    expect(withoutUserOwned({ channels: { telegram: { on: true } } }, policy)).toStrictEqual({
      desired: {},
      leftOut: ['channels.telegram.on'],
    });
  });

  test('leaves what is wrong for another reason to the merge', () => {
    const { desired } = withoutUserOwned({ hosts: [{ port: 1 }] }, policy);
    expect(() => mergeConfig({ desired, policy })).toThrow(
      expect.objectContaining({ code: 'DESIRED_IDENTITY' }),
    );
  });
});
