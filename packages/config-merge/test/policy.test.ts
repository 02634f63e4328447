import { describe, expect, test } from 'vitest';
import {
  ConfigMergeError,
  definePolicy,
  explain,
  mergeConfig,
  openclawPolicy,
  redacted,
  type JsonObject,
  type JsonValue,
  type MergeInput,
  type Rule,
} from '../src/index.ts';
import { checkPolicy } from '../src/policy.ts';
import { asObject } from './model.ts';
import { credentials } from '../src/openclaw/2026.9.6/credentials.ts';

const ownerOf = (rules: readonly Rule[], path: string) =>
  explain(mergeConfig({ desired: {}, policy: definePolicy({ rules }) }), path).owner;

/** The code and path with which a policy is refused, from code that the compiler did not see. */
const refusal = (input: unknown) => {
  try {
    return checkPolicy(input);
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    return `${error.code} ${error.path}`;
  }
};

describe('the most specific rule wins', () => {
  const rules: Rule[] = [
    { path: 'a', owner: 'exclusive' },
    { path: 'a.*', owner: 'seeded' },
    { path: 'a.b', owner: 'user' },
    { path: 'a.*.c', owner: 'managed' },
    { path: 'hosts["a.b"]', owner: 'user' },
    { path: "hosts['*']", owner: 'seeded' },
  ];

  test.each([
    ['other', 'managed'],
    ['a', 'exclusive'],
    ['a.x', 'seeded'],
    ['a.x.y.z', 'seeded'],
    ['a.b', 'user'],
    ['a.b.d', 'user'],
    ['a.b.c', 'managed'],
    ['hosts["a.b"]', 'user'],
    ['hosts.a.b', 'managed'],
    ['hosts["*"]', 'seeded'],
    ['hosts.x', 'managed'],
  ])('%s is %s', (path, owner) => {
    expect(ownerOf(rules, path)).toBe(owner);
    expect(ownerOf(rules.toReversed(), path)).toBe(owner);
  });
});

describe('a tie is an error', () => {
  test('the same path twice', () => {
    expect(
      refusal({
        rules: [
          { path: 'a.b', owner: 'user' },
          { path: 'a["b"]', owner: 'user' },
        ],
      }),
    ).toBe('POLICY_TIE a.b');
  });

  test('two patterns for one path', () => {
    expect(
      refusal({
        rules: [
          { path: 'a.*', owner: 'user' },
          { path: '*.b', owner: 'seeded' },
        ],
      }),
    ).toBe('POLICY_TIE a.b');
  });

  test('unless a rule decides exactly the paths in question', () => {
    const rules: Rule[] = [
      { path: 'a.*', owner: 'user' },
      { path: '*.b', owner: 'seeded' },
      { path: 'a.b', owner: 'exclusive' },
    ];
    expect(ownerOf(rules, 'a.b')).toBe('exclusive');
  });

  test('patterns that can never meet are none', () => {
    const rules: Rule[] = [
      { path: 'a.*', owner: 'user' },
      { path: 'b.*', owner: 'seeded' },
    ];
    expect(ownerOf(rules, 'b.x')).toBe('seeded');
  });
});

describe('no tie', () => {
  test.each([
    ['where one has fewer *', ['a.*.*', '*.b.c'], 'a.b.c', 1],
    ['where an exact key tells them apart', ['a.b.*', '*.c.d'], 'a.c.d', 1],
    ['in quotes of either kind', ["hosts['a.b']", 'hosts["c.d"]'], 'hosts["a.b"]', 0],
  ])('%s', (_, [first = '', second = ''], path, wins) => {
    const rules: Rule[] = [
      { path: first, owner: 'user' },
      { path: second, owner: 'seeded' },
    ];
    expect(ownerOf(rules, path)).toBe(rules[wins]?.owner);
  });

  test('a tie on more than one path names them all', () => {
    const rules = ['a.*.*', '*.b.*'].map((path) => ({ path, owner: 'user' }));
    expect(refusal({ rules })).toBe('POLICY_TIE a.b.*');
  });
});

