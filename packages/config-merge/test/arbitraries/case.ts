import * as fc from 'fast-check';
import {
  definePolicy,
  type JsonObject,
  type JsonValue,
  type Owner,
  type Policy,
  type Rule,
} from '../../src/index.ts';
import { mergesByElement, owners as ownerNames } from '../../src/policy.ts';
import {
  anyKey,
  arrayKeyAt,
  asObject,
  isArray,
  isObject,
  ownerOf,
  pathOf,
  type Keys,
  type Model,
} from '../model.ts';

/** One merge, made from a model of ownership: the three inputs share a tree and differ in what happened to it. */
export interface Case {
  readonly live: JsonObject;
  readonly desired: JsonObject;
  readonly lastApplied: JsonObject | undefined;
  readonly model: Model;
  readonly policy: Policy;
}

export interface CaseOptions {
  /** Owners of the rules and the default. */
  readonly owners?: readonly Owner[];
  /** Chance in percent that a key has a rule of its own. */
  readonly ruleShare?: number;
  /** Whether rules hide values. */
  readonly hiding?: boolean;
}

/** A part of the tree, in the three inputs at once. */
interface Node {
  readonly live: JsonValue | undefined;
  readonly desired: JsonValue | undefined;
  readonly last: JsonValue | undefined;
}

type Shape =
  | {
      readonly kind: 'leaf';
      readonly story: Story;
      readonly values: readonly JsonValue[];
      readonly rule: RuleDraw;
    }
  | {
      readonly kind: 'object';
      readonly members: readonly Member[];
      readonly present: Presence;
      readonly rule: RuleDraw;
    }
  | {
      readonly kind: 'list';
      readonly elements: readonly Element[];
      readonly present: Presence;
      readonly rule: RuleDraw;
    };
type Member = readonly [string, Shape];
interface Element {
  readonly id: string;
  readonly present: Presence;
  readonly members: readonly Member[];
  /** Follows the element in live: something without an identity, or a second one with the same. */
  readonly stray: 'none' | 'missing' | 'duplicate' | 'scalar';
}
interface RuleDraw {
  readonly owner: Owner | undefined;
  readonly sensitive: boolean | undefined;
  /** Which steps of the path the pattern leaves open. */
  readonly open: readonly boolean[];
}
type Presence = readonly [live: boolean, desired: boolean, last: boolean];

/** What happened to a leaf: which of three different values each input has, by index. */
const stories = {
  untouched: [0, undefined, undefined],
  fresh: [undefined, 0, undefined],
  adopted: [0, 0, undefined],
  overruled: [0, 1, undefined],
  steady: [0, 0, 0],
  drifted: [1, 0, 0],
  updated: [0, 1, 0],
  updatedAndDrifted: [2, 1, 0],
  deleted: [undefined, 0, 0],
  deletedAndUpdated: [undefined, 1, 0],
  withdrawn: [0, undefined, 0],
  released: [1, undefined, 0],
  forgotten: [undefined, undefined, 0],
} as const;
type Story = keyof typeof stories;
const storyNames = Object.keys(stories).filter((name): name is Story => name in stories);

/** Names that are trouble somewhere: prototypes, path syntax, numbers that engines sort first, two-unit controls. */
const key = fc.constantFrom(
  'a',
  'b',
  'c',
  'port',
  'a.b',
  '*',
  '',
  '__proto__',
  'constructor',
  'toString',
  '7',
  'é"]',
  '\u{E0001}',
  '\u{10FFFD}\ud800',
);

const leafValue: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<JsonValue[]>(1, 2, 3, 'x', 'y', true, false, null, '') },
  { weight: 1, arbitrary: fc.array(fc.constantFrom<JsonValue[]>(1, 'x', null, { a: 1 }), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<JsonValue>({}) },
  // Against the shape of the tree, so that one input has an object where another has a value.
  { weight: 1, arbitrary: fc.constantFrom<JsonValue[]>({ a: 1 }, { b: { c: 2 } }, [{ id: 'x', n: 1 }]) },
);

const presence: fc.Arbitrary<Presence> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Presence>([true, true, true]) },
  { weight: 3, arbitrary: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()) },
);

function shapes({ owners = ownerNames, ruleShare = 30, hiding = false }: CaseOptions) {
  const rule: fc.Arbitrary<RuleDraw> = fc.record({
    owner: fc.oneof(
      { weight: 100 - ruleShare, arbitrary: fc.constant(undefined) },
      { weight: ruleShare, arbitrary: fc.constantFrom<Owner[]>(...owners) },
    ),
    sensitive: fc.constantFrom(undefined, ...(hiding ? [true, false] : [])),
    open: fc.array(
      fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      {
        minLength: 5,
        maxLength: 5,
      },
    ),
  });
  const leaf: fc.Arbitrary<Shape> = fc.record({
    kind: fc.constant('leaf' as const),
    story: fc.constantFrom(...storyNames),
    values: fc.uniqueArray(leafValue, {
      minLength: 3,
      maxLength: 3,
      selector: (value) => JSON.stringify(value),
    }),
    rule,
  });
  const { members } = fc.letrec<{ shape: Shape; members: Member[] }>((tie) => ({
    shape: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 5, arbitrary: leaf },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('object' as const),
          members: tie('members'),
          present: presence,
          rule,
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('list' as const),
          elements: fc.uniqueArray(
            fc.record({
              id: fc.constantFrom('x', 'y', 'nova.1', '__proto__', '*'),
              present: presence,
              members: tie('members'),
              stray: fc.constantFrom('none', 'none', 'none', 'missing', 'duplicate', 'scalar'),
            }),
            { selector: ({ id }) => id, maxLength: 3 },
          ),
          present: presence,
          rule,
        }),
      },
    ),
    members: fc.uniqueArray(fc.tuple(key, tie('shape')), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 4,
    }),
  }));
  return members;
}

