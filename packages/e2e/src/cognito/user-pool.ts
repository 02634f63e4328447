/**
 * An Amazon Cognito user pool with its domain, on this machine: one HTTPS server plays both hosts, the pool's
 * (`cognito-idp.<region>.amazonaws.com/<pool id>`) and its domain's (`<domain>.auth.<region>.amazoncognito.com`).
 *
 * Amazon Cognito Developer Guide, "User pool endpoints and managed login reference"
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html)
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:https';

import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import * as z from 'zod';

import { StandInError } from '../errors.ts';
import type { Certificate, TrustingFetch } from '../tls/index.ts';
import { AccessTokens } from './access-token.ts';
import { Federation, IdentityProviderProperties } from './federation.ts';
import { stylesheet, stylesheetPath } from './pages.ts';
import { makeSecret, PoolStore } from './pool-file.ts';
import { discoveryDocument, makeProvider, paths, type PoolClient } from './provider.ts';
import { UserPoolClientProperties, UserPoolProperties } from './shapes.ts';
import { SignIn } from './sign-in.ts';
import { type NewUser, type User, Users } from './users.ts';

export interface UserPoolOptions {
  /** Such as `us-east-1_local`. */
  readonly userPoolId: string;
  /** Domain of the AWS::Cognito::UserPoolDomain. */
  readonly domain: string;
  /** Properties of the AWS::Cognito::UserPool, intrinsics resolved. */
  readonly properties?: unknown;
  /** Properties of the AWS::Cognito::UserPoolClient resources by client id. */
  readonly clients: Readonly<Record<string, unknown>>;
  /** Properties of the AWS::Cognito::UserPoolIdentityProvider resources. Default: none. */
  readonly identityProviders?: readonly unknown[];
  /** Where users, client secrets and the signing key are kept. */
  readonly dir: string;
  readonly certificate: Pick<Certificate, 'cert' | 'key'>;
  /** How the pool reaches providers of others. Default: as this process does. */
  readonly fetch?: TrustingFetch;
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default: a free port. */
  readonly port?: number;
  /** The name in the URLs of the pool. Default localhost. */
  readonly name?: string;
  /**
   * The stand-in for DNS: a callback or logout URL on the name counts for the Host of this machine too
   * (`{ 'localhost:8443': 'openclaw.example.com' }`).
   */
  readonly hostAliases?: Readonly<Record<string, string>>;
}

/** Throws `USER_POOL_CLIENT_INVALID` or `USER_POOL_UNREADABLE`. */
export async function startUserPool(options: UserPoolOptions): Promise<UserPool> {
  const properties = parse(UserPoolProperties, options.properties ?? {}, `user pool ${options.userPoolId}`);
  const identityProviders = (options.identityProviders ?? []).map((provider) =>
    parse(IdentityProviderProperties, provider, 'identity provider'),
  );
  const store = await PoolStore.open(options.dir);
  const clients = await clientsOf(options, store);
  // Browsers do not tell the ports of a host apart: the cookies of the load balancer come here too.
  const server = createServer({ ...options.certificate, maxHeaderSize: 64 * 1024 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, options.host ?? '127.0.0.1', () => resolve());
  });
  return new UserPool(options, { properties, store, clients, identityProviders, server });
}

interface Parts {
  readonly properties: UserPoolProperties;
  readonly store: PoolStore;
  readonly clients: readonly PoolClient[];
  readonly identityProviders: readonly IdentityProviderProperties[];
  readonly server: Server;
}

/** Made by `startUserPool`. */
export class UserPool {
  readonly users: Users;
  readonly domain: string;
  /** Plays `https://<domain>.auth.<region>.amazoncognito.com`. */
  readonly domainUrl: string;
  /** Plays `https://cognito-idp.<region>.amazonaws.com/<pool id>`. */
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly #server: Server;
  readonly #clients: readonly PoolClient[];