describe('a policy of the wrong form', () => {
  test.each([
    [{ rules: [{ path: 'a', owner: 'root' }] }, 'rules.0.owner'],
    [{ rules: [{ path: 'a', owner: 'user', color: 1 }] }, 'rules.0'],
    [{ rules: 'a' }, 'rules'],
    [{ rules: [], default: 'me' }, 'default'],
  ])('%j', (input, path) => {
    expect(refusal(input)).toBe(`POLICY_INVALID ${path}`);
  });

  test('null from untyped code, whatever is desired', () => {
    const inputs: MergeInput = JSON.parse('{"desired":{},"policy":null}');
    expect(() => mergeConfig(inputs)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }));
  });

  test('an identity where nothing is merged', () => {
    expect(refusal({ rules: [{ path: 'a', owner: 'exclusive', arrayKey: 'id' }] })).toBe('POLICY_INVALID a');
    expect(refusal({ rules: [{ path: 'a', owner: 'user', arrayKey: 'id' }] })).toBe('POLICY_INVALID a');
  });

  test.each(['', '.', 'a.', 'a..b', '.a', 'a[b]', 'a["b]', 'a["b"', 'a b', 'a*', 'a["\\x"]', '["a"]b'])(
    'the path %j',
    (path) => expect(refusal({ rules: [{ path, owner: 'user' }] })).toBe(`PATH_INVALID ${path}`),
  );
});

describe('sensitive', () => {
  const shown = (rules: readonly Rule[], live: object, path: string) =>
    explain(mergeConfig({ live, desired: {}, policy: definePolicy({ rules }) }), path).value;

  test('is inherited, also past a more specific rule that says nothing of it', () => {
    const rules: Rule[] = [
      { path: 'a', owner: 'managed', sensitive: true },
      { path: 'a.b', owner: 'seeded' },
      { path: 'a.c', owner: 'seeded', sensitive: false },
    ];
    const live = { a: { b: 'x', c: 'y' } };
    expect(shown(rules, live, 'a.b')).toBe('(sensitive)');
    expect(shown(rules, live, 'a.c')).toBe('y');
    expect(shown(rules, live, 'a')).toStrictEqual({ b: '(sensitive)', c: 'y' });
  });
});

describe('sensitive objects', () => {
  const shown = (rules: readonly Rule[], live: object, path: string) =>
    explain(mergeConfig({ live, desired: {}, policy: definePolicy({ rules }) }), path).value;

  test('are hidden as a whole, keys and all, unless a rule inside uncovers one', () => {
    const rules: Rule[] = [
      { path: 'a', owner: 'managed', sensitive: true },
      { path: 'a.b', owner: 'seeded' },
    ];
    expect(shown(rules, { a: { b: 1, secretName: 2 } }, 'a')).toBe('(sensitive)');
  });

  test('stay hidden where a rule with the same path but more exact keys says nothing of it', () => {
    const rules: Rule[] = [
      { path: 'a.*', owner: 'managed', sensitive: true },
      { path: 'a.b', owner: 'seeded' },
    ];
    expect(shown(rules, { a: { b: 1 } }, 'a.b')).toBe('(sensitive)');
  });

  test('are hidden as a whole where the rule with fewer exact keys would show them', () => {
    const rules: Rule[] = [
      { path: 'a.*', owner: 'managed', sensitive: false },
      { path: 'a.b', owner: 'managed', sensitive: true },
    ];
    expect(shown(rules, { a: { b: { c: 1 } } }, 'a.b')).toBe('(sensitive)');
  });

  test('are shown where the rule with more exact keys says so', () => {
    const rules: Rule[] = [
      { path: 'a.*', owner: 'managed', sensitive: true },
      { path: 'a.b', owner: 'managed', sensitive: false },
    ];
    expect(shown(rules, { a: { b: { c: 1 } } }, 'a.b')).toStrictEqual({ c: 1 });
  });

  test('have no value to hide where there is none', () => {
    const policy = definePolicy({ rules: [{ path: 'a', owner: 'managed', sensitive: true }] });
    const { changes } = mergeConfig({ live: { a: { old: 1 } }, desired: { a: { b: 1 } }, policy });
    expect(changes).toMatchObject([{ op: 'add', before: undefined, after: '(sensitive)' }]);
    expect(Object.entries(changes[0] ?? {})).toContainEqual(['before', undefined]);
  });
});

