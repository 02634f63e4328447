/**
 * The OAuth 2.0 and OpenID Connect endpoints of a user pool: oidc-provider, told to be Cognito.
 *
 * Amazon Cognito Developer Guide, "Login endpoint", "Authorize endpoint", "Token issuer endpoint", "userInfo endpoint"
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html) and
 * "Understanding the identity (ID) token" (.../amazon-cognito-user-pools-using-the-id-token.html)
 */
import { randomBytes, randomUUID } from 'node:crypto';

import { type ClientMetadata, type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';

import type { FederatedPerson } from './federation.ts';
import { errorPage, pageHeaders } from './pages.ts';
import type { StoredPool } from './pool-file.ts';
import type { UserPoolClientProperties } from './shapes.ts';
import { TokenStore } from './token-store.ts';
import type { User, Users } from './users.ts';

export const paths = {
  authorize: '/oauth2/authorize',
  idpResponse: '/oauth2/idpresponse',
  login: '/login',
  logout: '/logout',
  revoke: '/oauth2/revoke',
  token: '/oauth2/token',
  userInfo: '/oauth2/userInfo',
} as const;

/** An app client of the template with what this machine adds to it. */
export interface PoolClient extends UserPoolClientProperties {
  readonly id: string;
  readonly secret: string | undefined;
}

/** The session of the sign-in page lasts an hour from the sign-in. */
const sessionLifetime = 60 * 60;
const codeLifetime = 5 * 60;
const signInLifetime = 60 * 60;
const scopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

export interface PoolAuthority {
  readonly issuer: string;
  readonly jwksPath: string;
  readonly key: StoredPool['key'];
  readonly users: Users;
  readonly clients: readonly PoolClient[];
}

export function makeProvider({ issuer, jwksPath, key, users, clients }: PoolAuthority): Provider {
  const store = new TokenStore();
  const clientOf = (id: string | undefined) => clients.find((client) => client.id === id);
  const configuration: Configuration = {
    adapter: (model: string) => store.adapter(model),
    claims: {
      openid: [
        'sub',
        'username',
        'identities',
        'cognito:username',
        'cognito:groups',
        'token_use',
        'origin_jti',
        'event_id',
        'jti',
        'auth_time',
      ],
      email: ['email', 'email_verified'],
    },
    clientBasedCORS: () => false,
    clients: clients.filter((client) => client.AllowedOAuthFlowsUserPoolClient).map(metadataOf),
    // Cognito puts the claims of the scopes into the ID token too.
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(32).toString('hex')], long: { signed: true }, short: { signed: true } },
    expiresWithSession: () => false,
    // Whoever names a provider of others is not shown the sign-in page.
    extraParams: ['identity_provider'],
    features: {
      dPoP: { enabled: false },
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      // A token may be revoked by the client that it was issued to.
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: { enabled: false },
    },
    findAccount: (_ctx, sub, token) => {
      const user = users.bySub(sub);
      // A code or refresh token knows when the user signed in.
      const authTime = token && 'authTime' in token ? token.authTime : undefined;
      return user?.enabled === true
        ? { accountId: sub, claims: (use) => claimsOf(user, use, authTime) }
        : undefined;
    },
    interactions: { url: (ctx) => `${paths.login}?${ctx.querystring}` },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    jwks: { keys: [key] },
    loadExistingGrant: async (ctx) => {
      // A user pool does not ask for consent: a client may have what its configuration allows.
      const { client, session, provider } = ctx.oidc;
      const grant = new provider.Grant({
        clientId: client?.clientId ?? '',
        accountId: session?.accountId ?? '',
      });
      grant.addOIDCScope(clientOf(client?.clientId)?.AllowedOAuthScopes.join(' ') ?? '');
      await grant.save();
      return grant;
    },
    pkce: { required: () => false },
    renderError: (ctx, { error }) => {
      showError(ctx, error === 'invalid_redirect_uri' ? 'redirect_mismatch' : error);
    },
    responseTypes: ['code'],
    rotateRefreshToken: false,
    routes: {
      authorization: paths.authorize,
      jwks: jwksPath,
      revocation: paths.revoke,
      token: paths.token,
      userinfo: paths.userInfo,
    },
    scopes: [...new Set([...scopes, ...clients.flatMap((client) => client.AllowedOAuthScopes)])],
    ttl: {
      AccessToken: (_ctx, _token, client) => clientOf(client.clientId)?.accessTokenValidity ?? 3600,
      AuthorizationCode: codeLifetime,
      Grant: (ctx) => clientOf(ctx.oidc.client?.clientId)?.refreshTokenValidity ?? sessionLifetime,
      IdToken: (_ctx, _token, client) => clientOf(client.clientId)?.idTokenValidity ?? 3600,
      Interaction: signInLifetime,
      RefreshToken: (_ctx, token, client) => {
        const { refreshTokenValidity = sessionLifetime } = clientOf(client.clientId) ?? {};
        return Math.max(
          1,
          refreshTokenValidity - (Math.floor(Date.now() / 1000) - (token.iiat ?? token.iat)),
        );
      },
      Session: (_ctx, session) => {
        const now = Math.floor(Date.now() / 1000);
        return Math.max(1, sessionLifetime - (now - (session.loginTs ?? now)));
      },
    },
  };
  return new Provider(issuer, configuration);
}

