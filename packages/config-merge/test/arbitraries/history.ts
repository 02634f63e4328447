import * as fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/index.ts';

/** A leaf of the configs of a history: a key, or a key of an object or of an element of the keyed array `team`. */
export type Leaf = (typeof leaves)[number];
export const leaves = [
  'name',
  'model.primary',
  'model.size',
  'team.ann.role',
  'team.ann.desk',
  'team.bob.role',
] as const;

/** What a config says, leaf by leaf; what is not in it has no value. */
export type Values = ReadonlyMap<Leaf, JsonValue>;

/** One thing that happens to a pod. */
export type Event =
  | { readonly kind: 'deploy'; readonly desired: Values }
  | { readonly kind: 'edit'; readonly leaf: Leaf; readonly value: JsonValue }
  /** People put back what infrastructure wanted in the run before, if it wanted anything. */
  | { readonly kind: 'restore'; readonly leaf: Leaf }
  | { readonly kind: 'delete'; readonly leaf: Leaf }
  /** People delete a whole element of the keyed array. */
  | { readonly kind: 'dismiss'; readonly id: 'ann' | 'bob' };

const valuesOf = (author: string): fc.Arbitrary<JsonValue> =>
  fc.tuple(fc.nat({ max: 3 }), fc.boolean()).map(([n, isList]) => (isList ? [author, n] : `${author} ${n}`));

/** What infrastructure wants is never by chance what people write: who wrote a value can be told from it. */
export const peoplesValue = valuesOf('people');
const infrastructuresValue = valuesOf('infrastructure');

export const leaf: fc.Arbitrary<Leaf> = fc.constantFrom(...leaves);

/** A desired config that names every leaf. */
export const whole: fc.Arbitrary<Values> = fc
  .tuple(...leaves.map(() => infrastructuresValue))
  .map((values) => new Map(leaves.map((name, at) => [name, values[at] ?? null])));

/** A desired config that names some of them. */
const part: fc.Arbitrary<Values> = fc
  .tuple(whole, fc.subarray([...leaves]))
  .map(([values, named]) => new Map([...values].filter(([name]) => named.includes(name))));

export const edit: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('edit' as const), leaf, value: peoplesValue }),
  fc.record({ kind: fc.constant('delete' as const), leaf }),
);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('deploy' as const), desired: fc.oneof(whole, part) }),
  },
  { weight: 3, arbitrary: edit },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), leaf }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('dismiss' as const), id: fc.constantFrom('ann', 'bob') }),
  },
);

/** What happens to a pod after its first deployment. */
export const events: fc.Arbitrary<readonly Event[]> = fc.array(event, { maxLength: 12 });

/** A config with these values. */
export function configOf(values: Values, members: readonly string[] = ['ann', 'bob']): JsonObject {
  const inside = (prefix: string): JsonObject =>
    Object.fromEntries(
      [...values].flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
      ),
    );
  const name = values.get('name');
  return {
    ...(name === undefined ? {} : { name }),
    model: inside('model.'),
    team: members.map((id) => ({ id, ...inside(`team.${id}.`) })),
  };
}
