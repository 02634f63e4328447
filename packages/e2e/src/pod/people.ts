import { randomBytes } from 'node:crypto';
import type { UserPool } from '../cognito/index.ts';
import type { LocalUser } from './events.ts';

const people = [
  { username: 'admin@example.com', role: 'admin' },
  { username: 'member@example.com', role: 'member' },
] as const;

export interface LocalPeople {
  readonly users: readonly LocalUser[];
  /** Cognito `sub` of the administrator: what the gateway knows a person by. */
  readonly adminSub: string;
}

/**
 * Sees to it that there is an administrator and somebody who is none. They stay who they are (`sub`); their passwords
 * are made anew, because nothing on disk may open the door.
 */
export async function admitPeople(pool: UserPool): Promise<LocalPeople> {
  const users: LocalUser[] = [];
  for (const { username, role } of people) {
    const password = newPassword();
    if (pool.users.list().some((user) => user.username === username)) {
      await pool.users.setPassword(username, password);
    } else {
      await pool.addUser({ username, email: username, password, groups: [`${role}s`] });
    }
    users.push({ username, password, role });
  }
  const admin = pool.users.list().find((user) => user.username === people[0].username)!;
  return { users, adminSub: admin.sub };
}

/** Has a character of every kind that a password policy of Cognito can ask for. */
function newPassword(): string {
  return `${randomBytes(15).toString('base64url')}.aA1`;
}
