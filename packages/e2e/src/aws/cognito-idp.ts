/**
 * The part of Amazon Cognito's user pools API that lists people.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html and API_ListUsersInGroup.html
 * ARNs and permissions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html
 */
import * as z from 'zod';
import { AwsFault } from './fault.ts';
import { jsonService } from './json-protocol.ts';
import { operation } from './operation.ts';
import type { AwsService } from './service.ts';

/** Somebody in a user pool, as its API tells. */
export interface PoolUser {
  readonly username: string;
  readonly sub: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly enabled: boolean;
  /** Who signs in by a provider of others. */
  readonly federated?:
    | {
        readonly provider: string;
        readonly subject: string;
        /** By names of the pool's attributes. */
        readonly attributes: Readonly<Record<string, string>>;
      }
    | undefined;
}

export interface UserPoolDirectory {
  readonly id: string;
  readonly arn: string;
  readonly users: () => readonly PoolUser[];
}

/** "Valid Range: Minimum value of 0. Maximum value of 60." */
const limit = z.int().min(0).max(60).optional();

export function cognitoIdp(pool: UserPoolDirectory): AwsService {
  const mayList = (action: string) => [{ action: `cognito-idp:${action}`, resource: pool.arn }];
  const known = (id: string) => {
    if (id !== pool.id)
      throw new AwsFault('ResourceNotFoundException', 400, `User pool ${id} does not exist.`);
  };
  return jsonService({
    signingName: 'cognito-idp',
    targetPrefix: 'AWSCognitoIdentityProviderService',
    operations: {
      ListUsers: operation(
        {
          input: z.object({ UserPoolId: z.string(), Limit: limit, PaginationToken: z.string().optional() }),
          permissions: () => mayList('ListUsers'),
          run({ UserPoolId, Limit, PaginationToken }) {
            known(UserPoolId);
            const { page, next } = pageOf(pool.users(), Limit, PaginationToken);
            return { Users: page.map(described), ...(next === undefined ? {} : { PaginationToken: next }) };
          },
        },
        'InvalidParameterException',
      ),
      ListUsersInGroup: operation(
        {
          input: z.object({
            UserPoolId: z.string(),
            GroupName: z.string().min(1),
            Limit: limit,
            NextToken: z.string().optional(),
          }),
          permissions: () => mayList('ListUsersInGroup'),
          run({ UserPoolId, GroupName, Limit, NextToken }) {
            known(UserPoolId);
            const members = pool.users().filter(({ groups }) => groups.includes(GroupName));
            const { page, next } = pageOf(members, Limit, NextToken);
            return { Users: page.map(described), ...(next === undefined ? {} : { NextToken: next }) };
          },
        },
        'InvalidParameterException',
      ),
    },
  });
}

/** Of federated people: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation-consolidate-users.html */
function described({ username, sub, email, enabled, federated }: PoolUser) {
  const { email: _, ...mapped } = federated?.attributes ?? {};
  const identities = federated && [
    {
      userId: federated.subject,
      providerName: federated.provider,
      providerType: 'OIDC',
      issuer: null,
      primary: true,
    },
  ];
  return {
    Username: username,
    Enabled: enabled,
    UserStatus: federated === undefined ? 'CONFIRMED' : 'EXTERNAL_PROVIDER',
    Attributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: String(federated === undefined) },
      ...Object.entries(mapped).map(([Name, Value]) => ({ Name, Value })),
      ...(identities === undefined ? [] : [{ Name: 'identities', Value: JSON.stringify(identities) }]),
      { Name: 'sub', Value: sub },
    ],
  };
}

/** A token says after whom a page begins: who comes or goes meanwhile moves no one else. */
function pageOf(users: readonly PoolUser[], size = 60, token?: string) {
  const sorted = users.toSorted((a, b) => (a.sub < b.sub ? -1 : 1));
  const after = token === undefined ? undefined : Buffer.from(token, 'base64url').toString();
  if (after !== undefined && !/^after [0-9a-f-]{36}$/.test(after)) {
    throw new AwsFault('InvalidParameterException', 400, 'Invalid pagination token.');
  }
  const rest = after === undefined ? sorted : sorted.filter(({ sub }) => `after ${sub}` > after);
  // "If Limit is 0, returns the default": no page is empty while there is more.
  const page = rest.slice(0, size === 0 ? 60 : size);
  const last = page.at(-1);
  const next =
    last === undefined || page.length === rest.length
      ? undefined
      : Buffer.from(`after ${last.sub}`).toString('base64url');
  return { page, next };
}
