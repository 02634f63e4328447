import type { Arn, TypeOfArn } from './arn.ts';
import type { GlobalKeys } from './catalogue/global-keys.ts';

/** Exists for the compiler only: at run time an action is its name. */
declare const facts: unique symbol;

interface Facts {
  readonly name: string;
  /** Resource types; `'*'` among them means that a request may name no resource at all; `never`: it never does. */
  readonly on: string;
  /** Condition keys in the request context, besides the global ones. */
  readonly keys: string;
  /** Types of the service's condition keys. */
  readonly keyTypes: object;
  /** A parameter, so that no action passes for one of other facts: one that accepts more, say, or `*` too. */
  readonly exactly: (facts: never) => void;
}

/** An action of the catalogue, such as `bedrock.InvokeModel`. A plain string is not one. */
export type Action<
  Name extends string = string,
  On extends string = string,
  Keys extends string = string,
  KeyTypes extends object = object,
> = Name & {
  readonly [facts]: {
    name: Name;
    on: On;
    keys: Keys;
    keyTypes: KeyTypes;
    exactly: (facts: [On, Keys, KeyTypes]) => void;
  };
};

/** Some action. Of a value of this type nothing is known, so that `on` and `onAll` refuse it. */
export type AnyAction = string & { readonly [facts]: Facts };

/** The resource types that at least one of the actions accepts. */
export type ResourceOf<A extends AnyAction> = Exclude<A[typeof facts]['on'], '*'>;

/** The actions that accept only `*`, or `*` too. */
export type AcceptsAll<A extends AnyAction> = A extends AnyAction
  ? [A[typeof facts]['on']] extends [never]
    ? A
    : IsUnknown<A> extends true
      ? never
      : '*' extends A[typeof facts]['on']
        ? A
        : never
  : never;

export type NameOf<A extends AnyAction> = A[typeof facts]['name'];

/** The names of the actions for which no resource of the list is certain: one that they accept whatever it turns out to be. */
export type Uncovered<A extends AnyAction, R extends readonly unknown[]> = [A] extends [never]
  ? never
  : R extends readonly [infer First extends Arn, ...infer Rest]
    ? Uncovered<Refusing<A, TypeOfArn<First>>, Rest>
    : NameOf<A>;

type Refusing<A extends AnyAction, T extends string> = A extends AnyAction
  ? IsUnknown<A> extends true
    ? A
    : [T] extends [A[typeof facts]['on']]
      ? never
      : A
  : never;

/** The actions that a list holds for certain: not those of a spread that may be empty, nor one out of several. */
export type Certain<T extends readonly AnyAction[]> = IsUnion<T> extends true ? Known<T[0]> : Fixed<T>;

type Fixed<T extends readonly unknown[]> = T extends readonly [infer First extends AnyAction, ...infer Rest]
  ? Known<First> | Fixed<Rest>
  : never;

type Known<A extends AnyAction, All = A> = A extends All
  ? [All] extends [A]
    ? string extends A[typeof facts]['on']
      ? never
      : A
    : never
  : never;

type IsUnknown<A extends AnyAction> = string extends A[typeof facts]['on'] ? true : false;

/** Whether a value may be one of several: which one, the compiler cannot know. */
export type IsUnion<T, All = T> = T extends All ? ([All] extends [T] ? false : true) : never;

/** The condition keys that at least one of the actions knows. */
export type KeyOf<A extends AnyAction> =
  (IsUnknown<A> extends true ? never : A[typeof facts]['keys']) | keyof GlobalKeys;

export type KeyTypeOf<A extends AnyAction, K> = K extends keyof GlobalKeys
  ? GlobalKeys[K]
  : A extends AnyAction
    ? K extends keyof A[typeof facts]['keyTypes']
      ? A[typeof facts]['keyTypes'][K]
      : never
    : never;
