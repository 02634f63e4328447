/**
 * Access tokens in Cognito's form.
 *
 * Amazon Cognito Developer Guide, "Understanding the access token"
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html)
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { jwtVerify, SignJWT } from 'jose';

import type { StoredPool } from './pool-file.ts';
import type { User } from './users.ts';

export interface IssuedToken {
  /** The token as the provider knows it. */
  readonly id: string;
  readonly clientId: string;
  /** Of the sign-in: every token that a refresh brings has it, too. */
  readonly originId: string;
  readonly scope: string;
  /** When the user signed in, in seconds since the epoch. */
  readonly authTime: number;
  /** In seconds. */
  readonly expiresIn: number;
}

/** oidc-provider knows an access token by an opaque string; clients of Cognito get a JWT, which carries it as `jti`. */
export class AccessTokens {
  readonly #issuer: string;
  readonly #keyId: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor(issuer: string, key: StoredPool['key']) {
    this.#issuer = issuer;
    this.#keyId = key.kid;
    this.#privateKey = createPrivateKey({ key, format: 'jwk' });
    this.#publicKey = createPublicKey(this.#privateKey);
  }

  issue(
    { id, clientId, originId, scope, authTime, expiresIn }: IssuedToken,
    { sub, username, groups }: User,
  ) {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...(groups.length > 0 ? { 'cognito:groups': groups } : {}),
      version: 2,
      client_id: clientId,
      origin_jti: originId,
      token_use: 'access',
      scope,
      auth_time: authTime,
      username,
    };
    return new SignJWT(claims)
      .setProtectedHeader({ kid: this.#keyId, alg: 'RS256' })
      .setSubject(sub)
      .setIssuer(this.#issuer)
      .setIssuedAt(now)
      .setExpirationTime(now + expiresIn)
      .setJti(id)
      .sign(this.#privateKey);
  }

  /** The provider's name of a token that this pool issued; `undefined` for any other string. */
  async idOf(token: string): Promise<string | undefined> {
    const verified = await jwtVerify(token, this.#publicKey, { issuer: this.#issuer }).catch(() => undefined);
    return verified?.payload.jti;
  }
}