  constructor(options: UserPoolOptions, { properties, store, clients, identityProviders, server }: Parts) {
    this.#server = server;
    this.#clients = clients;
    this.domain = options.domain;
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : options.port;
    this.domainUrl = `https://${options.name ?? 'localhost'}:${port}`;
    this.issuer = `${this.domainUrl}/${options.userPoolId}`;
    this.authorizationEndpoint = `${this.domainUrl}${paths.authorize}`;
    this.tokenEndpoint = `${this.domainUrl}${paths.token}`;
    this.userInfoEndpoint = `${this.domainUrl}${paths.userInfo}`;
    this.users = new Users(store, properties);
    const jwksPath = `/${options.userPoolId}/.well-known/jwks.json`;
    const { key } = store.pool;
    const provider = makeProvider({ issuer: this.issuer, jwksPath, key, users: this.users, clients });
    this.#serve(provider, {
      signIn: new SignIn({
        provider,
        users: this.users,
        pool: properties,
        clients,
        federation: new Federation(
          identityProviders,
          `${this.domainUrl}${paths.idpResponse}`,
          options.fetch && ((url, init) => options.fetch!(url, init)),
        ),
        userPoolId: options.userPoolId,
      }),
      accessTokens: new AccessTokens(this.issuer, key),
      discoveryPath: `/${options.userPoolId}/.well-known/openid-configuration`,
    });
  }

  /** What DescribeUserPoolClient says; `undefined` for a client without a secret or an unknown one. */
  clientSecret(clientId: string): string | undefined {
    return this.#clients.find(({ id }) => id === clientId)?.secret;
  }

  /** AdminCreateUser with a permanent password. Throws `USER_INVALID`. */
  addUser(user: NewUser): Promise<User> {
    return this.users.add(user);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #serve(
    provider: Provider,
    {
      signIn,
      accessTokens,
      discoveryPath,
    }: { readonly signIn: SignIn; readonly accessTokens: AccessTokens; readonly discoveryPath: string },
  ): void {
    // oidc-provider tells of failed requests by events and console; the client is told either way.
    provider.silent = true;
    provider.use(async (ctx, next) => {
      switch (ctx.path) {
        case paths.login:
          return signIn.login(ctx);
        case paths.idpResponse:
          return signIn.idpResponse(ctx);
        case paths.logout:
          return signIn.logout(ctx);
        case paths.authorize:
          this.#fillScope(ctx);
          return next();
        case paths.token:
          acceptBasicSecret(ctx);
          await next();
          return this.#answerAsCognito(ctx, accessTokens);
        case paths.userInfo:
          await unwrapAccessToken(ctx, accessTokens);
          return next();
        case discoveryPath:
          ctx.body = discoveryDocument(this.issuer, this.domainUrl);
          return undefined;
        case stylesheetPath:
          ctx.set('X-Content-Type-Options', 'nosniff');
          ctx.type = 'text/css';
          ctx.body = stylesheet;
          return undefined;
        default:
          return next();
      }
    });
    const handle = provider.callback();
    this.#server.on('request', (request, response) => void handle(request, response));
  }

  /** "If the client doesn't request any scopes, the authentication server uses all scopes associated with the client." */
  #fillScope(ctx: Pick<KoaContextWithOIDC, 'query'>): void {
    const client = this.#clients.find(({ id }) => id === ctx.query['client_id']);
    if (client && ctx.query['scope'] === undefined) {
      ctx.query = { ...ctx.query, scope: client.AllowedOAuthScopes.join(' ') };
    }
  }

  /** An access token is a JWT, and a refresh token comes only with the code. */
  async #answerAsCognito(ctx: object, accessTokens: AccessTokens): Promise<void> {
    if (!isServed(ctx)) return;
    const { data: body } = TokenAnswer.safeParse(ctx.body);
    if (ctx.status !== 200 || !body) return;
    const { AccessToken, Account, AuthorizationCode, RefreshToken } = ctx.oidc.entities;
    const user = this.users.bySub(Account?.accountId ?? '');
    if (!AccessToken || !user) return;
    const issued = {
      id: body.access_token,
      clientId: AccessToken.clientId ?? '',
      originId: AccessToken.grantId ?? randomUUID(),
      scope: AccessToken.scope ?? '',
      authTime: (AuthorizationCode ?? RefreshToken)?.authTime ?? AccessToken.iat,
      expiresIn: AccessToken.expiration,
    };
    const { refresh_token: refreshToken, ...answer } = body;
    ctx.body = {
      ...answer,
      access_token: await accessTokens.issue(issued, user),
      ...(AuthorizationCode ? { refresh_token: refreshToken } : {}),
    };
  }
}

const TokenAnswer = z.looseObject({ access_token: z.string(), refresh_token: z.string().optional() });

/** oidc-provider has served a request when it has put its own context on it. */
function isServed(ctx: object): ctx is KoaContextWithOIDC {
  return 'oidc' in ctx;
}

/** Cognito takes a client secret from the header or from the body; oidc-provider takes it from one place. */
function acceptBasicSecret({ req }: Pick<KoaContextWithOIDC, 'req'>): void {
  const [, encoded] = /^Basic ([\w+/=]+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (encoded === undefined) return;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  const prefix = `client_id=${id}&client_secret=${secret.join(':')}&`;
  delete req.headers.authorization;
  if (req.headers['content-length'] !== undefined) {
    req.headers['content-length'] = String(Number(req.headers['content-length']) + prefix.length);
  }
  req.unshift(prefix);
}

async function unwrapAccessToken(
  { req }: Pick<KoaContextWithOIDC, 'req'>,
  accessTokens: AccessTokens,
): Promise<void> {
  const [, token] = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (token === undefined) return;
  req.headers.authorization = `Bearer ${(await accessTokens.idOf(token)) ?? 'invalid'}`;
}

async function clientsOf(
  { clients, hostAliases = {} }: UserPoolOptions,
  store: PoolStore,
): Promise<PoolClient[]> {
  const parsed = Object.entries(clients).map(([id, properties]) => ({
    id,
    ...parse(UserPoolClientProperties, properties, `user pool client ${id}`),
  }));
  const missing = parsed.filter(({ id, GenerateSecret }) => GenerateSecret && !(id in store.pool.secrets));
  if (missing.length > 0) {
    const secrets = Object.fromEntries(missing.map(({ id }) => [id, makeSecret()]));
    await store.update((pool) => ({ ...pool, secrets: { ...pool.secrets, ...secrets } }));
  }
  const local = (urls: readonly string[]) => [...urls, ...urls.flatMap((url) => localUrls(url, hostAliases))];
  return parsed.map((client) => ({
    ...client,
    CallbackURLs: local(client.CallbackURLs),
    LogoutURLs: local(client.LogoutURLs),
    secret: client.GenerateSecret ? store.pool.secrets[client.id] : undefined,
  }));
}

function localUrls(url: string, hostAliases: Readonly<Record<string, string>>): string[] {
  const { host } = new URL(url);
  return Object.entries(hostAliases)
    .filter(([, name]) => name.toLowerCase() === host)
    .map(([localHost]) => url.replace(/(?<=^https?:\/\/)[^/?#]*/, localHost));
}

function parse<S extends z.ZodType>(schema: S, properties: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new StandInError(
    'USER_POOL_CLIENT_INVALID',
    `Cognito refuses the ${where}: ${z.prettifyError(parsed.error)}`,
  );
}
