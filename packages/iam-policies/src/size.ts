import { IamPolicyError } from './errors.ts';
import { policyJson } from './json.ts';
import { numbered } from './normalise.ts';
import type { StatementContent } from './statement.ts';
import { atItsLongest } from './token.ts';

/**
 * Characters that a policy may have, white space not counted, and managed policies that a role may have unless the
 * quota of its account was raised.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html}
 */
export const limits = { managed: 6144, inline: 10_240, managedPerRole: 10 } as const;

/** Length of a policy as IAM counts it. What only CloudFormation knows is taken for as long as it may become. */
export function sizeOf(statements: readonly StatementContent[]): number {
  return atItsLongest(JSON.stringify(policyJson(statements))).replace(/\s/g, '').length;
}

/**
 * Spreads statements over as few policies of at most `limit` characters as first fit finds. A statement that is
 * too large alone is cut into pieces that decide together as the whole did.
 *
 * @throws IamPolicyError `STATEMENT_TOO_LARGE`
 */
export function split(statements: readonly StatementContent[], limit: number): StatementContent[][] {
  const policies: StatementContent[][] = [];
  // Numbered before they are packed, so that Sids are unique over all policies and their length is counted.
  for (const statement of numbered(statements.flatMap((whole) => pieces(whole, limit)))) {
    const roomy = policies.find((policy) => sizeOf([...policy, statement]) <= limit);
    if (roomy) roomy.push(statement);
    else policies.push([statement]);
  }
  return policies;
}

/** Room for the number that a piece's Sid gets. */
const numberLength = 4;

function pieces(statement: StatementContent, limit: number): StatementContent[] {
  const fits = (piece: StatementContent) => sizeOf([piece]) + numberLength <= limit;
  if (fits(statement)) return [statement];
  const list = alternatives(statement).find(({ values }) => values.length > 1);
  if (!list) {
    throw new IamPolicyError(
      'STATEMENT_TOO_LARGE',
      `${statement.sid} has more than ${limit} characters and one action on one resource: shorten its conditions.`,
    );
  }
  const { values, withOnly } = list;
  const filled: string[][] = [];
  for (const value of values) {
    const last = filled.at(-1);
    if (last && fits(withOnly([...last, value]))) last.push(value);
    else filled.push([value]);
  }
  return filled.flatMap((part) => pieces(withOnly(part), limit));
}

interface Alternatives {
  readonly values: readonly string[];
  readonly withOnly: (values: readonly string[]) => StatementContent;
}

/** The lists of a statement whose values are joined by OR: statements with a part of one each say the same together. */
function alternatives(statement: StatementContent): Alternatives[] {
  const { actions, resources, conditions } = statement;
  return [
    { values: resources, withOnly: (some) => ({ ...statement, resources: some }) },
    { values: actions, withOnly: (some) => ({ ...statement, actions: some }) },
    ...Object.entries(conditions)
      // A negated operator joins its values by NOR, ForAllValues wants each value of the request among all of them.
      .filter(([operator]) => !/Not|Null|ForAllValues/.test(operator))
      .flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => ({
          values,
          withOnly: (some: readonly string[]) => ({
            ...statement,
            conditions: { ...conditions, [operator]: { ...keys, [key]: some } },
          }),
        })),
      ),
  ];
}