export function showError(ctx: Pick<KoaContextWithOIDC, 'set' | 'status' | 'body'>, error: string): void {
  ctx.status = 400;
  ctx.set(pageHeaders);
  ctx.body = errorPage(error);
}

/** The answer of `/.well-known/openid-configuration`, with Cognito's fields. */
export function discoveryDocument(issuer: string, domainUrl: string): object {
  return {
    authorization_endpoint: `${domainUrl}${paths.authorize}`,
    end_session_endpoint: `${domainUrl}${paths.logout}`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code'],
    revocation_endpoint: `${domainUrl}${paths.revoke}`,
    scopes_supported: scopes.slice(0, 4),
    subject_types_supported: ['public'],
    token_endpoint: `${domainUrl}${paths.token}`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${domainUrl}${paths.userInfo}`,
  };
}

function metadataOf(client: PoolClient): ClientMetadata {
  const hasCode = client.AllowedOAuthFlows.includes('code');
  return {
    client_id: client.id,
    ...(client.secret === undefined
      ? { token_endpoint_auth_method: 'none' }
      : { client_secret: client.secret, token_endpoint_auth_method: 'client_secret_post' }),
    grant_types: hasCode ? ['authorization_code', 'refresh_token'] : [],
    id_token_signed_response_alg: 'RS256',
    redirect_uris: client.CallbackURLs,
    response_types: hasCode ? ['code'] : [],
    scope: client.AllowedOAuthScopes.join(' '),
  };
}

function claimsOf(user: User, use: string, authTime: number | undefined) {
  const { sub, username, email, groups, federated } = user;
  const shared = { sub, email, ...(federated && { identities: identitiesOf(federated, use) }) };
  // The user info endpoint of Cognito says "true" in a string, and says nothing of groups.
  // What a provider of others says of an address is not verified by the pool.
  if (use === 'userinfo') return { ...shared, email_verified: String(!federated), username };
  return {
    ...shared,
    email_verified: !federated,
    'cognito:username': username,
    ...(groups.length > 0 ? { 'cognito:groups': [...groups] } : {}),
    auth_time: authTime,
    token_use: 'id',
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    jti: randomUUID(),
  };
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html; a string at userInfo. */
function identitiesOf({ provider, subject }: FederatedPerson, use: string) {
  const identities = [
    { userId: subject, providerName: provider, providerType: 'OIDC', issuer: null, primary: 'true' },
  ];
  return use === 'userinfo' ? JSON.stringify(identities) : identities;
}
