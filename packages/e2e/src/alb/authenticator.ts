/**
 * The authenticate action: is there a session, and if not, how does the client get one.
 *
 * Elastic Load Balancing, "Authenticate users using an Application Load Balancer"
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html): authentication
 * flow, OnUnauthenticatedRequest, session timeout, client login timeout.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

import { type Answer, errorAnswer, redirectAnswer } from './answer.ts';
import type { HeaderList } from './forwarded-headers.ts';
import { type IdentityProvider, LoginFailure, type Tokens } from './identity-provider.ts';
import type { Authentication } from './listener.ts';
import { type Cookies, joinShards, type Seal, setCookie, setShards } from './sealed-cookie.ts';
import type { Session } from './session.ts';
import type { ClaimsSigner } from './user-claims.ts';

export const callbackPath = '/oauth2/idpresponse';
/**
 * AWS names it AWSALBAuthNonce in its error reasons, and does not say what it holds. Here the name begins with `__Host-`:
 * of such a cookie browsers take care that nobody but this host set it, over HTTPS and for no wider domain
 * (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix).
 */
export const nonceCookie = '__Host-AWSALBAuthNonce';
/** What the cookie is sealed for; no action is called so. */
const nonceUse = 'nonce';
/** A login that takes longer ends with 401. In seconds; AWS does not let it be changed. */
const loginTimeout = 15 * 60;
/** Claims and access token together, in bytes. */
const maxUserSize = 11 * 1024;

export interface AuthenticatedRequest {
  /** As in the Host header; the client is sent back to it. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  readonly cookies: Cookies;
}

export type Verdict =
  | { readonly kind: 'user'; readonly headers: HeaderList; readonly setCookies: readonly string[] }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'answer'; readonly answer: Answer };

/** What the client brings back from the identity provider, unread, in the `state` parameter. */
interface Login {
  readonly action: string;
  readonly uri: string;
  readonly nonce: string;
  /** Ties the login to the browser that began it. */
  readonly browser: string;
}

/** What the nonce cookie holds: a secret that the load balancer made for one browser. */
interface Browser {
  readonly secret: string;
}

/** Finishes logins of all authenticate actions of a load balancer: the callback path is served before any rule. */
export async function finishLogin(
  authenticators: readonly Authenticator[],
  seal: Seal,
  { host, target, cookies }: AuthenticatedRequest,
): Promise<Answer> {
  const callback = new URL(`https://${host}${target}`);
  const state = callback.searchParams.get('state');
  if (state === null) return errorAnswer(401, 'AuthMissingStateParam');
  const opened = await seal.open<Login>('login', state);
  const login = opened.kind === 'valid' ? opened.value : undefined;
  const authenticator = authenticators.find(({ action }) => action === login?.action);
  if (!login || !authenticator) return errorAnswer(401, 'AuthInvalidStateParam');
  if (!cookies.has(nonceCookie)) return errorAnswer(401, 'AuthMissingAWSALBAuthNonce');
  const browser = await browserOf(seal, cookies);
  if (!browser || !isEqual(browser.secret, login.browser))
    return errorAnswer(401, 'AuthInvalidAWSALBAuthNonce');
  const error = callback.searchParams.get('error');
  if (error !== null) return errorAnswer(error === 'access_denied' ? 401 : 561);
  if (!callback.searchParams.has('code')) return errorAnswer(401, 'AuthMissingCodeParam');
  try {
    return await authenticator.finish(callback, { state, nonce: login.nonce, uri: login.uri, cookies });
  } catch (failure) {
    if (failure instanceof LoginFailure) return failure.answer;
    throw failure;
  }
}

export class Authenticator {
  /** Actions that agree in all this share their sessions. */
  readonly action: string;
  readonly cookieName: string;
  readonly #settings: Authentication;
  readonly #provider: IdentityProvider;
  readonly #seal: Seal;
  readonly #signer: ClaimsSigner;
  readonly #refreshing = new Map<string, Promise<Session | undefined>>();

  constructor(settings: Authentication, provider: IdentityProvider, seal: Seal, signer: ClaimsSigner) {
    this.#settings = settings;
    this.#provider = provider;
    this.#seal = seal;
    this.#signer = signer;
    this.cookieName = settings.SessionCookieName;
    this.action = JSON.stringify([provider.issuer, provider.clientId, settings.Scope, this.cookieName]);
  }

