import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRemoteJWKSet, customFetch as joseFetch, decodeJwt, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';

import { startUserPool, type UserPool, type UserPoolOptions } from '../../src/cognito/index.ts';
import { certificateFor, trustingFetch } from '../../src/tls/index.ts';
import { Browser } from '../stand-ins/browser.ts';

const callback = 'https://app.example.com/callback';
const password = 'Correct-horse-1';
const properties = {
  AllowedOAuthFlows: ['code'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthScopes: ['openid', 'email'],
  CallbackURLs: [callback],
  GenerateSecret: true,
  LogoutURLs: ['https://app.example.com/bye'],
};

interface Started extends AsyncDisposable {
  readonly pool: UserPool;
  readonly dir: string;
  readonly browser: Browser;
  readonly fetch: ReturnType<typeof trustingFetch>;
  /** openid-client as an application uses it. */
  client(authentication?: oidc.ClientAuth): Promise<oidc.Configuration>;
}

async function start(options: Partial<UserPoolOptions> = {}): Promise<Started> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'user-pool-')));
  const certificate = await certificateFor([], dir);
  const pool = await startUserPool({
    userPoolId: 'us-east-1_test',
    domain: 'test',
    clients: { app: properties },
    certificate,
    dir,
    ...options,
  });
  const fetch = trustingFetch(certificate.cert);
  return {
    pool,
    dir,
    fetch,
    browser: new Browser(certificate.cert),
    client: (authentication) =>
      oidc.discovery(new URL(pool.issuer), 'app', pool.clientSecret('app'), authentication, {
        [oidc.customFetch]: (url, init) => fetch(url, init),
      }),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

const addAlice = (pool: UserPool) =>
  pool.addUser({ username: 'alice', email: 'alice@example.com', password, groups: ['admin', 'staff'] });

function authorizeUrl(pool: UserPool, changed: Record<string, string> = {}): string {
  const query = {
    client_id: 'app',
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid email',
    state: 's',
    ...changed,
  };
  return `${pool.authorizationEndpoint}?${new URLSearchParams(query).toString()}`;
}

/** Signs in and stops where the browser would leave for the application. */
async function signInUntilCallback(browser: Browser, url: string, username = 'alice', secret = password) {
  const page = await browser.open(url);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const body = new URLSearchParams({ _csrf: csrf, username, password: secret });
  let answer = await browser.request(page.url, { method: 'POST', body });
  for (;;) {
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`The sign-in stayed at ${answer.url}`);
    const next = new URL(location, answer.url);
    if (next.href.startsWith(callback)) return next;
    answer = await browser.request(next.href);
  }
}

afterEach(() => {
  vi.useRealTimers();
});

