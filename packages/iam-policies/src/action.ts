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
}

/** An action of the catalogue, such as `bedrock.InvokeModel`. A plain string is not one. */
export type Action<
  Name extends string = string,
  On extends string = string,
  Keys extends string = string,
  KeyTypes extends object = object,
> = Name & { readonly [facts]: { name: Name; on: On; keys: Keys; keyTypes: KeyTypes } };

export type AnyAction = string & { readonly [facts]: Facts };

/** The resource types that at least one of the actions accepts. */
export type ResourceOf<A extends AnyAction> = Exclude<A[typeof facts]['on'], '*'>;

/** The actions that accept only `*`, or `*` too. */
export type AcceptsAll<A extends AnyAction> = A extends AnyAction
  ? [A[typeof facts]['on']] extends [never]
    ? A
    : '*' extends A[typeof facts]['on']
      ? A
      : never
  : never;

export type NameOf<A extends AnyAction> = A[typeof facts]['name'];

/** The names of the actions that accept none of the resource types `R`. */
export type Uncovered<A extends AnyAction, R extends string> = A extends AnyAction
  ? [Extract<A[typeof facts]['on'], R>] extends [never]
    ? NameOf<A>
    : never
  : never;

/** The condition keys that at least one of the actions knows. */
export type KeyOf<A extends AnyAction> = A[typeof facts]['keys'] | keyof GlobalKeys;

export type KeyTypeOf<A extends AnyAction, K> = K extends keyof GlobalKeys
  ? GlobalKeys[K]
  : A extends AnyAction
    ? K extends keyof A[typeof facts]['keyTypes']
      ? A[typeof facts]['keyTypes'][K]
      : never
    : never;
