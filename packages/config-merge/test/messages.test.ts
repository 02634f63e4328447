import { describe, expect, test } from 'vitest';
import {
  ConfigMergeError,
  definePolicy,
  errorCodes,
  explain,
  mergeConfig,
  type PolicyInput,
} from '../src/index.ts';
import { checkPolicy } from '../src/policy.ts';
import { checkObject } from '../src/check.ts';
import { parsePath, parsePattern } from '../src/path.ts';

/** What people read; a code tells a program the same. */
const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigMergeError) return `${error.code} at ${error.path}: ${error.message}`;
    throw error;
  }
  return 'nothing thrown';
};

const policy = definePolicy({
  rules: [
    { path: 'list', owner: 'managed', arrayKey: 'id' },
    { path: 'mine', owner: 'user', reason: 'a matter of taste' },
    { path: 'seed', owner: 'seeded' },
  ],
});

test('every error code has a sentence', () => {
  for (const sentence of Object.values(errorCodes)) expect(sentence).toMatch(/^\p{Ll}.{15,}[^.]$/u);
});

test('an error names its code first', () => {
  expect(String(new ConfigMergeError('USAGE', 'wrong'))).toBe('USAGE: wrong');
});

describe('a config that is refused', () => {
  test.each([
    [{ list: 5 }, 'DESIRED_IDENTITY at list: desired: list must be an array: the policy names its arrayKey'],
    [
      { list: [{ id: 'a' }, { n: 1 }] },
      'DESIRED_IDENTITY at list: desired: element 1 of list has no string under id',
    ],
    [
      { list: [{ id: 'a' }, { id: 'b' }, { id: 'a' }] },
      'DESIRED_IDENTITY at list: desired: element 2 of list repeats the id of another',
    ],
    [
      { mine: { deep: 1 } },
      'DESIRED_USER_OWNED at mine.deep: desired sets mine.deep, which belongs to the user (a matter of taste): leave it out',
    ],
    [[], 'VALUE_ROOT at undefined: desired is not a plain object: pass the parsed config'],
    [{ a: undefined }, 'VALUE_NOT_JSON at a: desired: a is undefined: leave the key out'],
    [{ a: Number.NaN }, 'VALUE_NOT_JSON at a: desired: a is NaN'],
    [{ a: [1, -Infinity] }, 'VALUE_NOT_JSON at a.1: desired: a.1 is -Infinity'],
    [{ a: 1n }, 'VALUE_NOT_JSON at a: desired: a is a bigint'],
    [{ a: { b: new Map() } }, 'VALUE_NOT_JSON at a.b: desired: a.b is not a plain object'],
    [{ ok: 1, a: { [Symbol('x')]: 1 } }, 'VALUE_NOT_JSON at a: desired: a has a symbol as a key'],
    [
      { a: Object.assign([1], { toJSON: () => 2 }) },
      'VALUE_NOT_JSON at a: desired: a is an array with a toJSON of its own',
    ],
    [
      { a: Object.defineProperty({ b: 1 }, 'toJSON', { value: () => 2 }) },
      'VALUE_NOT_JSON at a.toJSON: desired: a.toJSON is not enumerable',
    ],
  ])('%#: %s', (desired, message) => {
    expect(messageOf(() => mergeConfig({ desired, policy }))).toBe(message);
  });

  test('says which input it is', () => {
    const bad = { a: undefined };
    expect(messageOf(() => mergeConfig({ live: bad, desired: {}, policy }))).toContain(': live: a is');
    expect(messageOf(() => mergeConfig({ lastApplied: bad, desired: {}, policy }))).toContain(
      ': lastApplied: a',
    );
  });

  test('names at most 20 keys of a deep path', () => {
    let deep: object = {};
    for (let level = 0; level < 600; level++) deep = { a: deep };
    const path = Array.from({ length: 20 }).fill('a').join('.');
    expect(messageOf(() => checkObject(deep, 'live'))).toBe(
      `VALUE_DEPTH at ${path}: live: ${path} nests deeper than 500 levels`,
    );
    const cycle: Record<string, unknown> = {};
    cycle['a'] = cycle;
    expect(messageOf(() => checkObject(cycle, 'live'))).toBe('VALUE_CYCLE at a: live: a contains itself');
  });

  test('a value that is JSON only the second time it is read', () => {
    let reads = 0;
    const moody = {
      get a() {
        reads++;
        return reads === 1 ? undefined : 1;
      },
    };
    expect(messageOf(() => checkObject(moody, 'live'))).toBe(
      'VALUE_NOT_JSON at undefined: live: changes while it is read',
    );
  });
});

