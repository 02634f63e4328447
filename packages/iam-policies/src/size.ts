import { IamPolicyError } from './error.ts';
import { policyJson } from './json.ts';
import { numbered } from './normalise.ts';
import type { StatementContent } from './statement.ts';
import { atItsLongest } from './token.ts';

/**
 * Characters that a policy may have, white space not counted.
 * {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html}
 */
export const limits = { managed: 6144, inline: 10_240 } as const;

/** Length of a policy as IAM counts it. What only CloudFormation knows is taken for as long as it may become. */
export function sizeOf(statements: readonly StatementContent[]): number {
  return atItsLongest(JSON.stringify(policyJson(statements))).replace(/\s/g, '').length;
}

/**
 * Spreads statements over as few policies of at most `limit` characters as first fit finds. A statement that is
 * too large alone is halved by its resources, or else its actions: the halves together decide as the whole did.
 *
 * @throws IamPolicyError `STATEMENT_TOO_LARGE`
 */
export function split(statements: readonly StatementContent[], limit: number): StatementContent[][] {
  const policies: StatementContent[][] = [];
  // Numbered before they are packed, so that Sids are unique over all policies and their length is counted.
  for (const statement of numbered(statements.flatMap((whole) => halved(whole, limit)))) {
    const roomy = policies.find((policy) => sizeOf([...policy, statement]) <= limit);
    if (roomy) roomy.push(statement);
    else policies.push([statement]);
  }
  return policies;
}

/** Room for the number that a half's Sid gets. */
const numberLength = 4;

function halved(statement: StatementContent, limit: number): StatementContent[] {
  if (sizeOf([statement]) + numberLength <= limit) return [statement];
  const by = statement.resources.length > 1 ? 'resources' : 'actions';
  const values = statement[by];
  if (values.length < 2) {
    throw new IamPolicyError(
      'STATEMENT_TOO_LARGE',
      `${statement.sid} has more than ${limit} characters and one action on one resource: shorten its conditions.`,
    );
  }
  const middle = Math.ceil(values.length / 2);
  return [values.slice(0, middle), values.slice(middle)].flatMap((half) =>
    halved({ ...statement, [by]: half }, limit),
  );
}
