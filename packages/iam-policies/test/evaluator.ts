import type { PolicyJson, StatementJson } from '../src/json.ts';

/** A request as IAM sees it after it has resolved who calls: what is done, to what, and what is known about it. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** Account of the caller. Only the policy of a resource asks for it. */
  readonly caller?: string;
}

export type Decision = 'allow' | 'explicit deny' | 'implicit deny';

/**
 * Evaluates policies as AWS publishes it: an explicit deny wins, then an allow, else it is denied.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html}
 */
export function decide(policies: readonly PolicyJson[], request: Request): Decision {
  const effects = policies
    .flatMap((policy) => policy.Statement)
    .filter((statement) => applies(statement, request))
    .map((statement) => statement.Effect);
  if (effects.includes('Deny')) return 'explicit deny';
  return effects.includes('Allow') ? 'allow' : 'implicit deny';
}

function applies(statement: StatementJson, request: Request): boolean {
  return (
    names(statement.Principal, request.caller) &&
    many(statement.Action).some((action) => like(action.toLowerCase(), request.action.toLowerCase())) &&
    many(statement.Resource ?? '*').some(
      (resource) => resource === '*' || arnLike(resource, request.resource),
    ) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator, many(values).flatMap(substituted(request)), valuesOf(request, key)),
      ),
    )
  );
}

/**
 * Policy variables stand for what the request says; a value with one that it does not say matches nothing.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html}
 */
function substituted(request: Request): (value: string) => string[] {
  return (value) => {
    let known = true;
    const text = value.replace(/\$\{(aws:[^}]+)\}/g, (_, key: string) => {
      const [first] = valuesOf(request, key) ?? [];
      known &&= first !== undefined;
      return first ?? '';
    });
    return known ? [text] : [];
  };
}

/** Who calls. `anonymous`: without credentials, as an NFS client may be. */
export type Caller =
  | { readonly kind: 'principal'; readonly arn: string; readonly account: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'anonymous' };

/** A resource and the policy that hangs on it. */
export interface Guarded {
  readonly policy: PolicyJson;
  /** The account that it belongs to. */
  readonly account: string;
  /** Whether the policy of a caller suffices, as it does but for keys of KMS and for the trust in a role. */
  readonly identitySuffices: boolean;
}

/**
 * Decides with both kinds of policies. An explicit deny in either wins. In the account of the resource an allow in
 * either suffices, unless the service asks the resource's policy in any case; from another account it takes both. A
 * statement that names an account lets that account decide by the policies of its principals.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html}
 * {@link https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html}
 */
export function decideTogether(
  caller: Caller,
  identity: readonly PolicyJson[],
  guarded: Guarded,
  asked: Omit<Request, 'caller'>,
): Decision {
  const request = caller.kind === 'principal' ? withPrincipal(asked, caller) : asked;
  const said = guarded.policy.Statement.map((statement) => ({
    effect: statement.Effect,
    names: named(statement.Principal, caller),
  })).filter(({ names: how }, index) => {
    const { Principal: _, ...rest } = guarded.policy.Statement[index]!;
    return how !== undefined && applies(rest, request);
  });
  const own = caller.kind === 'principal' ? decide(identity, request) : 'implicit deny';
  if (own === 'explicit deny' || said.some(({ effect }) => effect === 'Deny')) return 'explicit deny';
  const itself = said.some(({ names: how }) => how === 'itself');
  const delegated = said.some(({ names: how }) => how === 'account');
  const mine = own === 'allow';
  const abroad = caller.kind === 'principal' && caller.account !== guarded.account;
  if (abroad) return mine && (itself || delegated) ? 'allow' : 'implicit deny';
  return itself || (mine && (guarded.identitySuffices || delegated)) ? 'allow' : 'implicit deny';
}

/** What IAM itself knows of a principal that calls. */
function withPrincipal(asked: Omit<Request, 'caller'>, caller: Caller & { kind: 'principal' }): Request {
  const known = { 'aws:PrincipalArn': [caller.arn], 'aws:PrincipalAccount': [caller.account] };
  return { ...asked, context: { ...known, ...asked.context } };
}

/** How a statement speaks of a caller: of itself, of its account, or not at all. */
function named(principal: StatementJson['Principal'], caller: Caller): 'itself' | 'account' | undefined {
  if (principal === '*') return 'itself';
  const accounts = many(principal?.['AWS'] ?? []);
  if (accounts.includes('*')) return 'itself';
  if (caller.kind === 'service')
    return many(principal?.['Service'] ?? []).includes(caller.service) ? 'itself' : undefined;
  if (caller.kind === 'anonymous') return undefined;
  if (accounts.includes(caller.arn)) return 'itself';
  return accounts.some(
    (each) => each === caller.account || new RegExp(`^arn:[^:]+:iam::${caller.account}:root$`).test(each),
  )
    ? 'account'
    : undefined;
}

/** {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html} */
function names(principal: StatementJson['Principal'], caller: string | undefined): boolean {
  if (principal === undefined || principal === '*') return true;
  const accounts = many(principal['AWS'] ?? []);
  return accounts.includes('*') || (caller !== undefined && accounts.includes(caller));
}

/** Names of condition keys do not depend on case. */
function valuesOf(request: Request, key: string): readonly string[] | undefined {
  const name = key.toLowerCase();
  return Object.entries(request.context).find(([given]) => given.toLowerCase() === name)?.[1];
}

/** {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html} */
function holds(
  operator: string,
  expected: readonly string[],
  actual: readonly string[] | undefined,
): boolean {
  if (operator === 'Null') return expected.includes(String(actual === undefined));
  const [, set, name, ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator)!;
  const negated = name!.includes('Not');
  const compare = comparisons[name!.replace('Not', '')];
  if (!compare) throw new Error(`The evaluator does not know the operator ${operator}.`);
  if (actual === undefined || actual.length === 0) {
    return ifExists !== undefined || set === 'ForAllValues' || (negated && set === undefined);
  }
  // The expected values are joined by OR, and by NOR when the operator is negated.
  const one = (value: string) => expected.some((each) => compare(each, value)) !== negated;
  return set === 'ForAnyValue' ? actual.some(one) : actual.every(one);
}

const comparisons: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  NumericEquals: (expected, actual) => Number(expected) === Number(actual),
  NumericLessThan: (expected, actual) => Number(actual) < Number(expected),
  DateLessThan: (expected, actual) => Date.parse(actual) < Date.parse(expected),
};

/** The six parts of an ARN are compared one by one: a wildcard does not reach beyond its part. */
function arnLike(pattern: string, arn: string): boolean {
  const [patterns, parts] = [arnParts(pattern), arnParts(arn)];
  return patterns.length === parts.length && patterns.every((part, index) => like(part, parts[index]!));
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function like(pattern: string, text: string): boolean {
  const known = expressions.get(pattern);
  if (known) return known.test(text);
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  expressions.set(pattern, expression);
  return expression.test(text);
}

/** Making an expression costs more than matching with it. */
const expressions = new Map<string, RegExp>();

function many(values: string | readonly string[]): readonly string[] {
  return typeof values === 'string' ? [values] : values;
}
