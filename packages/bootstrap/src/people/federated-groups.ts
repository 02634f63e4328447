import * as z from 'zod';
import { parseOrNothing } from '../config/files.ts';

/** The attribute of the user pool in which an identity provider's groups of a person are kept: `infra` maps them there. */
export const federatedGroupsAttribute = 'custom:groups';

export const groupsOfProvider = z.strictObject({
  /** As the user pool names it. */
  name: z.string(),
  /** Groups of the user pool, by the provider's own names. */
  groups: z.record(z.string(), z.string()),
});

export type GroupsOfProvider = z.output<typeof groupsOfProvider>;

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation-consolidate-users.html */
const identities = z.array(z.looseObject({ providerName: z.string() }));

/**
 * Groups of the user pool that somebody is in because their identity provider says so, as of their last sign-in. Of who was not
 * signed in by that provider the attribute says nothing. Pure.
 */
export function federatedGroups(
  valueOf: (attribute: string) => string | undefined,
  providers: readonly GroupsOfProvider[],
): readonly string[] {
  const by = identities.safeParse(parseOrNothing(valueOf('identities') ?? '')).data ?? [];
  const theirs = groupNames(valueOf(federatedGroupsAttribute) ?? '');
  return providers
    .filter(({ name }) => by.some(({ providerName }) => providerName === name))
    .flatMap(({ groups }) =>
      theirs.flatMap((group) => (Object.hasOwn(groups, group) ? [groups[group]!] : [])),
    );
}

/**
 * An attribute is one string, and how Cognito writes a list into it is not documented: a JSON array, names between brackets, and
 * names between commas are all read.
 */
function groupNames(text: string): readonly string[] {
  const parsed = z.array(z.string()).safeParse(parseOrNothing(text));
  if (parsed.success) return parsed.data;
  return text
    .replace(/^\[(.*)\]$/s, '$1')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
