import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The role that lifts the ceiling of `gateway.roles.default`; defined by whoever writes the desired config. */
export const adminRole = 'admin';

const profile = z.object({
  id: z.string(),
  role: z.string().nullish(),
  displayName: z.string().nullish(),
  /** Every identity of the person, also one that is no e-mail address; in lower case. */
  emails: z.array(z.string()).default([]),
});
/** What `users.list` answers. */
export const userList = z.object({ profiles: z.array(profile) });
export type Profile = z.output<typeof profile>;

const rolesConfig = z.object({
  gateway: z.object({
    auth: z.object({ identityScopes: z.record(z.string(), z.array(z.string())) }),
    roles: z.object({ definitions: z.record(z.string(), z.unknown()) }),
  }),
});

/**
 * Identities that the config makes administrators. None where it defines no such role: without roles a grant of
 * scopes stands by itself.
 */
export function administratorsOf(config: unknown): readonly string[] {
  const parsed = rolesConfig.safeParse(config);
  if (!parsed.success) return [];
  const { auth, roles } = parsed.data.gateway;
  if (!Object.hasOwn(roles.definitions, adminRole)) return [];
  return Object.entries(auth.identityScopes)
    .filter(([, scopes]) => scopes.includes('operator.admin'))
    .map(([identity]) => identity);
}

/** As OpenClaw keeps an identity in a profile: two that differ in case only are one person to it. */
export function asKept(identity: string): string {
  return identity.trim().toLowerCase();
}

/** Who has no profile, because they never logged in. */
export function strangers<T extends { readonly identity: string }>(
  profiles: readonly Profile[],
  people: readonly T[],
): T[] {
  const known = new Set(profiles.flatMap(({ emails }) => emails));
  return people.filter(({ identity }) => asKept(identity) !== '' && !known.has(asKept(identity)));
}

/**
 * The profile that is made for an identity ahead of its first login. The same identity has the same id each time, so that
 * a run that was cut short is finished by the next: a UUID of version 8, https://www.rfc-editor.org/rfc/rfc9562#section-5.8
 */
export function profileFor(
  identity: string,
  name?: string,
): { readonly id: string; readonly displayName: string } {
  const hash = createHash('sha256')
    .update(`clawharbor profile\n${asKept(identity)}`)
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return { id: groups.join('-'), displayName: (name ?? defaultName(identity)).slice(0, longestName) };
}

/** As OpenClaw bounds a name. */
const longestName = 256;

/** What OpenClaw calls somebody at the first login. */
function defaultName(identity: string): string {
  const kept = asKept(identity);
  return kept.split('@')[0] || kept;
}

export interface RoleChange {
  readonly profileId: string;
  readonly identity: string;
  /** null takes the role away. */
  readonly role: string | null;
}

/**
 * What makes the roles those that are wanted, of those who are there; and nobody else an administrator. Who is there already may be
 * connected: a change closes their connections and ends an answer that is under way, so there is none without need.
 */
export function roleChanges(
  profiles: readonly Profile[],
  people: readonly { readonly identity: string; readonly role?: string | null }[],
): RoleChange[] {
  const wanted = new Map(people.map((person) => [asKept(person.identity), person]));
  const halfMade = new Set(people.map(({ identity }) => profileFor(identity).id));
  return profiles.flatMap(({ id, role: given, emails }): RoleChange[] => {
    if (emails.length === 0 && halfMade.has(id)) return [];
    const own = emails.flatMap((email) => wanted.get(email) ?? []);
    // Somebody with several identities is what makes them most.
    const person = own.find(({ role }) => role === adminRole) ?? own.find(({ role }) => role) ?? own[0];
    const has = given ?? null;
    const role = person?.role === undefined ? (has === adminRole ? null : has) : person.role;
    return role === has ? [] : [{ profileId: id, identity: person?.identity ?? emails[0] ?? id, role }];
  });
}

export interface NameChange {
  readonly profileId: string;
  readonly name: string;
}

/** Whom others see by an identity and not by a name: what people call themselves stays. */
export function nameChanges(
  profiles: readonly Profile[],
  people: readonly { readonly identity: string; readonly name?: string }[],
): NameChange[] {
  const wanted = new Map(people.map(({ identity, name }) => [asKept(identity), name]));
  return profiles.flatMap(({ id, displayName, emails }): NameChange[] => {
    const name = emails.map((email) => wanted.get(email)).find((each) => each !== undefined);
    if (name === undefined || name === displayName) return [];
    const isOwn = Boolean(displayName) && !emails.some((email) => displayName === defaultName(email));
    return isOwn ? [] : [{ profileId: id, name: name.slice(0, longestName) }];
  });
}

/** Which of these identities the gateway's log says have connected. */
export function connected(log: readonly string[], identities: readonly string[]): string[] {
  const text = log.filter((line) => line.includes('user=')).join('\n');
  return identities.filter((identity) => text.includes(`user=${identity}`));
}