  async check(request: AuthenticatedRequest): Promise<Verdict> {
    const sealed = joinShards(request.cookies, this.cookieName);
    const opened = await this.#seal.openOnly<Session>(this.action, sealed);
    if (opened.kind === 'valid') {
      const session = opened.value;
      if (session.accessTokenExpires > now() || session.refreshToken === undefined)
        return this.#user(session, []);
      const refreshed = await this.#refreshOnce(session, session.refreshToken);
      if (refreshed) return this.#user(refreshed, await this.#sessionCookies(refreshed, request.cookies));
    }
    if (this.#settings.OnUnauthenticatedRequest === 'allow') return { kind: 'anonymous' };
    // Who never signed in is denied; whose session is over is sent to sign in again.
    const isDenied = opened.kind === 'invalid' && this.#settings.OnUnauthenticatedRequest === 'deny';
    return { kind: 'answer', answer: isDenied ? errorAnswer(401) : await this.#begin(request) };
  }

  /** Throws `LoginFailure`. */
  async finish(
    callback: URL,
    login: {
      readonly state: string;
      readonly nonce: string;
      readonly uri: string;
      readonly cookies: Cookies;
    },
  ): Promise<Answer> {
    const session = this.#session(
      await this.#provider.redeem(callback, login),
      now() + this.#settings.SessionTimeout,
    );
    if (sizeOf(session) > maxUserSize) return errorAnswer(500, 'AuthUserinfoResponseSizeExceeded');
    return redirectAnswer(302, login.uri, await this.#sessionCookies(session, login.cookies));
  }

  async #begin({ host, target, cookies }: AuthenticatedRequest): Promise<Answer> {
    if (host === '') return errorAnswer(401, 'AuthMissingHostHeader');
    // A browser that has one keeps it, so that two tabs can sign in at the same time; only one that was made here, though.
    const browser = (await browserOf(this.#seal, cookies)) ?? {
      secret: randomBytes(16).toString('base64url'),
    };
    const nonce = randomBytes(16).toString('base64url');
    const login: Login = {
      action: this.action,
      uri: `https://${host}${target}`,
      nonce,
      browser: browser.secret,
    };
    const location = this.#provider.authorizationUrl({
      ...this.#settings.AuthenticationRequestExtraParams,
      redirect_uri: `https://${host}${callbackPath}`,
      response_type: 'code',
      scope: this.#settings.Scope,
      state: await this.#seal.seal('login', login, now() + loginTimeout),
      // It comes back in the ID token, which there is only with this scope.
      ...(this.#settings.Scope.split(' ').includes('openid') ? { nonce } : {}),
    });
    const cookie = await this.#seal.seal(nonceUse, browser, now() + loginTimeout);
    return redirectAnswer(302, location, [setCookie(nonceCookie, cookie, loginTimeout * 1000)]);
  }

  #user(session: Session, setCookies: readonly string[]): Verdict {
    return { kind: 'user', headers: this.#signer.headersFor(session), setCookies };
  }

  /** A page asks for many things at once when its access token has expired; they need one new token. */
  #refreshOnce(session: Session, refreshToken: string): Promise<Session | undefined> {
    const running =
      this.#refreshing.get(refreshToken) ??
      this.#provider
        .refresh(refreshToken, session.claims.sub)
        .then((tokens) => this.#session(tokens, session.expires))
        .catch(() => undefined)
        .finally(() => this.#refreshing.delete(refreshToken));
    this.#refreshing.set(refreshToken, running);
    return running;
  }

  #session(tokens: Tokens, expires: number): Session {
    return { ...tokens, issuer: this.#provider.issuer, clientId: this.#provider.clientId, expires };
  }

  async #sessionCookies(session: Session, sent: Cookies): Promise<string[]> {
    return setShards(this.cookieName, await this.#seal.seal(this.action, session, session.expires), sent);
  }
}

function sizeOf({ accessToken, claims }: Session): number {
  return Buffer.byteLength(accessToken) + Buffer.byteLength(JSON.stringify(claims));
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Nothing for a cookie that was not made here, or too long ago. */
async function browserOf(seal: Seal, cookies: Cookies): Promise<Browser | undefined> {
  const opened = await seal.openOnly<Browser>(nonceUse, cookies.get(nonceCookie) ?? []);
  return opened.kind === 'valid' ? opened.value : undefined;
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