describe('a policy that is refused', () => {
  test.each<[unknown, string]>([
    [5, 'POLICY_INVALID at : policy: the root: Invalid input: expected object, received number'],
    [
      { rules: [{ path: 'a', owner: 'user', reason: '' }] },
      'POLICY_INVALID at rules.0.reason: policy: rules.0.reason: Too small: expected string to have >=1 characters',
    ],
    [
      { rules: [{ path: 'a', owner: 'user', arrayKey: 'id' }] },
      'POLICY_INVALID at a: policy: a: arrayKey needs the owner managed, followed or seeded, not user',
    ],
    [
      { rules: ['a.b', 'a["b"]'].map((path) => ({ path, owner: 'user' })) },
      'POLICY_TIE at a.b: policy: two rules for a.b: keep one',
    ],
    [
      { rules: ['a.*', '*.b'].map((path) => ({ path, owner: 'user' })) },
      'POLICY_TIE at a.b: policy: a.* and *.b are equally specific for a.b: add a rule for it',
    ],
  ])('%#', (input, message) => {
    expect(messageOf(() => checkPolicy(input))).toBe(message);
  });
});

describe('a path that is refused', () => {
  const form = 'write it like gateway.auth["a.b"].mode';

  test.each([
    ['', 'is empty'],
    ['a..b', 'cannot be read from character 2 on'],
    ['a["\\x"]', 'has a badly quoted key "\\x"'],
    ['a.b*', 'mixes * with other characters in b*'],
  ])('%j', (path, what) => {
    expect(messageOf(() => parsePattern(path))).toBe(
      `PATH_INVALID at ${path}: path ${JSON.stringify(path)} ${what}: ${form}`,
    );
  });

  test('one that names more than one key', () => {
    expect(messageOf(() => parsePath('a.*'))).toBe(
      `PATH_INVALID at a.*: path "a.*" names no single key: quote a literal asterisk as ["*"]: ${form}`,
    );
  });
});

describe('a warning', () => {
  const warnings = (live: object, desired: object, lastApplied?: object) =>
    mergeConfig({ live, desired, lastApplied, policy }).warnings;

  test.each([
    [
      { a: 1 },
      { a: { b: 1 } },
      'TYPE_CONFLICT',
      'a',
      'has another type in live than in desired: desired wins',
    ],
    [
      { seed: 1 },
      { seed: { b: 1 } },
      'TYPE_CONFLICT',
      'seed',
      'has another type in live than in desired: live stays',
    ],
    [
      { list: [1] },
      {},
      'IDENTITY_MISSING',
      'list',
      'has an element without a string under id: left as it is',
    ],
    [
      { list: [{ id: 'a' }, { id: 'a' }] },
      {},
      'IDENTITY_DUPLICATE',
      'list',
      'has two elements with the same id: the later is left as it is',
    ],
  ])('%j %j', (live, desired, code, path, what) => {
    const lastApplied = { list: [] };
    expect(warnings(live, desired, lastApplied)).toStrictEqual([{ code, path, message: `${path} ${what}` }]);
  });

  test('a released value says why it is', () => {
    expect(warnings({ a: 2 }, {}, { a: 1 })).toStrictEqual([
      {
        code: 'RELEASED',
        path: 'a',
        message: 'a is no longer desired but was changed since it was applied',
      },
    ]);
    expect(warnings({ a: { b: 1 } }, {}, { a: 1 })).toStrictEqual([
      {
        code: 'RELEASED',
        path: 'a',
        message: 'a was a value when it was applied, is no longer desired, and has keys now',
      },
    ]);
  });
});