export function cases(options: CaseOptions = {}): fc.Arbitrary<Case> {
  const { owners = ownerNames } = options;
  return fc
    .record({
      members: shapes(options),
      fallback: fc.constantFrom<Owner[]>(...owners),
      first: fc.oneof(
        { weight: 1, arbitrary: fc.constant(true) },
        { weight: 6, arbitrary: fc.constant(false) },
      ),
    })
    .map(({ members, fallback, first }) => {
      const rules = draw(members, [], owners).reduce(withoutTies, []);
      const model: Model = { rules, default: fallback };
      const root = build(
        {
          kind: 'object',
          members,
          present: [true, true, true],
          rule: { owner: undefined, sensitive: undefined, open: [] },
        },
        [],
        model,
      );
      return {
        live: asObject(root.live),
        desired: asObject(claim(model, asObject(root.desired), [])),
        lastApplied: first ? undefined : asObject(root.last),
        model,
        policy: definePolicy(model),
      };
    });
}

/** The rules of a part of the tree. Every list has one, since only a rule makes it a list. */
function draw(members: readonly Member[], keys: Keys, owners: readonly Owner[]): Rule[] {
  return members.flatMap(([name, shape]) => {
    const here = [...keys, name];
    const path = pathOf(here.map((step, at) => (shape.rule.open[at] === true && at > 0 ? anyKey : step)));
    const { owner, sensitive } = shape.rule;
    if (shape.kind === 'list') {
      const merging = owner !== undefined && mergesByElement(owner) ? owner : 'managed';
      const inside = shape.elements.flatMap(({ id, members: own }) => draw(own, [...here, id], owners));
      return [{ path: pathOf(here), owner: merging, arrayKey: 'id', sensitive } as const, ...inside];
    }
    const own: Rule[] = owner === undefined ? [] : [{ path, owner, sensitive }];
    return shape.kind === 'object' ? [...own, ...draw(shape.members, here, owners)] : own;
  });
}

function withoutTies(rules: readonly Rule[], rule: Rule): Rule[] {
  try {
    definePolicy({ rules: [...rules, rule] });
    return [...rules, rule];
  } catch {
    return [...rules];
  }
}

function build(shape: Shape, keys: Keys, model: Model): Node {
  if (shape.kind === 'leaf') {
    const [live, desired, last] = stories[shape.story].map((index) =>
      index === undefined ? undefined : shape.values[index],
    );
    return { live, desired, last };
  }
  const [live, desired, last] = shape.present;
  if (shape.kind === 'object') {
    const node = buildMembers(shape.members, keys, model);
    return {
      live: live ? node.live : undefined,
      desired: desired ? node.desired : undefined,
      last: last ? node.last : undefined,
    };
  }
  const lists: { live: JsonValue[]; desired: JsonValue[]; last: JsonValue[] } = {
    live: [],
    desired: [],
    last: [],
  };
  for (const { id, members, present, stray } of shape.elements) {
    const element = buildMembers(members, [...keys, id], model);
    for (const [at, side] of (['live', 'desired', 'last'] as const).entries()) {
      if (present[at] === true) lists[side].push({ id, ...asObject(element[side]) });
    }
    if (stray === 'missing') lists.live.push({ n: 1 });
    if (stray === 'scalar') lists.live.push('stray');
    if (stray === 'duplicate' && present[0]) lists.live.push({ id, second: true });
  }
  return {
    live: live ? lists.live : undefined,
    desired: desired ? lists.desired : undefined,
    last: last ? lists.last : undefined,
  };
}

function buildMembers(members: readonly Member[], keys: Keys, model: Model): Node {
  const built = members.map(([name, shape]) => [name, build(shape, [...keys, name], model)] as const);
  const side = (which: keyof Node): JsonValue =>
    Object.fromEntries(
      built.flatMap(([name, node]) => (node[which] === undefined ? [] : [[name, node[which]]])),
    );
  return { live: side('live'), desired: side('desired'), last: side('last') };
}

/** Desired without what the policy does not let it say. */
function claim(model: Model, value: JsonValue, keys: Keys): JsonValue | undefined {
  const arrayKey = arrayKeyAt(model, keys);
  const user = keys.length > 0 && ownerOf(model, keys) === 'user';
  if (arrayKey !== undefined) {
    if (!isArray(value)) return undefined;
    const elements = new Map<string, JsonValue>();
    for (const element of value) {
      const id = isObject(element) ? element[arrayKey] : undefined;
      if (typeof id !== 'string' || ownerOf(model, [...keys, id, arrayKey]) === 'user') continue;
      const claimed = claim(model, element, [...keys, id]);
      if (isObject(claimed) && claimed[arrayKey] === id) elements.set(id, claimed);
    }
    return [...elements.values()];
  }
  if (!isObject(value)) return user ? undefined : value;
  const entries = Object.entries(value).flatMap(([name, member]) => {
    const claimed = claim(model, member, [...keys, name]);
    return claimed === undefined ? [] : [[name, claimed] as const];
  });
  return user && entries.length === 0 ? undefined : Object.fromEntries(entries);
}
