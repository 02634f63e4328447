import * as z from 'zod';
import { defaultMemberScopes, memberScopes, type MemberScope } from './operator-scopes.ts';
import { must } from './must.ts';

/** Groups whose roles the pod knows by itself. */
export const knownGroups = ['admins', 'members', 'viewers'] as const;

/** Their names are those of roles: a group of one's own would change what they mean. */
const taken: readonly string[] = [...knownGroups, 'admin', 'member', 'viewer'];

const refused = 'GROUP_INVALID';

/**
 * One of a few texts. As a refinement, because of a union zod keeps the codes of the branch whose shape fits.
 */
function oneOf<T extends string>(check: z.ZodType<string, string>): z.ZodType<T, T> {
  return check as unknown as z.ZodType<T, T>;
}

const scope = oneOf<MemberScope>(
  z.string().refine(
    ...must<string>(
      (value) => (memberScopes as readonly string[]).includes(value),
      'MEMBER_SCOPE_REFUSED',
      (shown) =>
        `${shown} is not for a group of one's own: it may have ${memberScopes.join(', ')}. ` +
        'Make a person an admin by the group admins, or by listing their sub under openclaw.admins.',
    ),
  ),
);

const knownGroup = oneOf<(typeof knownGroups)[number]>(
  z.string().refine(
    ...must<string>(
      (value) => (knownGroups as readonly string[]).includes(value),
      refused,
      (shown) =>
        `${shown} is none of ${knownGroups.join(', ')}: write a group of one's own as { name, scopes, … }.`,
    ),
  ),
);

const ownGroup = z.strictObject({
  name: z.string().refine(
    ...must<string>(
      (name) => /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(name) && !taken.includes(name),
      refused,
      (shown) =>
        `${shown}: name a group with 3 to 32 lower-case letters, digits and dashes, and not ${taken.join(', ')}.`,
    ),
  ),
  scopes: z.array(scope).default([...defaultMemberScopes]),
  agents: z.union([z.literal('*'), z.array(z.string().min(1)).min(1)]).default('*'),
  otherSessions: z.enum(['none', 'view', 'suggest', 'write']).default('none'),
});

const group = z.union([knownGroup, ownGroup]);

export const nameOfGroup = (each: z.output<typeof group>): string =>
  typeof each === 'string' ? each : each.name;

/** From the one that counts most. */
export const groupOptions = z
  .array(group)
  .refine(
    ...must<unknown[]>(
      (groups) => groups.length > 0,
      refused,
      'With no group nobody would be in: leave it out.',
    ),
  )
  .refine(
    ...must<z.output<typeof group>[]>(
      (groups) => new Set(groups.map(nameOfGroup)).size === groups.length,
      refused,
      'A group stands there twice: the first counts, leave out the other.',
    ),
  );

export type GroupOptions = z.output<typeof groupOptions>;
