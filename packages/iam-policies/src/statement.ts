import type {
  AcceptsAll,
  AnyAction,
  Certain,
  IsUnion,
  KeyOf,
  KeyTypeOf,
  NameOf,
  ResourceOf,
  Uncovered,
} from './action.ts';
import type { Arn } from './arn.ts';
import { conditionValue, type Conditions, type OperatorFor, type ValueFor } from './condition.ts';
import { IamPolicyError } from './errors.ts';
import { frozen } from './frozen.ts';
import type { Principal } from './principal.ts';
import { compare } from './token.ts';

export type Effect = 'Allow' | 'Deny';

/** What a statement says, in plain values. All lists are sorted and without duplicates. */
export interface StatementContent {
  /** Letters and digits. */
  readonly sid: string;
  readonly effect: Effect;
  readonly actions: readonly string[];
  /** Empty: the resource that the policy is attached to. */
  readonly resources: readonly string[];
  readonly principals: readonly Principal[];
  readonly conditions: Conditions;
  /** Why a statement says `*` where resources could be named, in the words of its author. */
  readonly unscoped: readonly string[];
}

/** What a statement can stand in: a role's policy, a resource's policy, or (attached) that once it has principals. */
type Kind = 'identity' | 'attached' | 'resource';

/** A finished statement. Immutable: every method returns a new one. */
export interface Statement<A extends AnyAction = AnyAction, For extends Kind = 'identity'> {
  readonly for: For;
  readonly content: StatementContent;

  /**
   * Adds a condition. Conditions are joined by AND, the values of one condition by OR.
   *
   * @param key a global key, or one that at least one of the actions knows
   * @param operator one that fits the key's type
   */
  when<K extends KeyOf<A>, const O extends OperatorFor<KeyTypeOf<A, K>>>(
    key: K,
    operator: IsUnion<K> extends true ? Refused<K, 'may be either: give one condition key'> : O,
    ...values: IsUnion<O> extends true
      ? AllRefused<O, 'may be either: give one operator'>
      : [ValueFor<O>, ...ValueFor<O>[]]
  ): Statement<A, For>;

  /** Names the principals, for a resource-based policy. */
  by(...principals: [Principal, ...Principal[]]): Statement<A, 'resource'>;
}

/** Any statement of an identity-based policy: what `document` takes and the intents give. */
export interface IdentityStatement {
  readonly for: 'identity';
  readonly content: StatementContent;
}

/** Any statement of a resource-based policy: it names its principals. */
export interface ResourceStatement {
  readonly for: 'resource';
  readonly content: StatementContent;
}

type Actions = readonly [AnyAction, ...AnyAction[]];
type Resources<A extends AnyAction> = readonly [Arn<ResourceOf<A>>, ...Arn<ResourceOf<A>>[]];

/** What cannot be called or given. The compiler prints it, so that its message says why. */
interface Refused<Names extends string, Why extends string> {
  readonly refused: Names;
  readonly why: Why;
}

type AllRefused<Names extends string, Why extends string> = [Refused<Names, Why>, ...Refused<Names, Why>[]];

interface OnResources<A extends AnyAction, Sure extends AnyAction> {
  <const R extends Resources<Sure>>(
    ...resources: [Uncovered<A, R>] extends [never]
      ? R
      : AllRefused<Uncovered<A, R>, 'accepts none of these resources'>
  ): Statement<Sure>;
}

/**
 * A statement whose resources are still to be named. Every action that it may hold (`A`) must be served, and only
 * what one of those that it holds for certain (`Sure`) accepts and knows can be said of it.
 */
export interface AllowWithoutResource<A extends AnyAction, Sure extends AnyAction = A> {
  /** Names the resources. Each must be accepted by an action, each action must accept one of them. */
  readonly on: [Sure] extends [never]
    ? Refused<NameOf<A>, 'may be any of these: give one action of the catalogue at a time'>
    : [ResourceOf<Sure>] extends [never]
      ? Refused<NameOf<Sure>, 'accepts only "*": use onAll()'>
      : OnResources<A, Sure>;

  /** `*`, for actions that know no resources. */
  readonly onAll: [Exclude<A, AcceptsAll<A>>] extends [never]
    ? () => Statement<Sure>
    : Refused<NameOf<Exclude<A, AcceptsAll<A>>>, 'accepts resources: use on() or unscoped(reason)'>;

  /** `*` although resources could be named. The reason stays in the document's metadata. */
  unscoped(reason: string): Statement<Sure>;