describe('sensitive, said by two rules that are equally specific', () => {
  const [hides, shows]: Rule[] = [
    { path: 'a.*.*', owner: 'managed', sensitive: true },
    { path: '*.b.*', owner: 'managed', sensitive: false },
  ];
  const decides: Rule = { path: 'a.b.*', owner: 'managed' };

  test.each([[[hides, shows, decides]], [[shows, hides, decides]]])('hides in any order: %j', (rules) => {
    const policy = definePolicy({ rules: rules.filter((rule) => rule !== undefined) });
    const result = mergeConfig({ live: { a: { b: { c: 1 } } }, desired: {}, policy });
    expect(explain(result, 'a.b.c').value).toBe('(sensitive)');
  });
});

describe('sensitive elements', () => {
  const byId = (path: string) =>
    definePolicy({
      rules: [
        { path: 'list', owner: 'managed', arrayKey: 'id' },
        { path, owner: 'managed', sensitive: true },
      ],
    });

  test('are hidden by their identity', () => {
    const live = {
      list: [
        { id: 'a', key: 1 },
        { id: 'b', key: 1 },
      ],
    };
    const result = mergeConfig({ live, desired: {}, policy: byId('list.a.key') });
    expect(explain(result, 'list').value).toStrictEqual([
      { id: 'a', key: '(sensitive)' },
      { id: 'b', key: 1 },
    ]);
  });

  test('hide the whole of an array that has no arrayKey, in explanations and in changes', () => {
    const policy = definePolicy({ rules: [{ path: 'list.*.key', owner: 'managed', sensitive: true }] });
    const live = { list: [{ id: 'a', key: 's3cret' }], other: ['x'] };
    const desired = { list: [{ id: 'a', key: 's3cret2' }] };
    const result = mergeConfig({ live, desired, policy });
    expect(result.changes).toMatchObject([{ path: 'list', before: '(sensitive)', after: '(sensitive)' }]);
    expect(explain(result, 'list').value).toBe('(sensitive)');
    expect(explain(result, 'other').value).toStrictEqual(['x']);
  });

  test('may turn out to be no list at all', () => {
    const policy = byId('list.*.key');
    expect(explain(mergeConfig({ live: { list: 5 }, desired: {}, policy }), 'list').value).toBe(5);
    const result = mergeConfig({ live: { list: { a: { key: 1 } } }, desired: {}, policy });
    expect(explain(result, 'list.a').value).toStrictEqual({ key: '(sensitive)' });
  });

  test('are hidden whether they have an identity or not', () => {
    const policy = definePolicy({
      rules: [
        { path: 'list', owner: 'managed', arrayKey: 'id' },
        { path: 'list.*.key', owner: 'managed', sensitive: true },
      ],
    });
    const live = { list: [{ id: 'a', key: 's3cret' }, { key: 's3cret', n: 1 }, 's'] };
    const explained = explain(mergeConfig({ live, desired: {}, policy }), 'list').value;
    expect(explained).toStrictEqual([{ id: 'a', key: '(sensitive)' }, { key: '(sensitive)', n: 1 }, 's']);
  });
});

