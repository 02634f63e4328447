/**
 * What Cognito wants of a person after the right password.
 *
 * Amazon Cognito Developer Guide, "Creating user accounts as administrator": who was invited chooses a password first
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-create-user-accounts.html); "TOTP software token MFA": where it is
 * required, who has no authenticator yet sets one up (.../user-pool-settings-mfa-totp.html)
 */
import type { StoredUser } from './pool-file.ts';
import type { UserPoolProperties } from './shapes.ts';

export type Challenge = 'new-password' | 'mfa-setup' | 'mfa';

/** In the order in which they come. `passed` are those of this sign-in. */
export function nextChallenge(
  user: StoredUser,
  properties: UserPoolProperties,
  passed: ReadonlySet<Challenge>,
): Challenge | undefined {
  // A second factor is for their provider to ask for.
  if (user.federated !== undefined) return undefined;
  if (user.temporaryUntil !== undefined) return 'new-password';
  if (passed.has('mfa') || passed.has('mfa-setup')) return undefined;
  // Who has an authenticator is asked for it even where a pool wants none any more.
  if (user.authenticator !== undefined) return 'mfa';
  return properties.MfaConfiguration === 'ON' ? 'mfa-setup' : undefined;
}
