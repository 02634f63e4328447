import type { JsonScalar } from './json.ts';

/**
 * The paths of a config type as a policy writes them: `gateway.auth`, `providers.*.models`. Any string where
 * the type says nothing (`unknown`). `*` stands for a key of a record or an element of an array; one key of
 * them is quoted, `providers["eu"].url`: only so can the compiler tell where it ends. Below the seventh level
 * every path is accepted.
 */
export type PolicyPath<Config> = unknown extends Config ? string : Inside<Config, '', 6>;

/** What may follow a path that leads to a value: nothing after a scalar, anything after `unknown`. */
type Below<Value, Levels extends Level> = unknown extends Value
  ? Unchecked
  : Value extends JsonScalar | undefined
    ? never
    : Levels extends 0
      ? Unchecked
      : Inside<Value, '.', Levels>;

type Inside<Value, Dot extends '' | '.', Levels extends Level> = Value extends readonly (infer Element)[]
  ? Elements<Element, Dot, Levels>
  : | (string extends keyof Value ? Step<AnyKey<Dot>, Value[keyof Value], Levels> : never)
    | { [Key in Known<Value>]: Step<Exact<Key, Dot>, Value[Key], Levels> }[Known<Value>];

/** Elements are addressed by their identity, which scalars do not have. */
type Elements<Element, Dot extends '' | '.', Levels extends Level> = Element extends JsonScalar
  ? never
  : Step<AnyKey<Dot>, Element, Levels>;

type Step<Segment extends string, Value, Levels extends Level> =
  Segment | `${Segment}${Below<Value, Fewer[Levels]>}`;

type AnyKey<Dot extends '' | '.'> = `${Dot}*` | `["${string}"]`;
type Exact<Key extends string, Dot extends '' | '.'> = Key extends '' | `${string}${Special}${string}`
  ? `["${Key}"]`
  : `${Dot}${Key}`;
type Special = '.' | '[' | ']' | '"' | "'" | '*' | ' ';
type Unchecked = `.${string}` | `[${string}`;

/** Keys that the type names, without those of an index signature. */
type Known<Value> = keyof {
  [Key in keyof Value as string extends Key ? never : number extends Key ? never : Key]: never;
} &
  string;

type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6;
type Fewer = readonly [0, 0, 1, 2, 3, 4, 5];
