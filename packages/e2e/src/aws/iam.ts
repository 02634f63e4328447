/**
 * Decides whether identity-based policies allow a request.
 * The logic: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html
 * Wildcards: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
import * as z from 'zod';
import { StandInError } from '../errors.ts';
import { conditionHolds, matches } from './iam-condition.ts';

const oneOrMany = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const conditionValue = z.union([z.string(), z.boolean(), z.number()]).transform(String);

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany.optional(),
  NotAction: oneOrMany.optional(),
  Resource: oneOrMany.optional(),
  NotResource: oneOrMany.optional(),
  Condition: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z
          .union([conditionValue, z.array(conditionValue)])
          .transform((value) => (Array.isArray(value) ? value : [value])),
      ),
    )
    .optional(),
});

const policySchema = z.strictObject({
  Version: z.literal('2012-10-17').optional(),
  Id: z.string().optional(),
  Statement: z.union([z.array(statementSchema), statementSchema.transform((statement) => [statement])]),
});

type Statement = z.output<typeof statementSchema>;

/** A policy as JSON, every CloudFormation function resolved. */
export type PolicyDocument = z.input<typeof policySchema>;

export interface AccessRequest {
  /** As in `ssm:GetParameter`. */
  readonly action: string;
  /** ARN, or `*` for an action without resource types. */
  readonly resource: string;
  /** Condition keys and their values. */
  readonly context: Readonly<Record<string, string>>;
}

export type Decision = 'allowed' | 'implicit-deny' | 'explicit-deny';

/** @throws StandInError POLICY_UNSUPPORTED for what this evaluator would otherwise have to guess */
export function evaluate(policies: readonly PolicyDocument[], request: AccessRequest): Decision {
  const applying = policies.flatMap(parsePolicy).filter((statement) => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'explicit-deny';
  return applying.length > 0 ? 'allowed' : 'implicit-deny';
}

function parsePolicy(policy: PolicyDocument): Statement[] {
  const parsed = policySchema.safeParse(policy);
  if (!parsed.success) {
    throw new StandInError(
      'POLICY_UNSUPPORTED',
      `Not an identity-based policy: ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data.Statement;
}

function applies(statement: Statement, { action, resource, context }: AccessRequest): boolean {
  const actionPatterns = statement.Action ?? statement.NotAction;
  const resourcePatterns = statement.Resource ?? statement.NotResource;
  if (actionPatterns === undefined || resourcePatterns === undefined) {
    throw new StandInError(
      'POLICY_UNSUPPORTED',
      `Statement ${statement.Sid ?? ''} has no Action or no Resource`,
    );
  }
  const variable = resourcePatterns.find((pattern) => pattern.includes('${'));
  if (variable !== undefined) {
    throw new StandInError('POLICY_UNSUPPORTED', `Policy variables are not evaluated here: ${variable}`);
  }
  const actionMatches = actionPatterns.some((pattern) =>
    matches(pattern.toLowerCase(), action.toLowerCase()),
  );
  const resourceMatches = resourcePatterns.some((pattern) => matches(pattern, resource));
  return (
    actionMatches === (statement.Action !== undefined) &&
    resourceMatches === (statement.Resource !== undefined) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => conditionHolds(operator, valueOf(context, key), values)),
    )
  );
}

/** Names of condition keys are case-insensitive. */
function valueOf(context: AccessRequest['context'], key: string): string | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}
