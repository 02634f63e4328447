/**
 * Every policy document that is attached to a role within the stack: inline in the role, and by the policies that name
 * it. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
 */
import * as z from 'zod';
import type { PolicyDocument } from '../aws/iam.ts';
import { read } from './read.ts';
import { resourcesOf, type Stack } from './stack.ts';

// The evaluator checks what is in them.
const document = z.custom<PolicyDocument>((value) => typeof value === 'object' && value !== null);
const attached = z.object({ PolicyDocument: document, Roles: z.array(z.string()).default([]) });
const roleSchema = z.object({
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyDocument: document })).default([]),
});

export interface RolePolicies {
  readonly documents: readonly PolicyDocument[];
  /** AWS managed policies, whose text is not part of the template. */
  readonly awsManaged: readonly string[];
}

export function rolePolicies(stack: Stack, roleName: string): RolePolicies {
  const roles = resourcesOf(stack, 'AWS::IAM::Role').filter(({ ref }) => ref === roleName);
  const own = roles.map((role) => read(roleSchema, role));
  const arns = own.flatMap(({ ManagedPolicyArns }) => ManagedPolicyArns);
  const managed = resourcesOf(stack, 'AWS::IAM::ManagedPolicy');
  const naming = [...resourcesOf(stack, 'AWS::IAM::Policy'), ...managed].filter(
    (policy) => read(attached, policy).Roles.includes(roleName) || arns.includes(policy.ref),
  );
  return {
    documents: [
      ...own.flatMap(({ Policies }) => Policies.map(({ PolicyDocument: inline }) => inline)),
      ...naming.map((policy) => read(attached, policy).PolicyDocument),
    ],
    awsManaged: arns.filter((arn) => !managed.some(({ ref }) => ref === arn)),
  };
}
