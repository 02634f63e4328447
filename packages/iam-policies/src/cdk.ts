import { Fn } from 'aws-cdk-lib';
import { PolicyDocument as CdkPolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { PolicyDocument, ResourcePolicy } from './document.ts';
import type { PolicyJson } from './json.ts';

/**
 * For `inlinePolicies` of a role. All inline policies of a role share 10,240 characters.
 *
 * @throws IamPolicyError `POLICY_TOO_LARGE`
 */
export function toInlinePolicy(document: PolicyDocument): CdkPolicyDocument {
  return toPolicyDocument(document.asInline());
}

/**
 * For a `ManagedPolicy` each: together they decide as the one document.
 *
 * @param atMost managed policies that the role may have, if the quota of the account is not the default of 10
 * @throws IamPolicyError `STATEMENT_TOO_LARGE`, `TOO_MANY_POLICIES`
 */
export function toManagedPolicies(document: PolicyDocument, atMost?: number): CdkPolicyDocument[] {
  return document.asManaged(atMost).map(toPolicyDocument);
}

/** For the policy of a resource, such as a file system. Of whatever size: each service has its own limit. */
export function toPolicyDocument(document: ResourcePolicy): CdkPolicyDocument {
  return CdkPolicyDocument.fromJson(withReferences(document));
}

/** The statements one by one, for `addToResourcePolicy` and the like. Of whatever size. */
export function toPolicyStatements(document: ResourcePolicy): PolicyStatement[] {
  return withReferences(document).Statement.map((statement) => PolicyStatement.fromJson(statement));
}

/** CDK writes strings as they are: a pseudo parameter in one would reach IAM by its name. */
function withReferences(document: ResourcePolicy): PolicyJson {
  const text = JSON.stringify(document).replace(/\$\{(AWS::[A-Za-z]+)\}/g, (_, name: string) => Fn.ref(name));
  return JSON.parse(text);
}
