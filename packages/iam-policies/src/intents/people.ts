import type { Arn } from '../arn.ts';
import * as cognito from '../catalogue/cognito-idp.ts';
import { allow, type IdentityStatement } from '../statement.ts';

/**
 * Reads who is in a user pool and in its groups, and changes nothing there.
 * {@link https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html}
 */
export function listPeople(userPool: Arn<'cognito-idp:userpool'>): IdentityStatement {
  return allow('ListPeople', cognito.ListUsers, cognito.ListUsersInGroup).on(userPool);
}
