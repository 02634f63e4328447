/**
 * Operator scopes of OpenClaw that a role of everybody may hold. `operator.admin` and `operator.pairing` are missing on
 * purpose: who manages devices can give rights to others (https://docs.openclaw.ai/gateway/operator-scopes).
 */
export const memberScopes = [
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.questions',
  'operator.sessions.read',
  'operator.sessions.write',
  'operator.talk',
] as const;

export type MemberScope = (typeof memberScopes)[number];

/**
 * The least with which the Control UI lets a person begin a session and chat in it: it wants `operator.write` to begin one,
 * and shows nothing without `operator.read`. What they give besides is in docs/people.md.
 */
export const defaultMemberScopes = [
  'operator.read',
  'operator.write',
] as const satisfies readonly MemberScope[];

/** All that there is: what an admin may hold. */
export const adminScopes = [
  'operator.admin',
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.questions',
  'operator.pairing',
] as const;
