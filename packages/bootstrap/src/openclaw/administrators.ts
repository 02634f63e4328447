import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The role that lifts the ceiling of `gateway.roles.default`; defined by whoever writes the desired config. */
export const adminRole = 'admin';

const profile = z.object({
  id: z.string(),
  role: z.string().nullish(),
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
function asKept(identity: string): string {
  return identity.trim().toLowerCase();
}

/** Administrators who have no profile, because they never logged in. */
export function strangers(profiles: readonly Profile[], administrators: readonly string[]): string[] {
  const known = new Set(profiles.flatMap(({ emails }) => emails));
  return administrators.filter((identity) => asKept(identity) !== '' && !known.has(asKept(identity)));
}

/**
 * The profile that is made for an identity ahead of its first login. The same identity has the same id each time, so that
 * a run that was cut short is finished by the next: a UUID of version 8, https://www.rfc-editor.org/rfc/rfc9562#section-5.8
 */
export function profileFor(identity: string): { readonly id: string; readonly displayName: string } {
  const hash = createHash('sha256')
    .update(`clawharbor profile\n${asKept(identity)}`)
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  const kept = asKept(identity);
  // What OpenClaw calls somebody at the first login.
  return { id: groups.join('-'), displayName: (kept.split('@')[0] || kept).slice(0, 256) };
}

export interface RoleChange {
  readonly profileId: string;
  readonly identity: string;
  /** null takes the role away. */
  readonly role: typeof adminRole | null;
}

/**
 * What makes the administrators those of the config and nobody else, of those who are there. Who is there already may be
 * connected: a change closes their connections and ends an answer that is under way, so there is none without need.
 */
export function roleChanges(profiles: readonly Profile[], administrators: readonly string[]): RoleChange[] {
  const wanted = new Map(administrators.map((identity) => [asKept(identity), identity]));
  const halfMade = new Set(administrators.map((identity) => profileFor(identity).id));
  return profiles.flatMap(({ id, role, emails }): RoleChange[] => {
    if (emails.length === 0 && halfMade.has(id)) return [];
    const email = emails.find((each) => wanted.has(each));
    if (email !== undefined && role !== adminRole) {
      return [{ profileId: id, identity: wanted.get(email)!, role: adminRole }];
    }
    if (email === undefined && role === adminRole) {
      return [{ profileId: id, identity: emails[0] ?? id, role: null }];
    }
    return [];
  });
}

/** Which of these identities the gateway's log says have connected. */
export function connected(log: readonly string[], identities: readonly string[]): string[] {
  const text = log.filter((line) => line.includes('user=')).join('\n');
  return identities.filter((identity) => text.includes(`user=${identity}`));
}