  /**
   * The resource that a resource-based policy is attached to. EFS takes a statement without `Resource`;
   * KMS and SNS want `*`, which there means the same. Name the principals with `by()`.
   */
  onAttached(as?: '*'): Statement<Sure, 'attached'>;
}

/** A deny may say `*`: more of it takes away, never gives. */
export interface DenyWithoutResource<A extends AnyAction, Sure extends AnyAction = A> extends Pick<
  AllowWithoutResource<A, Sure>,
  'on' | 'onAttached'
> {
  onAll(): Statement<Sure>;
}

// oxlint-disable typescript/no-unsafe-type-assertion -- what the types refuse does not exist at run time

/**
 * A statement that allows.
 *
 * @param sid letters and digits; a document numbers equal ones
 * @throws IamPolicyError `SID_ILLEGAL`, `ACTIONS_EMPTY`
 */
export function allow<const T extends Actions>(
  sid: string,
  ...actions: T
): AllowWithoutResource<T[number], Certain<T>> {
  return withoutResource('Allow', sid, actions) as unknown as AllowWithoutResource<T[number], Certain<T>>;
}

/** A statement that denies: it wins over every allow, in every policy. Throws as `allow` does. */
export function deny<const T extends Actions>(
  sid: string,
  ...actions: T
): DenyWithoutResource<T[number], Certain<T>> {
  return withoutResource('Deny', sid, actions) as unknown as DenyWithoutResource<T[number], Certain<T>>;
}

// oxlint-enable typescript/no-unsafe-type-assertion

function withoutResource(effect: Effect, sid: string, actions: readonly string[]) {
  checkSid(sid);
  if (actions.length === 0) throw new IamPolicyError('ACTIONS_EMPTY', `${sid}: name at least one action.`);
  const finish = (resources: readonly string[], unscoped: readonly string[] = [], kind: Kind = 'identity') =>
    statement(kind, {
      sid,
      effect,
      actions: sorted(actions),
      resources: sorted(resources),
      principals: [],
      conditions: {},
      unscoped,
    });
  return {
    on: (...resources: readonly string[]) => {
      if (resources.length === 0)
        throw new IamPolicyError('RESOURCES_EMPTY', `${sid}: name at least one resource.`);
      return finish(resources);
    },
    onAll: () => finish(['*']),
    onAttached: (as?: '*') => finish(as ? [as] : [], [], 'attached'),
    unscoped: (reason?: string) => {
      if (!reason?.trim())
        throw new IamPolicyError('REASON_EMPTY', `${sid}: say why it needs every resource.`);
      return finish(['*'], [reason]);
    },
  };
}

/** @throws IamPolicyError `SID_ILLEGAL` */
export function checkSid(sid: string): void {
  if (!/^[A-Za-z0-9]+$/.test(sid)) {
    throw new IamPolicyError('SID_ILLEGAL', `Sid ${JSON.stringify(sid)}: use letters and digits only.`);
  }
}

function statement(kind: Kind, content: StatementContent) {
  return frozen({
    for: kind,
    content,
    when: (key: string, operator: string, ...values: unknown[]) =>
      statement(kind, { ...content, conditions: withCondition(content, key, operator, values) }),
    by: (...principals: Principal[]) =>
      statement('resource', {
        ...content,
        principals: sortedPrincipals([...content.principals, ...principals]),
      }),
  });
}

function withCondition(
  { sid, conditions }: StatementContent,
  key: string,
  operator: string,
  values: readonly unknown[],
): Conditions {
  if (values.length === 0) {
    throw new IamPolicyError('CONDITION_EMPTY', `${sid}: give ${operator} of ${key} at least one value.`);
  }
  if (conditions[operator]?.[key]) {
    throw new IamPolicyError(
      'CONDITION_REPEATED',
      `${sid}: ${operator} of ${key} is already there. Give all values at once: they are joined by OR.`,
    );
  }
  const texts = values.map((value) => {
    const text = conditionValue(value);
    if (text !== undefined) return text;
    const message = `${sid}: ${String(value)} is no value that ${operator} of ${key} could compare with.`;
    throw new IamPolicyError('CONDITION_VALUE_INVALID', message);
  });
  return { ...conditions, [operator]: { ...conditions[operator], [key]: sorted(texts) } };
}

export function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted(compare);
}

function sortedPrincipals(principals: readonly Principal[]): Principal[] {
  const named = new Map(principals.map((principal) => [`${principal.type}:${principal.id}`, principal]));
  return sorted([...named.keys()]).map((name) => named.get(name)!);
}
