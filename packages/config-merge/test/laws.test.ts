import { deepmergeCustom } from 'deepmerge-ts';
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe } from 'vitest';
import {
  definePolicy,
  explain,
  formatDocument,
  mergeConfig,
  parseDocument,
  planConfig,
  withoutUserOwned,
  type ConfigMergeError,
  type JsonObject,
  type JsonValue,
  type MergeResult,
  type Rule,
} from '../src/index.ts';
import { formatPath, parsePath } from '../src/path.ts';
import { isFirstValue } from '../src/policy.ts';
import { cases, type Case } from './arbitraries/case.ts';
import { documents } from './arbitraries/document.ts';
import { law } from './arbitraries/law.ts';
import {
  arrayKeyAt,
  asObject,
  covers,
  differences,
  get,
  isArray,
  isObject,
  kindOf,
  leaves,
  members,
  ownerOf,
  pathOf,
  patternKeys,
  size,
  sorted,
  type Difference,
  type Keys,
  type Model,
} from './model.ts';
import { replay } from './replay.ts';

const merge = ({ live, desired, lastApplied, policy }: Case): MergeResult =>
  mergeConfig({ live, desired, lastApplied, policy });

/** Equal as a config: the order of keys does not count, the order of elements does. */
const canonical = (value: JsonValue | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(sorted(value));

const same = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => canonical(a) === canonical(b);

const assertSame = (a: JsonValue | undefined, b: JsonValue | undefined): void =>
  assert.equal(canonical(a), canonical(b));

/** The paths around and at `keys`, root first. */
const around = (keys: Keys): Keys[] => keys.map((_, at) => keys.slice(0, at + 1));

/** Where one side has an object or keyed array and the other something else. */
const conflictAt = ({ live, desired, model }: Case, keys: Keys): boolean => {
  const [left, right] = [
    kindOf(model, keys, get(model, live, keys)),
    kindOf(model, keys, get(model, desired, keys)),
  ];
  return left !== 'none' && right !== 'none' && left !== right;
};

const isEmptyOne = (value: JsonValue | undefined): boolean => value !== undefined && size(value) === 0;

/** The last applied config counts only if there was one. */
const lastLeaves = ({ lastApplied, model }: Case) => leaves(model, lastApplied);

const deletedElement = ({ live, lastApplied, model }: Case, keys: Keys): boolean =>
  around(keys).some(
    (path) =>
      arrayKeyAt(model, path.slice(0, -1)) !== undefined &&
      get(model, live, path) === undefined &&
      get(model, lastApplied, path) !== undefined,
  );

/** A first value of another type was applied there, and the user deleted it. */
const deletedInAnotherForm = ({ live, desired, lastApplied, model }: Case, keys: Keys): boolean =>
  around(keys).some(
    (path) =>
      isFirstValue(ownerOf(model, path)) &&
      get(model, live, path) === undefined &&
      get(model, lastApplied, path) !== undefined &&
      kindOf(model, path, get(model, lastApplied, path)) !== kindOf(model, path, get(model, desired, path)),
  );

/** Whether live stays where it has another type than desired. */
const staysInConflict = ({ live, lastApplied, model }: Case, keys: Keys): boolean =>
  ['seeded', 'user'].includes(ownerOf(model, keys)) ||
  (ownerOf(model, keys) === 'followed' && !same(get(model, live, keys), get(model, lastApplied, keys))) ||
  [...leaves(model, get(model, live, keys), keys).values()].some(
    (leaf) => ownerOf(model, leaf.keys) === 'user',
  );

const sharesIdentity = ({ live, model }: Case, keys: Keys): boolean => {
  const arrayKey = arrayKeyAt(model, keys.slice(0, -1));
  const list = get(model, live, keys.slice(0, -1));
  if (arrayKey === undefined || !isArray(list)) return false;
  return list.filter((one) => isObject(one) && one[arrayKey] === keys.at(-1)).length > 1;
};

const isIdentity = (model: Model, keys: Keys): boolean =>
  keys.length > 2 && arrayKeyAt(model, keys.slice(0, -2)) === keys.at(-1);

describe('owners', () => {
  law('managed wins: a managed leaf of desired is in the result', cases(), (example) => {
    const { desired, live, model } = example;
    const { config, warnings } = merge(example);
    for (const { keys, value } of leaves(model, desired).values()) {
      if (ownerOf(model, keys) !== 'managed') continue;
      const lost = around(keys).find(
        (path) => conflictAt(example, path) && !same(get(model, config, keys), value),
      );
      if (lost !== undefined) {
        // Only another owner, or a user's key in the way, can keep a managed leaf out; and it is reported.
        const blockers = [...leaves(model, get(model, live, lost), lost).values()].map((leaf) =>
          ownerOf(model, leaf.keys),
        );
        assert.ok(
          [ownerOf(model, lost), ...blockers].some((owner) => isFirstValue(owner) || owner === 'user'),
        );
        assert.ok(warnings.some(({ code, path }) => code === 'TYPE_CONFLICT' && path === formatPath(lost)));
      } else if (size(value) === 0) {
        assert.equal(kindOf(model, keys, get(model, config, keys)), kindOf(model, keys, value));
      } else {
        assertSame(get(model, config, keys), value);
      }
    }
  });

  law("user's keys survive: what belongs to the user is in the result as it was", cases(), (example) => {
    const { live, model } = example;
    const { config } = merge(example);
    for (const { keys, value } of leaves(model, live).values()) {
      if (ownerOf(model, keys) !== 'user') continue;
      const now = get(model, config, keys);
      if (size(value) === 0) assert.equal(kindOf(model, keys, now), kindOf(model, keys, value));
      else assertSame(now, value);
    }
  });

  law(
    'siblings stay: what neither desired nor the last applied config names is in the result',
    cases(),
    (example) => {
      const { live, desired, lastApplied, model } = example;
      const { config } = merge(example);
      for (const { keys, value } of leaves(model, live).values()) {
        if (ownerOf(model, keys) === 'exclusive') continue;
        if (around(keys).some((path) => conflictAt(example, path))) continue;
        if (get(model, desired, keys) !== undefined || get(model, lastApplied, keys) !== undefined) continue;
        assertSame(get(model, config, keys), value);
      }
    },
  );

  law(
    'exclusive equals desired: such a subtree has what desired has, and nothing else',
    cases(),
    (example) => {
      const { live, desired, model } = example;
      const { config } = merge(example);
      const exclusive = [
        ...leaves(model, live).values(),
        ...leaves(model, desired).values(),
        ...leaves(model, config).values(),
      ]
        .flatMap(({ keys }) => around(keys))
        .filter((keys) => ownerOf(model, keys) === 'exclusive' && !isIdentity(model, keys))
        .filter((keys) =>
          model.rules.every(({ path }) => {
            const pattern = patternKeys(path);
            return pattern.length <= keys.length || !covers(pattern.slice(0, keys.length), keys);
          }),
        );
      for (const keys of exclusive) {
        const outside = around(keys).slice(0, -1);
        if (outside.some((path) => conflictAt(example, path))) continue;
        // An element whose identity a second one repeats is never removed: the second would take its place.
        if (around(keys).some((path) => sharesIdentity(example, path))) continue;
        assertSame(get(model, config, keys), get(model, desired, keys));
      }
    },
  );

  const firstValues =
    'a first value is given once: one in live stays (a followed one if somebody changed it), a deleted one stays deleted';
  law(firstValues, cases(), (example) => {
    const { live, desired, lastApplied, model } = example;
    const { config } = merge(example);
    const applied = lastLeaves(example);
    for (const { keys, value } of leaves(model, desired).values()) {
      const owner = ownerOf(model, keys);
      if (!isFirstValue(owner) || isIdentity(model, keys)) continue;
      const after = get(model, config, keys);
      const conflict = around(keys).find((path) => conflictAt(example, path));
      if (conflict !== undefined && staysInConflict(example, conflict)) {
        for (const mine of leaves(model, get(model, live, conflict), conflict).values()) {
          if (!isFirstValue(ownerOf(model, mine.keys)) || isEmptyOne(mine.value)) continue;
          if (isFirstValue(ownerOf(model, conflict))) assertSame(get(model, config, mine.keys), mine.value);
        }
        if (get(model, live, keys) === undefined) assert.equal(after, undefined);
        continue;
      }
      // Where a managed value of another type gave way, live has none.
      const before = conflict === undefined ? get(model, live, keys) : undefined;
      if (before !== undefined) {
        const follows = owner === 'followed' && same(before, get(model, lastApplied, keys));
        if (!isEmptyOne(before) && !isObject(before) && arrayKeyAt(model, keys) === undefined)
          assertSame(after, follows ? value : before);
      } else if (conflict !== undefined && ownerOf(model, conflict) === 'followed') {
        // What nobody changed makes way, and nothing in it was ever applied in the form that desired has now.
        assertSame(after, value);
      } else if (
        applied.has(pathOf(keys)) ||
        deletedElement(example, keys) ||
        deletedInAnotherForm(example, keys)
      ) {
        assert.equal(after, undefined);
      } else {
        assertSame(after, value);
      }
    }
  });

  law(
    'withdrawing: what was applied and is no longer desired goes if nobody changed it, else stays',
    cases(),
    (example) => {
      const { live, desired, model } = example;
      const { config, warnings } = merge(example);
      for (const { keys, value } of lastLeaves(example).values()) {
        const before = get(model, live, keys);
        if (get(model, desired, keys) !== undefined || before === undefined) continue;
        if (around(keys).some((path) => conflictAt(example, path)) || isIdentity(model, keys)) continue;
        const after = get(model, config, keys);
        const owner = ownerOf(model, keys);
        if (owner === 'exclusive') continue;
        if (owner !== 'user' && same(before, value)) {
          assert.equal(after, undefined);
        } else if (kindOf(model, keys, before) === 'leaf') {
          assertSame(after, before);
          assert.ok(warnings.some(({ code, path }) => code === 'RELEASED' && path === formatPath(keys)));
        }
      }
    },
  );
});

describe('merging', () => {
  law('merging is idempotent', cases(), (example) => {
    const once = merge(example);
    const twice = merge({ ...example, live: once.config, lastApplied: example.desired });
    assertSame(twice.config, once.config);
    assert.deepEqual(
      twice.changes.filter(({ op }) => op !== 'keep'),
      [],
    );
  });

  law(
    'key order of inputs does not matter to the value',
    fc.tuple(cases(), fc.integer()),
    ([example, salt]) => {
      const shuffle = (value: JsonValue): JsonValue => {
        if (isArray(value)) return value.map(shuffle);
        if (!isObject(value)) return value;
        const rank = (key: string): number =>
          Array.from(`${key}${salt}`).reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1013, 7);
        const entries = Object.entries(value).toSorted(([a], [b]) => rank(a) - rank(b));
        return Object.fromEntries(entries.map(([key, member]) => [key, shuffle(member)]));
      };
      const shuffled = mergeConfig({
        live: asObject(shuffle(example.live)),
        desired: asObject(shuffle(example.desired)),
        lastApplied: example.lastApplied && asObject(shuffle(example.lastApplied)),
        policy: example.policy,
      });
      assertSame(shuffled.config, merge(example).config);
    },
  );

  law(
    'desired without what belongs to the user is accepted, and is desired where nothing does',
    cases(),
    (example) => {
      const { live, desired, policy } = example;
      assertSame(withoutUserOwned(desired, policy).desired, desired);
      const { desired: permitted, leftOut } = withoutUserOwned(live, policy);
      try {
        mergeConfig({ live, desired: permitted, policy });
      } catch (error) {
        assert.equal((error as ConfigMergeError).code, 'DESIRED_IDENTITY');
      }
      for (const path of leftOut) {
        const keys = parsePath(path);
        assert.equal(get(example.model, permitted, keys), undefined);
        assert.ok(
          [...leaves(example.model, get(example.model, live, keys), keys).values()].some(
            (one) => ownerOf(example.model, one.keys) === 'user',
          ),
        );
      }
    },
  );

  law('inputs are never mutated', cases(), (example) => {
    const { live, desired, lastApplied } = example;
    const before = JSON.stringify([live, desired, lastApplied]);
    const freeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      Object.values(Object.freeze(value)).forEach(freeze);
    };
    freeze([live, desired, lastApplied]);
    merge(example);
    assert.equal(JSON.stringify([live, desired, lastApplied]), before);
  });

  law('a part that stays as it is in live costs no copy, but the config is no input', cases(), (example) => {
    const { live, desired, lastApplied } = example;
    const { config } = merge(example);
    assert.ok(![live, desired, lastApplied].includes(config));
    const check = (before: JsonValue, after: JsonValue | undefined): void => {
      if (JSON.stringify(before) === JSON.stringify(after)) assert.equal(after, before);
      else if (isObject(before) && isObject(after)) checkMembers(before, after);
    };
    const checkMembers = (before: JsonObject, after: JsonObject): void => {
      for (const [key, value] of Object.entries(before)) {
        if (Object.hasOwn(after, key)) check(value, after[key]);
      }
    };
    checkMembers(live, config);
  });

  law(
    "apply-then-withdraw gives the user's config back",
    cases({ owners: ['managed', 'followed', 'seeded', 'user'] }),
    ({ live, desired, model, policy }) => {
      const added = asObject(without(model, desired, live, []));
      const applied = mergeConfig({ live, desired: added, policy });
      const back = mergeConfig({
        live: applied.config,
        desired: {},
        lastApplied: added,
        policy,
      });
      // An empty object, or an element that is nothing but its identity, tells nobody whose it was.
      assertSame(withoutEmpty(model, back.config, []), withoutEmpty(model, live, []));
    },
  );

  law('every difference between live and result is one change', cases(), (example) => {
    const { config, changes } = merge(example);
    const reported = changes
      .filter(({ op }) => op !== 'keep')
      .map(({ path, op, before, after }) => ({ keys: parsePath(path), op, before, after }));
    const order = ({ keys, op }: Difference): string => JSON.stringify([keys, op]);
    const bySame = (a: Difference, b: Difference): number => (order(a) < order(b) ? -1 : 1);
    const computed = differences(example.model, example.live, config);
    assert.deepEqual(reported.toSorted(bySame).map(inOrder), computed.toSorted(bySame).map(inOrder));
  });

  law('replaying the changes over live gives the result', cases(), (example) => {
    const { config, changes } = merge(example);
    const steps = changes.map((change) => ({ ...change, keys: parsePath(change.path) }));
    assertSame(replay(example.model, example.live, steps), config);
  });

  law('what is kept is in live and in the result', cases(), (example) => {
    const { config, changes } = merge(example);
    for (const { path, op, before, after } of changes) {
      if (op !== 'keep') continue;
      const keys = parsePath(path);
      assertSame(get(example.model, example.live, keys), before);
      assertSame(get(example.model, config, keys), after);
    }
  });

  law('explain agrees with the result', cases(), (example) => {
    const { live, desired, lastApplied, model } = example;
    const result = merge(example);
    for (const root of [live, desired, lastApplied, result.config]) {
      for (const { keys } of leaves(model, root).values()) {
        const { value, owner, source } = explain(result, formatPath(keys));
        assertSame(value, get(model, result.config, keys));
        assert.equal(owner, ownerOf(model, keys));
        if (value === undefined) assert.equal(source, 'none');
        else if (kindOf(model, keys, value) === 'leaf') {
          assert.notEqual(source, 'none');
          assertSame(get(model, source === 'live' ? live : desired, keys), value);
        }
      }
    }
  });

  law('a plan says what a merge does', cases(), (example) => {
    const { config, changes, warnings } = merge(example);
    const plan = planConfig(example);
    assert.equal(
      JSON.stringify(plan),
      JSON.stringify({ changes, warnings, upToDate: same(config, example.live) }),
    );
  });

  law('no prototype is ever reachable', cases(), (example) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const walk = (value: JsonValue): void => {
      if (typeof value !== 'object' || value === null) return;
      assert.ok([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)));
      for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value))) {
        assert.ok('value' in descriptor);
      }
      Object.values<JsonValue>(value).forEach(walk);
    };
    const result = merge(example);
    walk(result.config);
    for (const path of ['__proto__', 'constructor.prototype', 'toString', 'a.__proto__']) {
      const value = explain(result, path).value;
      assertSame(value, get(example.model, result.config, path.split('.')));
    }
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  });

  law(
    'with an all-managed policy and nothing applied before, the result equals a naive deep merge',
    cases({ owners: ['managed'], ruleShare: 0 }),
    ({ live, desired }) => {
      const naive = (left: JsonValue | undefined, right: JsonValue | undefined): JsonValue => {
        if (isObject(left) && isObject(right)) {
          const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
          const own = (object: JsonObject, key: string) =>
            Object.hasOwn(object, key) ? object[key] : undefined;
          return Object.fromEntries([...keys].map((key) => [key, naive(own(left, key), own(right, key))]));
        }
        return right === undefined ? (left ?? null) : right;
      };
      const { config } = mergeConfig({ live, desired, policy: definePolicy({ rules: [] }) });
      assertSame(config, naive(live, desired));
      assertSame(config, deepmergeCustom({ mergeArrays: false })(live, desired));
    },
  );

  // A tie that a third rule settles is what order could decide, and rare in a tree: it is added here.
  const orders = fc.tuple(cases({ hiding: true }), fc.nat(), fc.boolean());
  law("a policy's rule order does not matter", orders, ([example, turn, sensitive]) => {
    const { default: fallback } = example.model;
    const settled: Rule[] = [
      { path: 'settled.*.y.*', owner: 'managed', sensitive },
      { path: 'settled.x.*.*', owner: 'managed', sensitive: !sensitive },
      { path: 'settled.x.y.*', owner: 'managed' },
    ];
    const rules = [...example.model.rules, ...settled];
    const policy = definePolicy({ rules, default: fallback });
    const add = (root: JsonObject, n: number) => ({ ...root, settled: { x: { y: { n } } } });
    const inputs = { ...example, live: add(example.live, 1), desired: add(example.desired, 2) };
    const turned = [
      ...rules.slice(turn % (rules.length + 1)),
      ...rules.slice(0, turn % (rules.length + 1)),
    ].toReversed();
    const other = merge({ ...inputs, policy: definePolicy({ rules: turned, default: fallback }) });
    assert.equal(JSON.stringify(other), JSON.stringify(merge({ ...inputs, policy })));
  });
});