describe('A client', () => {
  test('finds the endpoints where Cognito has them', async () => {
    await using started = await start();
    const { pool } = started;
    const metadata = (await started.client()).serverMetadata();
    expect(metadata).toMatchObject({
      issuer: `${pool.domainUrl}/us-east-1_test`,
      authorization_endpoint: `${pool.domainUrl}/oauth2/authorize`,
      token_endpoint: `${pool.domainUrl}/oauth2/token`,
      userinfo_endpoint: `${pool.domainUrl}/oauth2/userInfo`,
      jwks_uri: `${pool.domainUrl}/us-east-1_test/.well-known/jwks.json`,
      end_session_endpoint: `${pool.domainUrl}/logout`,
    });
  });

  test.for([['in the body'], ['in the header']])(
    'gets Cognito tokens for a code with its secret %s',
    async ([place]) => {
      await using started = await start();
      const { pool, browser, fetch } = started;
      const alice = await addAlice(pool);
      const secret = pool.clientSecret('app') ?? '';
      const client = await started.client(
        place === 'in the header' ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret),
      );
      const nonce = oidc.randomNonce();
      const verifier = oidc.randomPKCECodeVerifier();
      const url = oidc.buildAuthorizationUrl(client, {
        redirect_uri: callback,
        scope: 'openid email',
        state: 'a state',
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const back = await signInUntilCallback(browser, url.href);
      const tokens = await oidc.authorizationCodeGrant(client, back, {
        expectedState: 'a state',
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
      });
      expect(tokens).toMatchObject({
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: expect.any(String),
      });

      const keys = createRemoteJWKSet(new URL(client.serverMetadata().jwks_uri ?? ''), {
        [joseFetch]: fetch,
      });
      const verify = async (token = '') => (await jwtVerify(token, keys, { issuer: pool.issuer })).payload;
      expect(await verify(tokens.id_token)).toMatchObject({
        sub: alice.sub,
        aud: 'app',
        token_use: 'id',
        email: 'alice@example.com',
        email_verified: true,
        'cognito:username': 'alice',
        'cognito:groups': ['admin', 'staff'],
        auth_time: expect.any(Number),
      });
      const access = await verify(tokens.access_token);
      expect(access).toMatchObject({
        sub: alice.sub,
        client_id: 'app',
        token_use: 'access',
        scope: 'openid email',
        username: 'alice',
        'cognito:groups': ['admin', 'staff'],
      });
      expect(access.aud).toBeUndefined();
      expect(await oidc.fetchUserInfo(client, tokens.access_token, alice.sub)).toEqual({
        sub: alice.sub,
        email: 'alice@example.com',
        email_verified: 'true',
        username: 'alice',
      });
    },
  );

  test('renews its tokens, and gets no new refresh token with them', async () => {
    await using started = await start();
    const alice = await addAlice(started.pool);
    const client = await started.client();
    const back = await signInUntilCallback(started.browser, authorizeUrl(started.pool));
    const tokens = await oidc.authorizationCodeGrant(client, back, { expectedState: 's' });
    await started.pool.users.setGroups('alice', []);
    const renewed = await oidc.refreshTokenGrant(client, tokens.refresh_token ?? '');
    expect(renewed.refresh_token).toBeUndefined();
    expect(decodeJwt(renewed.access_token)['cognito:groups']).toBeUndefined();
    expect(decodeJwt(renewed.access_token).sub).toBe(alice.sub);
    await oidc.tokenRevocation(client, tokens.refresh_token ?? '');
    await expect(oidc.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  test('gets tokens for as long as the template says', async () => {
    const units = { AccessToken: 'minutes', IdToken: 'minutes' };
    await using started = await start({
      clients: {
        app: { ...properties, AccessTokenValidity: 5, IdTokenValidity: '10', TokenValidityUnits: units },
      },
    });
    await addAlice(started.pool);
    const client = await started.client();
    const back = await signInUntilCallback(started.browser, authorizeUrl(started.pool));
    const {
      access_token: access,
      id_token: id,
      expires_in: expiresIn,
    } = await oidc.authorizationCodeGrant(client, back, {
      expectedState: 's',
    });
    const lifetime = ({ exp = 0, iat = 0 }: { exp?: number; iat?: number }) => exp - iat;
    expect(expiresIn).toBe(300);
    expect(lifetime(decodeJwt(access))).toBe(300);
    expect(lifetime(decodeJwt(id ?? ''))).toBe(600);
  });

  test('is refused with a wrong secret, a used code, or a token that is not one', async () => {
    await using started = await start();
    await addAlice(started.pool);
    const client = await started.client();
    const back = await signInUntilCallback(started.browser, authorizeUrl(started.pool));
    const redeem = (secret: string) =>
      started.fetch(started.pool.tokenEndpoint, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: back.searchParams.get('code') ?? '',
          redirect_uri: callback,
          client_id: 'app',
          client_secret: secret,
        }),
      });
    expect(await (await redeem('wrong')).json()).toMatchObject({ error: 'invalid_client' });
    const secret = started.pool.clientSecret('app') ?? '';
    const tokens = z.object({ access_token: z.string() }).parse(await (await redeem(secret)).json());
    expect(await (await redeem(secret)).json()).toMatchObject({ error: 'invalid_grant' });
    for (const token of ['x', `${tokens.access_token}x`, String(decodeJwt(tokens.access_token).jti)]) {
      await expect(oidc.fetchUserInfo(client, token, oidc.skipSubjectCheck)).rejects.toMatchObject({
        status: 401,
      });
    }
  });
});

describe('The authorize endpoint', () => {
  test.for([
    [
      'a callback that is not in CallbackURLs',
      { redirect_uri: 'https://evil.example.com/' },
      'redirect_mismatch',
    ],
    ['a callback that only begins like one', { redirect_uri: `${callback}/../x` }, 'redirect_mismatch'],
    ['a callback with a query', { redirect_uri: `${callback}?x` }, 'redirect_mismatch'],
    ['a client that does not exist', { client_id: 'nobody' }, 'invalid_client'],
  ] as const)('shows an error for %s and redirects nowhere', async ([, changed, error]) => {
    await using started = await start();
    const answer = await started.browser.request(authorizeUrl(started.pool, changed), {
      headers: { accept: 'text/html' },
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(error);
    expect(answer.headers.get('location')).toBeNull();
  });

  test.for([
    ['a scope that the client may not have', { scope: 'openid phone' }, 'invalid_scope'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    [
      'a plain challenge',
      { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' },
      'invalid_request',
    ],
  ] as const)('sends %s back to the client as an error', async ([, changed, error]) => {
    await using started = await start();
    const answer = await started.browser.request(authorizeUrl(started.pool, changed));
    const location = new URL(answer.headers.get('location') ?? '');
    expect(`${location.origin}${location.pathname}`).toBe(callback);
    expect(location.searchParams.get('error') ?? location.hash).toContain(error);
  });

  test('takes all scopes of the client when none is asked for', async () => {
    await using started = await start();
    await addAlice(started.pool);
    const url = new URL(authorizeUrl(started.pool));
    url.searchParams.delete('scope');
    const back = await signInUntilCallback(started.browser, url.href);
    const tokens = await oidc.authorizationCodeGrant(await started.client(), back, { expectedState: 's' });
    expect(decodeJwt(tokens.access_token)['scope']).toBe('openid email');
  });

  test('accepts a callback on the name that a host of this machine stands for', async () => {
    await using started = await start({ hostAliases: { 'localhost:8443': 'app.example.com' } });
    const local = await started.browser.request(
      authorizeUrl(started.pool, { redirect_uri: 'https://localhost:8443/callback' }),
    );
    expect(local.headers.get('location')).toContain('/login?');
    const other = await started.browser.request(
      authorizeUrl(started.pool, { redirect_uri: 'https://localhost:9443/callback' }),
    );
    expect(other.status).toBe(400);
  });

  test('serves no client that is not set up for it', async () => {
    await using started = await start({
      clients: { app: { ...properties, AllowedOAuthFlowsUserPoolClient: false } },
    });
    expect((await started.browser.request(authorizeUrl(started.pool))).status).toBe(400);
  });
});

describe('The sign-in page', () => {
  test('is a form that works without scripts and can be embedded nowhere', async () => {
    await using started = await start();
    const page = await started.browser.open(authorizeUrl(started.pool));
    expect(page.url).toContain('/login?client_id=app&');
    expect(page.text).toContain('<title>Sign in</title>');
    for (const field of ['name="username"', 'name="password" type="password"', '<button type="submit">']) {
      expect(page.text.replaceAll(/\s+/g, ' ')).toContain(field);
    }
    for (const id of ['username', 'password']) expect(page.text).toContain(`<label for="${id}">`);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
    const style = await started.browser.request(`${started.pool.domainUrl}/assets/sign-in.css`);
    expect(style.headers.get('content-type')).toContain('text/css');
  });

  test('says the same of a wrong password and of an unknown user, and escapes what was typed', async () => {
    await using started = await start();
    await addAlice(started.pool);
    const page = await started.browser.open(authorizeUrl(started.pool));
    for (const name of ['alice', 'nobody', '"><script>alert(1)</script>', '']) {
      const again = await started.browser.signIn(page, name, 'Wrong-horse-1');
      expect(again.text).toContain('Incorrect username or password.');
      expect(again.text).toContain('role="alert"');
      expect(again.text).not.toContain('<script>');
      expect(again.text).not.toContain('Wrong-horse-1');
    }
  });

  test('accepts no form that it did not show to this browser', async () => {
    await using started = await start();
    await addAlice(started.pool);
    const page = await started.browser.open(authorizeUrl(started.pool));
    const stranger = new Browser((await certificateFor([], started.dir)).cert);
    const theirs = await stranger.open(authorizeUrl(started.pool));
    const forged = { ...page, text: theirs.text };
    expect((await started.browser.signIn(forged, 'alice', password)).text).toContain('Please try again');
    expect((await started.browser.signIn({ ...page, text: '' }, 'alice', password)).text).toContain(
      'Please try again',
    );
    const form = new URLSearchParams({ _csrf: 'x', username: 'alice', password });
    const without = await new Browser((await certificateFor([], started.dir)).cert).request(page.url, {
      method: 'POST',
      body: form,
    });
    expect(without.status).toBe(400);
  });

  test('that is opened directly begins a sign-in, if the request is one', async () => {
    await using started = await start();
    const direct = authorizeUrl(started.pool).replace('/oauth2/authorize', '/login');
    expect((await started.browser.open(direct)).text).toContain('<title>Sign in</title>');
    const mismatch = authorizeUrl(started.pool, { redirect_uri: 'https://evil.example.com/' });
    expect((await started.browser.open(mismatch.replace('/oauth2/authorize', '/login'))).status).toBe(400);
    expect((await started.browser.open(`${started.pool.domainUrl}/login`)).status).toBe(400);
  });

  test('locks a name out after five failures, whatever the password', async () => {
    await using started = await start();
    await addAlice(started.pool);
    const page = await started.browser.open(authorizeUrl(started.pool));
    const attempt = async (secret: string) => (await started.browser.signIn(page, 'alice', secret)).text;
    vi.useFakeTimers({ toFake: ['Date'] });
    const many = await Promise.all(
      Array.from({ length: 8 }, () => started.pool.users.signIn('alice', 'wrong')),
    );
    expect(many.map((result) => ('problem' in result ? result.problem : ''))).toEqual([
      ...Array.from({ length: 5 }, () => 'Incorrect username or password.'),
      ...Array.from({ length: 3 }, () => 'Password attempts exceeded'),
    ]);
    expect(await attempt(password)).toContain('Password attempts exceeded');
    vi.setSystemTime(Date.now() + 1000);
    await expect(signInUntilCallback(started.browser, authorizeUrl(started.pool))).resolves.toBeInstanceOf(
      URL,
    );
  });

  test('is not shown to who signed in less than an hour ago', async () => {
    await using started = await start();
    await addAlice(started.pool);
    await signInUntilCallback(started.browser, authorizeUrl(started.pool));
    const again = async () =>
      (await started.browser.request(authorizeUrl(started.pool))).headers.get('location') ?? '';
    expect(await again()).toContain(`${callback}?code=`);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61 * 60_000 });
    expect(await again()).toContain('/login?');
  });

  test('takes an e-mail address for the name when the pool does, without case when the pool says so', async () => {
    const pool = { UsernameAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false } };
    await using started = await start({ properties: pool });
    await addAlice(started.pool);
    expect((await started.browser.open(authorizeUrl(started.pool))).text).toContain('>Email</label>');
    const back = await signInUntilCallback(started.browser, authorizeUrl(started.pool), 'Alice@Example.com');
    expect(back.searchParams.has('code')).toBe(true);
  });
});

describe('Logout', () => {
  const logout = (pool: UserPool, query: Record<string, string>) =>
    `${pool.domainUrl}/logout?${new URLSearchParams(query).toString()}`;

  test('ends the session and goes to a logout URL of the client', async () => {
    await using started = await start();
    await addAlice(started.pool);
    await signInUntilCallback(started.browser, authorizeUrl(started.pool));
    const cookies = started.browser.cookies;
    const answer = await started.browser.request(
      logout(started.pool, { client_id: 'app', logout_uri: 'https://app.example.com/bye' }),
    );
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('https://app.example.com/bye');
    expect((await started.browser.request(authorizeUrl(started.pool))).headers.get('location')).toContain(
      '/login?',
    );
    // Neither does the old cookie open anything.
    started.browser.cookies = cookies;
    expect((await started.browser.request(authorizeUrl(started.pool))).headers.get('location')).toContain(
      '/login?',
    );
  });

  test('goes to the sign-in page when asked to', async () => {
    await using started = await start();
    await addAlice(started.pool);
    await signInUntilCallback(started.browser, authorizeUrl(started.pool));
    const query = Object.fromEntries(new URL(authorizeUrl(started.pool)).searchParams);
    const page = await started.browser.open(logout(started.pool, query));
    expect(page.text).toContain('<title>Sign in</title>');
  });

  test.for([
    ['a URL that is not in LogoutURLs', { client_id: 'app', logout_uri: 'https://evil.example.com/' }],
    ['no URL', { client_id: 'app' }],
    ['another client', { client_id: 'x', logout_uri: 'https://app.example.com/bye' }],
    ['a sign-in with a foreign callback', { client_id: 'app', redirect_uri: 'https://evil.example.com/' }],
  ] as const)('to %s goes nowhere', async ([, query]) => {
    await using started = await start();
    const answer = await started.browser.request(logout(started.pool, query));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });
});

describe('A user pool', () => {
  test('keeps its users, their identity and its secrets, and no password', async () => {
    const first = await start();
    const alice = await addAlice(first.pool);
    const secret = first.pool.clientSecret('app');
    await first.pool.close();
    const path = join(first.dir, 'user-pool.json');
    expect(await readFile(path, 'utf8')).not.toContain(password);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await using second = await start({ dir: first.dir });
    expect(second.pool.users.list()).toEqual([alice]);
    expect(second.pool.clientSecret('app')).toBe(secret);
    await expect(signInUntilCallback(second.browser, authorizeUrl(second.pool))).resolves.toBeInstanceOf(URL);
  });

  test('says where its file is when it cannot be read', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'user-pool-'));
    await writeFile(join(dir, 'user-pool.json'), '{"users":');
    await expect(start({ dir })).rejects.toMatchObject({ code: 'USER_POOL_UNREADABLE' });
    await expect(start({ dir })).rejects.toThrow(dir);
  });

  test('refuses a taken name, and a password that its policy does not accept', async () => {
    await using started = await start({
      properties: { Policies: { PasswordPolicy: { MinimumLength: '14' } } },
    });
    const { pool } = started;
    const add = (secret: string, username = 'bob') =>
      pool.addUser({ username, email: 'b@example.com', password: secret });
    for (const [secret, problem] of [
      ['Short-1', /minimum 14/],
      ['no-uppercase-at-all-1', /uppercase/],
      ['NO-LOWERCASE-AT-ALL-1', /lowercase/],
      ['No-Number-At-All-x', /numeric/],
      ['NoSymbolAtAll1234', /symbol/],
    ] as const) {
      await expect(add(secret)).rejects.toThrow(problem);
      await expect(add(secret)).rejects.not.toThrow(secret);
    }
    await add('Long-enough-password-1');
    await expect(add('Long-enough-password-1')).rejects.toMatchObject({ code: 'USER_INVALID' });
    await expect(pool.users.setPassword('nobody', 'Long-enough-password-1')).rejects.toMatchObject({
      code: 'USER_INVALID',
    });
    await pool.users.setPassword('bob', 'Another-long-password-2');
    expect(await pool.users.signIn('bob', 'Long-enough-password-1')).toHaveProperty('problem');
    expect(await pool.users.signIn('bob', 'Another-long-password-2')).toHaveProperty('user.username', 'bob');
    await pool.users.remove('bob');
    expect(pool.users.list()).toEqual([]);
  });

  test('refuses a client with a callback that is no URL', async () => {
    await expect(
      start({ clients: { app: { ...properties, CallbackURLs: ['nowhere'] } } }),
    ).rejects.toMatchObject({
      code: 'USER_POOL_CLIENT_INVALID',
    });
  });
});
