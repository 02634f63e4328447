import { randomUUID } from 'node:crypto';

import { StandInError } from '../errors.ts';
import { type Challenge, nextChallenge } from './challenges.ts';
import type { FederatedPerson } from './federation.ts';
import { Lockout } from './lockout.ts';
import { type Authenticator, takePassword } from './one-time-password.ts';
import { hashPassword, isPassword, passwordProblem } from './password.ts';
import type { PoolStore, StoredUser } from './pool-file.ts';
import type { UserPoolProperties } from './shapes.ts';

export interface User {
  readonly username: string;
  /** The identity: a UUID that never changes. */
  readonly sub: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** Whom a provider of others signs in. */
  readonly federated?: FederatedPerson | undefined;
  /** Who is not signs in no more, and gets no new tokens. */
  readonly enabled: boolean;
}

export interface NewUser {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** Default none. */
  readonly groups?: readonly string[];
  /** Whether the password is that of an invitation, which is changed at the first sign-in. Default: false. */
  readonly temporary?: boolean;
}

export type SignIn = { readonly user: User } | { readonly problem: string };

/** The people in a user pool. */
export class Users {
  readonly #store: PoolStore;
  readonly #properties: UserPoolProperties;
  readonly #lockout = new Lockout();
  readonly #attempts = new Map<string, Promise<unknown>>();

  constructor(store: PoolStore, properties: UserPoolProperties) {
    this.#store = store;
    this.#properties = properties;
  }

  list(): User[] {
    return this.#store.pool.users.map(withoutHash);
  }

  bySub(sub: string): User | undefined {
    return this.list().find((user) => user.sub === sub);
  }

  /** Throws `USER_INVALID` when the name is taken or the password breaks the policy. */
  async add({ username, email, password, groups = [], temporary = false }: NewUser): Promise<User> {
    if (username === '' || this.#find(username)) throw invalid(`User account already exists: ${username}`);
    this.#assertPassword(password);
    const user = { username, email, groups: [...groups], sub: randomUUID(), enabled: true };
    const stored = {
      ...user,
      passwordHash: await hashPassword(password),
      ...(temporary && { temporaryUntil: this.#temporaryUntil() }),
    };
    await this.#store.update((pool) => ({ ...pool, users: [...pool.users, stored] }));
    return user;
  }

  /**
   * The person of a provider of others: made at the first sign-in, and with the attributes of this one from now on. The name and
   * the group are as in
   * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html
   */
  async admit(federated: FederatedPerson, userPoolId: string): Promise<User> {
    const username = `${federated.provider}_${federated.subject}`;
    const email = federated.attributes['email'] ?? '';
    const known = this.#store.pool.users.find((user) => user.username === username);
    if (known) await this.#change(username, (user) => ({ ...user, email, federated: asStored(federated) }));
    else {
      const groups = [`${userPoolId}_${federated.provider}`];
      const user = { username, email, groups, sub: randomUUID(), enabled: true, passwordHash: '' };
      await this.#store.update((pool) => ({
        ...pool,
        users: [...pool.users, { ...user, federated: asStored(federated) }],
      }));
    }
    return this.list().find((user) => user.username === username)!;
  }

  /** Throws `USER_INVALID`. */
  async setPassword(username: string, password: string): Promise<void> {
    this.#assertPassword(password);
    const passwordHash = await hashPassword(password);
    await this.#change(username, (user) => ({ ...user, passwordHash, temporaryUntil: undefined }));
  }

