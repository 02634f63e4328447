import { randomBytes } from 'node:crypto';
import type { UserPool } from '../cognito/index.ts';
import { StandInError } from '../errors.ts';

export const personActions = ['add', 'invite', 'disable', 'enable', 'delete', 'groups'] as const;
export type PersonAction = (typeof personActions)[number];

export interface PersonChange {
  readonly action: PersonAction;
  readonly username: string;
  /** With `add`, `invite` and `groups`. */
  readonly groups: readonly string[];
}

/** What an administrator of the user pool does. @returns the person's sub, and a password with `add`, which they change at the first sign-in with `invite` */
export async function changePerson(
  { users }: UserPool,
  { action, username, groups }: PersonChange,
): Promise<{ readonly sub: string; readonly password?: string }> {
  if (action === 'add' || action === 'invite') {
    const password = `${randomBytes(15).toString('base64url')}.aA1`;
    const { sub } = await users.add({
      username,
      email: username,
      password,
      groups,
      temporary: action === 'invite',
    });
    return { sub, password };
  }
  const found = users.list().find((user) => user.username === username);
  if (!found) throw new StandInError('USER_INVALID', `User does not exist: ${username}.`);
  if (action === 'groups') await users.setGroups(username, groups);
  else if (action === 'delete') await users.remove(username);
  else await users.setEnabled(username, action === 'enable');
  return { sub: found.sub };
}
