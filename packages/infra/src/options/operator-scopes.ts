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

/** All that there is: what an admin may hold. */
export const adminScopes = [
  'operator.admin',
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.questions',
  'operator.pairing',
] as const;
