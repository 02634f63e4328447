import { PolicyDocument as CdkPolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { PolicyDocument } from './document.ts';

/** The document for the props of a CDK construct, such as `inlinePolicies` of a role. */
export function toPolicyDocument(document: PolicyDocument): CdkPolicyDocument {
  return CdkPolicyDocument.fromJson(document.toJSON());
}

/** The statements one by one, for `addToPrincipalPolicy` and the like. */
export function toPolicyStatements(document: PolicyDocument): PolicyStatement[] {
  return document.toJSON().Statement.map((statement) => PolicyStatement.fromJson(statement));
}
