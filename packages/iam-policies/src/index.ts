export type { Action, AnyAction } from './action.ts';
export type { Arn, Partition } from './arn.ts';
export type { Conditions, KeyType, OperatorFor } from './condition.ts';
export {
  document,
  resourcePolicy,
  type PolicyDocument,
  type ResourcePolicy,
  type Statements,
  type Unscoped,
} from './document.ts';
export { IamPolicyError, type IamPolicyErrorCode } from './errors.ts';
export type { PolicyJson, StatementJson } from './json.ts';
export { domainOf, partitionOf, type KnownPartition } from './partitions.ts';
export {
  anyone,
  awsPrincipal,
  oidcPrincipal,
  samlPrincipal,
  servicePrincipal,
  type Principal,
} from './principal.ts';
export { limits } from './size.ts';
export {
  allow,
  deny,
  type AllowWithoutResource,
  type DenyWithoutResource,
  type Effect,
  type IdentityStatement,
  type ResourceStatement,
  type Statement,
  type StatementContent,
} from './statement.ts';