  /** What is still wanted of somebody who has said the password. */
  challengeOf(sub: string, passed: ReadonlySet<Challenge>): Challenge | undefined {
    return nextChallenge(this.#ofSub(sub), this.#properties, passed);
  }

  /** @returns what is wrong with it, in Cognito's words; `undefined` where it is the password from now on */
  async choosePassword(sub: string, password: string): Promise<string | undefined> {
    const problem = passwordProblem(password, this.#properties.Policies.PasswordPolicy);
    if (problem === undefined) await this.setPassword(this.#ofSub(sub).username, password);
    return problem;
  }

  /** Of the authenticator that the person has, or of the one that is set up. @returns whether it was right */
  async takeOneTimePassword(sub: string, password: string, setUp?: Authenticator): Promise<boolean> {
    const { username, authenticator = setUp } = this.#ofSub(sub);
    // A million of them are guessed soon; the right password does not let anybody guess anew.
    const key = `one-time password of ${sub}`;
    if (this.#lockout.isLocked(key)) return false;
    const taken = authenticator && takePassword(authenticator, password);
    if (!taken) {
      this.#lockout.failed(key);
      return false;
    }
    this.#lockout.succeeded(key);
    await this.#change(username, (user) => ({ ...user, authenticator: taken }));
    return true;
  }

  /** AdminSetUserMFAPreference with none: the next sign-in sets one up where it is required. Throws `USER_INVALID`. */
  forgetAuthenticator(username: string): Promise<void> {
    return this.#change(username, (user) => ({ ...user, authenticator: undefined }));
  }

  /** Throws `USER_INVALID`. */
  setGroups(username: string, groups: readonly string[]): Promise<void> {
    return this.#change(username, (user) => ({ ...user, groups: [...groups] }));
  }

  /** AdminDisableUser and AdminEnableUser. Throws `USER_INVALID`. */
  setEnabled(username: string, enabled: boolean): Promise<void> {
    return this.#change(username, (user) => ({ ...user, enabled }));
  }

  /** Throws `USER_INVALID`. */
  async remove(username: string): Promise<void> {
    const { sub } = this.#existing(username);
    await this.#store.update((pool) => ({ ...pool, users: pool.users.filter((user) => user.sub !== sub) }));
  }

  /** Attempts for one name run one after the other: the lockout would not hold against many at once. */
  signIn(name: string, password: string): Promise<SignIn> {
    const key = this.#normalized(name);
    const attempt = (this.#attempts.get(key) ?? Promise.resolve()).then(() =>
      this.#attempt(key, name, password),
    );
    const settled: Promise<unknown> = attempt
      .catch(() => undefined)
      .finally(() => {
        if (this.#attempts.get(key) === settled) this.#attempts.delete(key);
      });
    this.#attempts.set(key, settled);
    return attempt;
  }

  async #attempt(key: string, name: string, password: string): Promise<SignIn> {
    if (this.#lockout.isLocked(key)) return { problem: 'Password attempts exceeded' };
    const user = this.#find(name);
    if (!(await isPassword(password, user?.passwordHash)) || !user) {
      this.#lockout.failed(key);
      return { problem: 'Incorrect username or password.' };
    }
    this.#lockout.succeeded(key);
    if (!user.enabled) return { problem: 'User is disabled.' };
    if (user.temporaryUntil !== undefined && user.temporaryUntil < Date.now())
      return { problem: 'Temporary password has expired and must be reset by an administrator.' };
    return { user: withoutHash(user) };
  }

  #find(name: string): StoredUser | undefined {
    const { AliasAttributes, UsernameAttributes } = this.#properties;
    const hasEmail = [...AliasAttributes, ...UsernameAttributes].includes('email');
    const wanted = this.#normalized(name);
    return this.#store.pool.users.find(
      ({ username, email }) =>
        this.#normalized(username) === wanted || (hasEmail && this.#normalized(email) === wanted),
    );
  }

  #ofSub(sub: string): StoredUser {
    const user = this.#store.pool.users.find((one) => one.sub === sub);
    if (!user) throw invalid(`User does not exist: ${sub}`);
    return user;
  }

  #temporaryUntil(): number {
    const { TemporaryPasswordValidityDays: days } = this.#properties.Policies.PasswordPolicy;
    return Date.now() + days * 24 * 60 * 60 * 1000;
  }

  #existing(username: string): StoredUser {
    const user = this.#find(username);
    if (!user) throw invalid(`User does not exist: ${username}`);
    return user;
  }

  async #change(username: string, change: (user: StoredUser) => StoredUser): Promise<void> {
    const { sub } = this.#existing(username);
    await this.#store.update((pool) => ({
      ...pool,
      users: pool.users.map((user) => (user.sub === sub ? change(user) : user)),
    }));
  }

  #assertPassword(password: string): void {
    const problem = passwordProblem(password, this.#properties.Policies.PasswordPolicy);
    if (problem !== undefined) throw invalid(`Password did not conform with policy: ${problem}`);
  }

  #normalized(name: string): string {
    return this.#properties.UsernameConfiguration.CaseSensitive ? name : name.toLowerCase();
  }
}

function withoutHash({ username, sub, email, groups, enabled, federated }: StoredUser): User {
  return { username, sub, email, groups, enabled, ...(federated && { federated }) };
}

function asStored({ provider, subject, attributes }: FederatedPerson) {
  return { provider, subject, attributes: { ...attributes } };
}

function invalid(message: string): StandInError {
  return new StandInError('USER_INVALID', `${message}.`);
}
