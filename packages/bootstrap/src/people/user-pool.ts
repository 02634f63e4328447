import {
  CognitoIdentityProviderClient,
  paginateListUsers,
  paginateListUsersInGroup,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { subPattern, type Person } from '@clawharbor/openclaw-plugin/people';
import { explain } from '../aws/explain.ts';
import { BootstrapError } from '../errors.ts';
import { federatedGroups, type GroupsOfProvider } from './federated-groups.ts';

export interface PoolQuestion {
  readonly userPool: string;
  /** Only who is in one of them is in. Empty: everybody in the user pool is. */
  readonly groups: readonly string[];
  /** Whose groups count as well. Default: nobody's. */
  readonly providers?: readonly GroupsOfProvider[];
}

/** As many as Cognito gives at once. */
const pageSize = 60;

/**
 * Everybody in a user pool, and whether they are in. One request for each 60 people, and for each 60 members of a group.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
 *
 * Nothing narrows what comes: of an attribute that is asked for, "Amazon Cognito returns an error if not all users in the
 * results have set a value".
 * @throws BootstrapError `PEOPLE_NOT_READ`
 */
export async function readUserPool(
  client: CognitoIdentityProviderClient,
  { userPool, groups, providers = [] }: PoolQuestion,
  signal: AbortSignal,
): Promise<readonly Person[]> {
  try {
    const paging = { client, pageSize };
    const users: UserType[] = [];
    const input = { UserPoolId: userPool };
    for await (const page of paginateListUsers(paging, input, { abortSignal: signal })) {
      users.push(...(page.Users ?? []));
    }
    const members = new Map<string, string[]>();
    for (const group of groups) {
      const ofGroup = { ...input, GroupName: group };
      for await (const page of paginateListUsersInGroup(paging, ofGroup, { abortSignal: signal })) {
        for (const { Username: username } of page.Users ?? []) {
          if (username !== undefined) members.set(username, [...(members.get(username) ?? []), group]);
        }
      }
    }
    return users.flatMap((user) => personOf(user, { groups, providers, members }));
  } catch (error) {
    throw new BootstrapError(
      'PEOPLE_NOT_READ',
      `The people of the user pool ${userPool} could not be read: ${explain(error)}. ` +
        'The role needs cognito-idp:ListUsers and cognito-idp:ListUsersInGroup on it.',
      { cause: error },
    );
  }
}

function personOf(
  { Username: username, Attributes: attributes = [], Enabled: enabled }: UserType,
  {
    groups,
    providers,
    members,
  }: Required<Pick<PoolQuestion, 'groups' | 'providers'>> & {
    readonly members: ReadonlyMap<string, readonly string[]>;
  },
): Person[] {
  const valueOf = (name: string): string | undefined =>
    attributes.find((attribute) => attribute.Name === name)?.Value?.trim() || undefined;
  const sub = valueOf('sub');
  // What the load balancer does not know by a sub it lets in nobody as.
  if (sub === undefined || !subPattern.test(sub)) return [];
  const email = valueOf('email');
  const theirs = federatedGroups(valueOf, providers).filter((group) => groups.includes(group));
  const own = [...new Set([...(members.get(username ?? '') ?? []), ...theirs])];
  // What is not said to be so is not so.
  const out =
    enabled !== true ? 'disabled' : groups.length > 0 && own.length === 0 ? 'not-in-group' : undefined;
  return [
    {
      sub,
      name: valueOf('name') ?? email ?? username ?? sub,
      groups: own,
      ...(email === undefined ? {} : { email }),
      ...(out === undefined ? {} : { out }),
    },
  ];
}
