/** A signed-in user, as the session cookie holds it. Times are in seconds since the epoch. */
export interface Session {
  readonly issuer: string;
  readonly clientId: string;
  readonly claims: UserClaims;
  readonly accessToken: string;
  readonly accessTokenExpires: number;
  readonly refreshToken?: string;
  /** When the user has to sign in again: the login plus SessionTimeout. */
  readonly expires: number;
}

/** The answer of the user info endpoint. */
export interface UserClaims {
  readonly sub: string;
  readonly [claim: string]: unknown;
}
