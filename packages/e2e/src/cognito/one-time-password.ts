import { Secret, TOTP } from 'otpauth';

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html: RFC 6238 with its defaults. */
const algorithm = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps before and after this one: the clocks of phones are not exact. */
const tolerance = 1;

export interface Authenticator {
  /** In base32, as an authenticator app takes it. */
  readonly secret: string;
  /** The step of the last password that was taken: each is taken once. Default: none yet. */
  readonly lastStep?: number | undefined;
}

export function newAuthenticator(): Authenticator {
  return { secret: new Secret({ size: 20 }).base32 };
}

/** @returns the authenticator as it is once the password is taken; `undefined` for a password that is wrong or was taken before */
export function takePassword(
  { secret, lastStep = -Infinity }: Authenticator,
  password: string,
  now: number = Date.now(),
): Authenticator | undefined {
  const totp = new TOTP({ ...algorithm, secret });
  const delta = totp.validate({ token: password.replaceAll(' ', ''), timestamp: now, window: tolerance });
  if (delta === null) return undefined;
  const step = totp.counter({ timestamp: now }) + delta;
  return step > lastStep ? { secret, lastStep: step } : undefined;
}

/** What an authenticator app reads. */
export function addressOf({ secret }: Authenticator, issuer: string, username: string): string {
  return new TOTP({ ...algorithm, secret, issuer, label: username }).toString();
}