describe('the policy for OpenClaw', () => {
  test('gives a reason for every rule', () => {
    expect(openclawPolicy.rules.length).toBeGreaterThan(30);
    expect(openclawPolicy.rules.filter(({ reason }) => reason === undefined)).toStrictEqual([]);
  });

  const pathsOf = (hit: (rule: Rule) => boolean): string[] =>
    openclawPolicy.rules.filter(hit).map(({ path }) => path);

  test('closes every back door', () => {
    expect(pathsOf(({ owner }) => owner === 'exclusive')).toStrictEqual([
      'gateway.auth',
      'gateway.auth.token',
      'gateway.auth.password',
      'gateway.auth.trustedProxy.secret',
      'gateway.trustedProxies',
      'gateway.allowRealIpFallback',
      'gateway.controlUi.allowedOrigins',
      'gateway.controlUi.dangerouslyDisableDeviceAuth',
      'gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback',
      'gateway.terminal',
      'gateway.customBindHost',
      'gateway.portals',
      'gateway.tailscale',
      'gateway.tls',
      'update',
      'discovery',
      'plugins.entries.clawharbor',
      'plugins.entries.clawharbor.enabled',
      'plugins.entries.clawharbor.config',
    ]);
  });

  /** A config with a credential there, and its keys; the elements of a list have an identity, as OpenClaw's models do. */
  const holding = (pattern: string): { live: JsonObject; keys: string[] } => {
    const keys = pattern.replaceAll('[]', '.[]').replaceAll('*', 'any').split('.');
    const live = keys.reduceRight<JsonValue>(
      (value, key) => (key === '[]' ? [{ id: 'any', ...asObject(value) }] : { [key]: value }),
      's3cret',
    );
    return { live: asObject(live), keys: keys.map((key) => (key === '[]' ? 'any' : key)) };
  };

  const { secrets, open } = credentials;
  test.each([...secrets, ...open])('shows no %s, in whatever a report shows around it', (pattern) => {
    const { live, keys } = holding(pattern);
    expect(JSON.stringify(live)).toContain('s3cret');
    for (const inputs of [
      { live, desired: {} },
      { live: {}, desired: live },
    ]) {
      const result = mergeConfig({ ...inputs, policy: openclawPolicy });
      const shown = keys.map((_, at) => explain(result, keys.slice(0, at + 1).join('.')).value);
      const report = JSON.stringify([result.changes, shown]);
      expect(report).not.toContain('s3cret');
      expect(report).toContain(redacted);
    }
  });

  test('hides a credential, and not what stands beside it', () => {
    const docker = { env: { GH_PAT: 's3cret' }, image: 'debian' };
    const live = { agents: { defaults: { sandbox: { docker } } }, gateway: { port: 1 } };
    const result = mergeConfig({ live, desired: {}, policy: openclawPolicy });
    expect(explain(result, 'agents.defaults.sandbox.docker').value).toStrictEqual({
      env: redacted,
      image: 'debian',
    });
    expect(explain(result, 'gateway.port').value).toBe(1);
  });

  test('leaves to people what no rule names, and merges models one by one', () => {
    expect(openclawPolicy).toMatchObject({
      default: 'followed',
      defaultReason: 'an operational setting: it follows the deployment until people change it',
    });
    expect(pathsOf(({ arrayKey }) => arrayKey === 'id')).toStrictEqual(['models.providers.*.models']);
    expect(Object.isFrozen(openclawPolicy) && Object.isFrozen(openclawPolicy.rules)).toBe(true);
    expect(openclawPolicy.rules.every((rule) => Object.isFrozen(rule))).toBe(true);
  });

  test('keeps operational settings, lets infrastructure win and closes back doors', () => {
    const live = {
      gateway: {
        port: 1,
        auth: { mode: 'token', token: 'back-door', identityScopes: { mallory: ['operator.admin'] } },
        trustedProxies: ['0.0.0.0/0'],
        tailscale: { mode: 'funnel' },
        reload: { mode: 'off' },
      },
      agents: { defaults: { model: 'mine' } },
      models: { providers: { bedrock: { models: [{ id: 'nova', contextWindow: 5 }, { id: 'own' }] } } },
      meta: { lastTouchedVersion: '2026.9.6' },
      channels: { telegram: { botToken: 'secret' } },
    };
    const desired = {
      gateway: { port: 5173, auth: { mode: 'trusted-proxy' }, trustedProxies: ['10.0.0.0/24'] },
      agents: { defaults: { model: 'first', maxConcurrent: 4 } },
      models: { providers: { bedrock: { api: 'x', models: [{ id: 'nova', name: 'Nova' }] } } },
    };
    expect(mergeConfig({ live, desired, policy: openclawPolicy }).config).toStrictEqual({
      gateway: {
        port: 5173,
        auth: { mode: 'trusted-proxy' },
        trustedProxies: ['10.0.0.0/24'],
        reload: { mode: 'off' },
      },
      agents: { defaults: { model: 'mine', maxConcurrent: 4 } },
      models: {
        providers: {
          bedrock: { api: 'x', models: [{ id: 'nova', contextWindow: 5, name: 'Nova' }, { id: 'own' }] },
        },
      },
      meta: { lastTouchedVersion: '2026.9.6' },
      channels: { telegram: { botToken: 'secret' } },
    });
  });

  test("desired may not touch OpenClaw's bookkeeping", () => {
    expect(() => mergeConfig({ desired: { meta: { a: 1 } }, policy: openclawPolicy })).toThrow(
      expect.objectContaining({ code: 'DESIRED_USER_OWNED' }),
    );
  });
});