describe('documents', () => {
  law('parse ∘ format = identity', documents, (document) => {
    assertSame(parseDocument(formatDocument(document)), document);
  });

  law('a comment before it changes nothing but the way a document is read', documents, (document) => {
    assertSame(parseDocument(`// by hand\n${formatDocument(document)}`), document);
  });
});

const inOrder = ({ keys, op, before, after }: Difference): string =>
  [formatPath(keys), op, canonical(before), canonical(after)].join(' ');

/** What desired adds to live without touching anything of it. */
function without(
  model: Model,
  desired: JsonValue,
  live: JsonValue | undefined,
  keys: Keys,
): JsonValue | undefined {
  if (live === undefined) return desired;
  if (kindOf(model, keys, desired) !== kindOf(model, keys, live) || kindOf(model, keys, desired) === 'leaf')
    return undefined;
  const arrayKey = arrayKeyAt(model, keys);
  const entries = (members(model, keys, desired) ?? []).flatMap(([key, member]) => {
    if (isIdentity(model, [...keys, key])) return [[key, member] as const];
    const there = members(model, keys, live)?.find(([name]) => name === key)?.[1];
    const rest = without(model, member, there, [...keys, key]);
    return rest === undefined ? [] : [[key, rest] as const];
  });
  if (entries.length === 0) return undefined;
  return arrayKey === undefined ? Object.fromEntries(entries) : entries.map(([, element]) => element);
}

function withoutEmpty(model: Model, value: JsonValue, keys: Keys): JsonValue | undefined {
  const inside = members(model, keys, value);
  if (inside === undefined) return value;
  if (arrayKeyAt(model, keys) !== undefined && isArray(value)) {
    const addressed = new Map(inside);
    const kept = value.flatMap((element) => {
      const id = [...addressed].find(([, other]) => other === element)?.[0];
      if (id === undefined) return [element];
      const rest = withoutEmpty(model, element, [...keys, id]);
      return rest === undefined ? [] : [rest];
    });
    return kept.length === 0 ? undefined : kept;
  }
  const kept = inside.flatMap(([key, member]) => {
    const rest = withoutEmpty(model, member, [...keys, key]);
    return rest === undefined ? [] : [[key, rest] as const];
  });
  const onlyIdentity = kept.length === 1 && isIdentity(model, [...keys, kept[0]?.[0] ?? '']);
  return kept.length === 0 || onlyIdentity ? undefined : Object.fromEntries(kept);
}
