/**
 * The identity provider of one authenticate action, as a client sees it.
 *
 * Elastic Load Balancing, "Authenticate users using an Application Load Balancer": code grant, an ID token is required,
 * the claims come from the user info endpoint; error reason codes in "Access logs for your Application Load Balancer"
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#error-reason-codes)
 */
import * as oidc from 'openid-client';

import { StandInError } from '../errors.ts';
import { type TrustingFetch } from '../tls/index.ts';
import { type Answer, errorAnswer } from './answer.ts';
import type { Authentication } from './listener.ts';
import type { UserClaims } from './session.ts';

/** What the load balancer learns of a user pool from Cognito's API. */
export interface UserPoolEndpoints {
  readonly issuer: string;
  /** The user pool domain: a prefix, or a custom domain. */
  readonly domain: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  /** The secret of a client of the pool, `undefined` for one that has none or does not exist. */
  clientSecret(clientId: string): string | undefined;
}

export interface Tokens {
  readonly accessToken: string;
  /** In seconds since the epoch. */
  readonly accessTokenExpires: number;
  readonly refreshToken?: string;
  readonly claims: UserClaims;
}

/** A login that the identity provider did not let through; `answer` is what the browser gets. */
export class LoginFailure extends Error {
  override readonly name = 'LoginFailure';
  readonly answer: Answer;

  constructor(status: number, errorReason: string, options?: ErrorOptions) {
    super(`The identity provider did not complete a login: ${errorReason}`, options);
    this.answer = errorAnswer(status, errorReason);
  }
}

export class IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly #configuration: oidc.Configuration;

  constructor(
    authentication: Authentication,
    userPools: Readonly<Record<string, UserPoolEndpoints>>,
    fetch?: TrustingFetch,
  ) {
    const { clientId, clientSecret, ...endpoints } = endpointsOf(authentication, userPools);
    this.issuer = endpoints.issuer;
    this.clientId = clientId;
    this.#configuration = new oidc.Configuration(
      {
        issuer: endpoints.issuer,
        authorization_endpoint: endpoints.authorizationEndpoint,
        token_endpoint: endpoints.tokenEndpoint,
        userinfo_endpoint: endpoints.userInfoEndpoint,
      },
      clientId,
      clientSecret,
    );
    this.#configuration.timeout = 10;
    if (fetch) this.#configuration[oidc.customFetch] = fetch;
  }

  authorizationUrl(parameters: Record<string, string>): string {
    return oidc.buildAuthorizationUrl(this.#configuration, parameters).href;
  }

  /** Throws `LoginFailure`. */
  async redeem(callback: URL, expected: { readonly state: string; readonly nonce: string }): Promise<Tokens> {
    const answer = await oidc
      .authorizationCodeGrant(this.#configuration, callback, {
        expectedState: expected.state,
        expectedNonce: expected.nonce,
        idTokenExpected: true,
      })
      .catch((error: unknown) => Promise.reject(tokenFailure(error)));
    return this.#tokens(answer, answer.claims()?.sub);
  }

  /** Throws `LoginFailure`. */
  async refresh(refreshToken: string, subject: string): Promise<Tokens> {
    const answer = await oidc
      .refreshTokenGrant(this.#configuration, refreshToken)
      .catch((error: unknown) => Promise.reject(tokenFailure(error)));
    return { refreshToken, ...(await this.#tokens(answer, subject)) };
  }

  async #tokens(
    answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
    subject = '',
  ): Promise<Tokens> {
    const claims = await oidc
      .fetchUserInfo(this.#configuration, answer.access_token, subject)
      .catch((error: unknown) => Promise.reject(userInfoFailure(error)));
    return {
      accessToken: answer.access_token,
      accessTokenExpires: Math.floor(Date.now() / 1000) + (answer.expiresIn() ?? 3600),
      claims,
      ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
    };
  }
}

function tokenFailure(error: unknown): LoginFailure {
  if (error instanceof oidc.ResponseBodyError) {
    const reason = error.error === 'invalid_grant' ? 'AuthInvalidGrantError' : 'AuthTokenEpRequestFailed';
    return new LoginFailure(561, reason, { cause: error });
  }
  if (isErrorStatus(error)) return new LoginFailure(561, 'AuthTokenEpRequestFailed', { cause: error });
  if (isRefused(error)) return new LoginFailure(401, 'AuthInvalidIdToken', { cause: error });
  return new LoginFailure(500, 'AuthTokenEpRequestTimeout', { cause: error });
}

function userInfoFailure(error: unknown): LoginFailure {
  if (isErrorStatus(error)) return new LoginFailure(561, 'AuthUserinfoEpRequestFailed', { cause: error });
  if (isRefused(error)) return new LoginFailure(561, 'AuthInvalidUserinfoResponse', { cause: error });
  return new LoginFailure(500, 'AuthUserinfoEpRequestTimeout', { cause: error });
}

function isErrorStatus(error: unknown): boolean {
  return (
    error instanceof oidc.WWWAuthenticateChallengeError ||
    error instanceof oidc.ResponseBodyError ||
    (error instanceof oidc.ClientError && error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM')
  );
}

/** The provider did answer, and openid-client found fault with what it said; a failed connection has no such code. */
function isRefused(error: unknown): boolean {
  return error instanceof oidc.ClientError && error.code !== undefined && error.code !== 'OAUTH_TIMEOUT';
}

function endpointsOf(authentication: Authentication, userPools: Readonly<Record<string, UserPoolEndpoints>>) {
  if (authentication.kind === 'oidc') {
    return {
      issuer: authentication.Issuer,
      authorizationEndpoint: authentication.AuthorizationEndpoint,
      tokenEndpoint: authentication.TokenEndpoint,
      userInfoEndpoint: authentication.UserInfoEndpoint,
      clientId: authentication.ClientId,
      clientSecret: authentication.ClientSecret,
    };
  }
  const { UserPoolArn, UserPoolClientId, UserPoolDomain } = authentication;
  const pool = userPools[UserPoolArn];
  if (!pool) throw unknown(`there is no user pool ${UserPoolArn}`);
  if (pool.domain !== UserPoolDomain) {
    throw unknown(`the domain of user pool ${UserPoolArn} is ${pool.domain}, not ${UserPoolDomain}`);
  }
  const clientSecret = pool.clientSecret(UserPoolClientId);
  if (clientSecret === undefined) {
    throw unknown(
      `user pool ${UserPoolArn} has no client ${UserPoolClientId} with a secret (GenerateSecret: true)`,
    );
  }
  return { ...pool, clientId: UserPoolClientId, clientSecret };
}

function unknown(what: string): StandInError {
  return new StandInError(
    'USER_POOL_UNKNOWN',
    `The load balancer cannot authenticate with Cognito: ${what}.`,
  );
}
