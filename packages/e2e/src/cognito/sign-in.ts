/**
 * The sign-in page and the sign-out of a user pool's domain.
 *
 * Amazon Cognito Developer Guide, "Login endpoint" and "Logout endpoint"
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/login-endpoint.html, .../logout-endpoint.html)
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

import type { Challenge } from './challenges.ts';
import { addressOf, type Authenticator, newAuthenticator } from './one-time-password.ts';
import { challengePage, pageHeaders, signInPage } from './pages.ts';
import { paths, type PoolClient, showError } from './provider.ts';
import type { UserPoolProperties } from './shapes.ts';
import type { Users } from './users.ts';

type Context = Pick<
  KoaContextWithOIDC,
  'req' | 'res' | 'query' | 'querystring' | 'redirect' | 'set' | 'cookies'
> &
  Pick<KoaContextWithOIDC, 'status' | 'body' | 'method' | 'respond'>;
type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** In bytes; a name and a password need far less. */
const maxForm = 16 * 1024;

/** A sign-in whose password was right, and which wants more. */
interface Begun {
  readonly sub: string;
  readonly passed: ReadonlySet<Challenge>;
  /** The one that is set up. */
  readonly authenticator: Authenticator;
  /** Wrong answers; Cognito's session of a challenge ends, too. */
  readonly failures: number;
  /** In milliseconds since the epoch. */
  readonly until: number;
}