test('a warning says what is so at the path', () => {
  const rules: PolicyInput['rules'] = [
    { path: 'list', owner: 'managed' },
    { path: 'list.*.mine', owner: 'user' },
  ];
  const { warnings } = mergeConfig({ live: {}, desired: { list: [1] }, policy: definePolicy({ rules }) });
  expect(warnings).toStrictEqual([
    {
      code: 'RULE_UNREACHABLE',
      path: 'list',
      message: 'list is an array without arrayKey: rules below it decide nothing',
    },
  ]);
});

describe('a reason', () => {
  const reasons = (input: PolicyInput, live: object, desired: object) =>
    mergeConfig({ live, desired, policy: definePolicy(input) }).changes.map(({ reason }) => reason);

  test('ends with the reason of the rule, else with its path, else with that of the default', () => {
    const rules: PolicyInput['rules'] = [
      { path: 'a', owner: 'managed', reason: 'because' },
      { path: 'b', owner: 'managed' },
    ];
    const desired = { a: 1, b: 1, c: 1 };
    expect(reasons({ rules }, {}, desired)).toStrictEqual([
      'live has none; managed: because',
      'live has none; managed: the rule b',
      'live has none; managed: no rule covers it',
    ]);
    expect(reasons({ rules: [], default: 'seeded', defaultReason: 'taste' }, {}, { c: 1 })).toStrictEqual([
      'live has none; seeded: taste',
    ]);
  });

  test('of a conflict and of an empty object', () => {
    expect(reasons({ rules: [] }, { a: 1 }, { a: { b: 1 } })).toStrictEqual([
      'desired has a value of another type; managed: no rule covers it',
    ]);
    expect(reasons({ rules: [], default: 'seeded' }, { a: 1 }, { a: { b: 1 } })).toStrictEqual([
      'live has a value of another type; seeded: no rule covers it',
    ]);
    const exclusive: PolicyInput = { rules: [{ path: 'a', owner: 'exclusive' }] };
    expect(reasons(exclusive, { a: { b: 1 } }, { a: {} })).toStrictEqual([
      'is not in desired; exclusive: the rule a',
      'desired has it empty; exclusive: the rule a',
    ]);
  });
});

describe('an explanation', () => {
  const result = mergeConfig({
    live: {
      both: 1,
      mine: 1,
      mixed: { a: 1 },
      seed: { same: 1, more: 1 },
      conflict: { x: 1 },
      all: { a: 1, b: 1 },
    },
    desired: { both: 1, fresh: { a: 1 }, mixed: { b: 1 }, seed: { same: 1 }, conflict: 1, all: { a: 2 } },
    lastApplied: { all: { a: 1, b: 1 } },
    policy,
  });

  test.each([
    ['both', 'desired', 'live and desired agree; managed: no rule covers it'],
    ['mine', 'live', 'only live has it; user: a matter of taste'],
    ['fresh', 'desired', 'live has none; managed: no rule covers it'],
    ['mixed', 'live', 'it has keys of live and of desired; managed: no rule covers it'],
    ['seed', 'live', 'it has what live has; seeded: the rule seed'],
    ['all', 'desired', 'it has what desired has; managed: no rule covers it'],
    ['seed.same', 'live', 'live and desired agree; seeded: the rule seed'],
    ['nowhere', 'none', 'neither live nor desired has it; managed: no rule covers it'],
    ['conflict', 'desired', 'desired has a value of another type; managed: no rule covers it'],
    ['conflict.x', 'none', 'desired has a value of another type; managed: no rule covers it'],
  ])('%s', (path, source, reason) => {
    expect(explain(result, path)).toMatchObject({ source, reason });
  });

  test('needs what mergeConfig returned', () => {
    expect(messageOf(() => explain({ config: {} }, 'a'))).toBe(
      'RESULT_UNKNOWN at undefined: explain needs the result that mergeConfig returned, not a copy',
    );
  });
});
