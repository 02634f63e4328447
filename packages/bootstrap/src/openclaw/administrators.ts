import { z } from 'zod';

/** The role that lifts the ceiling of `gateway.roles.default`; defined by whoever writes the desired config. */
export const adminRole = 'admin';

const profile = z.object({
  id: z.string(),
  role: z.string().nullish(),
  /** Every identity of the person, also one that is no e-mail address. */
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

export interface RoleChange {
  readonly profileId: string;
  readonly identity: string;
  /** null takes the role away. */
  readonly role: typeof adminRole | null;
}

/**
 * What makes the administrators those of the config and nobody else. A person has a profile from the first login on, so
 * for somebody who was never there nothing can be done yet.
 */
export function roleChanges(profiles: readonly Profile[], administrators: readonly string[]): RoleChange[] {
  const wanted = new Set(administrators);
  return profiles.flatMap(({ id, role, emails }): RoleChange[] => {
    const identity = emails.find((email) => wanted.has(email));
    if (identity !== undefined && role !== adminRole) return [{ profileId: id, identity, role: adminRole }];
    if (identity === undefined && role === adminRole) {
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