/** "AuthSessionValidity", by default: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
const challengeLifetime = 3 * 60 * 1000;
const mostFailures = 5;

export class SignIn {
  /** By the uid of the interaction. */
  readonly #begun = new Map<string, Begun>();
  readonly #provider: Provider;
  readonly #users: Users;
  readonly #pool: UserPoolProperties;
  readonly #clients: readonly PoolClient[];
  readonly #csrfKey = randomBytes(32);

  constructor(provider: Provider, users: Users, pool: UserPoolProperties, clients: readonly PoolClient[]) {
    this.#provider = provider;
    this.#users = users;
    this.#pool = pool;
    this.#clients = clients;
  }

  async login(ctx: Context): Promise<void> {
    const interaction = await this.#provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
    if (ctx.method === 'POST') await this.#submit(ctx, interaction);
    else if (interaction && isSameRequest(ctx, interaction)) {
      // Who opens the page again begins again.
      this.#begun.delete(interaction.uid);
      this.#show(ctx, interaction, {});
    }
    // Opened directly, or with the cookie of another sign-in: the authorize endpoint checks the request and comes back.
    else if (ctx.query['client_id'] !== undefined) ctx.redirect(`${paths.authorize}?${ctx.querystring}`);
    else showError(ctx, 'invalid_request');
  }

  async logout(ctx: Context): Promise<void> {
    const client = this.#clients.find(({ id }) => id === ctx.query['client_id']);
    const { logout_uri: logoutUri, redirect_uri: redirectUri } = ctx.query;
    const isKnown = (urls: readonly string[], url: unknown) => typeof url === 'string' && urls.includes(url);
    const leave = client && isKnown(client.LogoutURLs, logoutUri) ? String(logoutUri) : undefined;
    const again =
      client && isKnown(client.CallbackURLs, redirectUri) ? `${paths.login}?${ctx.querystring}` : undefined;
    const location = logoutUri === undefined ? again : leave;
    if (location === undefined) {
      showError(ctx, client ? 'redirect_mismatch' : 'invalid_request');
      return;
    }
    const cookie = this.#provider.cookieName('session');
    const session = await this.#provider.Session.find(ctx.cookies.get(cookie, { signed: true }) ?? '');
    await session?.destroy();
    ctx.cookies.set(cookie, null, { signed: true });
    ctx.redirect(location);
  }

  async #submit(ctx: Context, interaction: Interaction | undefined): Promise<void> {
    const form = await readForm(ctx.req);
    if (!interaction || !form) {
      showError(ctx, 'invalid_request');
      return;
    }
    const username = form.get('username') ?? '';
    if (!isEqual(form.get('_csrf') ?? '', this.#csrf(interaction))) {
      this.#show(ctx, interaction, { username, problem: 'This page was no longer valid. Please try again.' });
      return;
    }
    if (form.has('challenge')) {
      await this.#answer(ctx, interaction, form);
      return;
    }
    const result = await this.#users.signIn(username, form.get('password') ?? '');
    if ('problem' in result) {
      this.#show(ctx, interaction, { username, problem: result.problem });
      return;
    }
    await this.#goOn(ctx, interaction, {
      sub: result.user.sub,
      passed: new Set(),
      authenticator: newAuthenticator(),
      failures: 0,
      until: Date.now() + challengeLifetime,
    });
  }

  /** To what is wanted next, or back to the client. */
  async #goOn(ctx: Context, interaction: Interaction, begun: Begun): Promise<void> {
    for (const [uid, { until }] of this.#begun) if (until < Date.now()) this.#begun.delete(uid);
    const challenge = this.#users.challengeOf(begun.sub, begun.passed);
    if (challenge !== undefined) {
      this.#begun.set(interaction.uid, begun);
      this.#ask(ctx, interaction, begun, challenge);
      return;
    }
    this.#begun.delete(interaction.uid);
    ctx.respond = false;
    const amr = begun.passed.has('mfa') || begun.passed.has('mfa-setup') ? ['pwd', 'mfa'] : ['pwd'];
    const login = { accountId: begun.sub, remember: true, amr };
    await this.#provider.interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
  }

  async #answer(ctx: Context, interaction: Interaction, form: URLSearchParams): Promise<void> {
    const begun = this.#begun.get(interaction.uid);
    // What is wanted is for the pool to say, not for the form.
    const challenge = begun && this.#users.challengeOf(begun.sub, begun.passed);
    if (!challenge || begun.until < Date.now() || begun.failures >= mostFailures) {
      this.#begun.delete(interaction.uid);
      this.#show(ctx, interaction, { problem: 'Your session has expired. Please sign in again.' });
      return;
    }
    const problem = await this.#problemOf(begun, challenge, form);
    if (problem === undefined) {
      await this.#goOn(ctx, interaction, { ...begun, passed: new Set([...begun.passed, challenge]) });
      return;
    }
    const failed = { ...begun, failures: begun.failures + 1 };
    this.#begun.set(interaction.uid, failed);
    this.#ask(ctx, interaction, failed, challenge, problem);
  }

  async #problemOf(begun: Begun, challenge: Challenge, form: URLSearchParams): Promise<string | undefined> {
    const said = (name: string): string => form.get(name) ?? '';
    if (challenge === 'new-password') {
      if (said('password') !== said('again')) return 'The passwords differ.';
      return this.#users.choosePassword(begun.sub, said('password'));
    }
    const setUp = challenge === 'mfa-setup' ? begun.authenticator : undefined;
    const isRight = await this.#users.takeOneTimePassword(begun.sub, said('code'), setUp);
    return isRight ? undefined : 'Invalid code received for user';
  }

  #ask(
    ctx: Context,
    interaction: Interaction,
    { sub, authenticator }: Begun,
    challenge: Challenge,
    problem?: string,
  ): void {
    const address = addressOf(authenticator, 'Clawharbor', this.#users.bySub(sub)?.username ?? '');
    ctx.set(pageHeaders);
    ctx.status = 200;
    ctx.body = challengePage({
      csrf: this.#csrf(interaction),
      challenge,
      ...(challenge === 'mfa-setup' && { authenticator: { secret: authenticator.secret, address } }),
      ...(problem !== undefined && { problem }),
    });
  }

  #show(
    ctx: Context,
    interaction: Interaction,
    form: { readonly username?: string; readonly problem?: string },
  ): void {
    ctx.set(pageHeaders);
    ctx.status = 200;
    ctx.body = signInPage({ username: '', ...form, csrf: this.#csrf(interaction) }, this.#pool);
  }

  /** Only who was shown the page for this sign-in knows it; the cookie that names the sign-in does not tell. */
  #csrf({ uid }: Interaction): string {
    return createHmac('sha256', this.#csrfKey).update(uid).digest('base64url');
  }
}

function isSameRequest({ query }: Context, { params }: Interaction): boolean {
  return ['client_id', 'redirect_uri', 'state'].every((name) => query[name] === params[name]);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxForm) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
