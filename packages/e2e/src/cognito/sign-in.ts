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
import type { Away, FederatedPerson, Federation } from './federation.ts';
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

export interface SignInParts {
  readonly provider: Provider;
  readonly users: Users;
  readonly pool: UserPoolProperties;
  readonly clients: readonly PoolClient[];
  readonly federation: Federation;
  readonly userPoolId: string;
}

interface Kept<T> {
  /** Of the interaction. */
  readonly uid: string;
  /** In milliseconds since the epoch. */
  readonly until: number;
  readonly what: T;
}

const awayLifetime = 5 * 60 * 1000;

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
  readonly #federation: Federation;
  readonly #userPoolId: string;
  /** Who is at a provider of others, by the state that comes back; and who is back, by the ticket for it. */
  readonly #away = new Map<string, Kept<Away>>();
  readonly #back = new Map<string, Kept<FederatedPerson | undefined>>();

  constructor({ provider, users, pool, clients, federation, userPoolId }: SignInParts) {
    this.#provider = provider;
    this.#users = users;
    this.#pool = pool;
    this.#clients = clients;
    this.#federation = federation;
    this.#userPoolId = userPoolId;
  }

  async login(ctx: Context): Promise<void> {
    const interaction = await this.#provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
    if (ctx.method === 'POST') await this.#submit(ctx, interaction);
    else if (ctx.query['ticket'] !== undefined) await this.#finish(ctx, interaction);
    else if (
      interaction &&
      isSameRequest(ctx, interaction) &&
      interaction.params['identity_provider'] !== undefined
    )
      await this.#send(ctx, interaction);
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

  /** Where a provider of others sends the browser back to. */
  async idpResponse(ctx: Context): Promise<void> {
    const state = String(ctx.query['state']);
    const away = this.#away.get(state);
    this.#away.delete(state);
    if (!away || away.until < Date.now()) {
      showError(ctx, 'invalid_request');
      return;
    }
    const person = await this.#federation.complete(away.what, ctx.querystring).catch(() => undefined);
    const ticket = randomBytes(32).toString('base64url');
    this.#back.set(ticket, { ...away, what: person });
    // The cookie that names the sign-in is sent to the sign-in page only: whoever is back is whoever went.
    ctx.redirect(`${paths.login}?ticket=${ticket}`);
  }

  async #send(ctx: Context, interaction: Interaction): Promise<void> {
    const name = String(interaction.params['identity_provider']);
    const client = this.#clientOf(interaction);
    if (!client?.SupportedIdentityProviders.includes(name) || !this.#federation.has(name)) {
      showError(ctx, 'invalid_request');
      return;
    }
    const begun = await this.#federation.begin(name).catch(() => undefined);
    if (begun === undefined) {
      await this.#refuse(ctx);
      return;
    }
    for (const kept of [this.#away, this.#back] as const)
      for (const [key, { until }] of kept) if (until < Date.now()) kept.delete(key);
    const until = Date.now() + awayLifetime;
    this.#away.set(begun.away.checks.state, { uid: interaction.uid, until, what: begun.away });
    ctx.redirect(begun.url);
  }

  async #finish(ctx: Context, interaction: Interaction | undefined): Promise<void> {
    const ticket = String(ctx.query['ticket']);
    const back = this.#back.get(ticket);
    this.#back.delete(ticket);
    if (!interaction || back?.uid !== interaction.uid || back.until < Date.now()) {
      showError(ctx, 'invalid_request');
      return;
    }
    if (back.what === undefined) {
      await this.#refuse(ctx);
      return;
    }
    const user = await this.#users.admit(back.what, this.#userPoolId);
    ctx.respond = false;
    const login = { accountId: user.sub, remember: true };
    await this.#provider.interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
  }

  /** The client is told. */
  async #refuse(ctx: Context): Promise<void> {
    ctx.respond = false;
    const error = {
      error: 'access_denied',
      error_description: 'The identity provider did not sign anybody in',
    };
    await this.#provider.interactionFinished(ctx.req, ctx.res, error, { mergeWithLastSubmission: false });
  }

  async #submit(ctx: Context, interaction: Interaction | undefined): Promise<void> {
    const form = await readForm(ctx.req);
    if (
      !interaction ||
      !form ||
      !this.#clientOf(interaction)?.SupportedIdentityProviders.includes('COGNITO')
    ) {
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
    const supported = this.#clientOf(interaction)?.SupportedIdentityProviders ?? [];
    const providers = supported
      .filter((name) => this.#federation.has(name))
      .map((name) => {
        const query = new URLSearchParams({ identity_provider: name });
        for (const [key, value] of Object.entries(interaction.params)) query.set(key, String(value));
        return { name, address: `${paths.authorize}?${query.toString()}` };
      });
    const own = supported.includes('COGNITO');
    const shown = { username: '', ...form, csrf: this.#csrf(interaction), providers, own };
    ctx.body = signInPage(shown, this.#pool);
  }

  #clientOf({ params }: Interaction): PoolClient | undefined {
    return this.#clients.find(({ id }) => id === params['client_id']);
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
