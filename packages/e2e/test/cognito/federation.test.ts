import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oidc from 'openid-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startUserPool, type UserPool } from '../../src/cognito/index.ts';
import { certificateFor, trustingFetch } from '../../src/tls/index.ts';
import { Browser, type Page } from '../stand-ins/browser.ts';
import { CompanyDirectory, type Employee } from '../stand-ins/company-directory.ts';

const callback = 'https://app.example.com/callback';
const ann: Employee = { sub: 'e-1', email: 'ann@example.com', name: 'Ann', groups: ['harbor', 'all'] };

let dir: string;
let pool: UserPool;
let cert: string;
let directory: CompanyDirectory;
let client: oidc.Configuration;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'user-pool-'));
  const certificate = await certificateFor([], dir);
  cert = certificate.cert;
  const fetch = trustingFetch(cert);
  const port = await freePort();
  directory = await CompanyDirectory.open(`https://localhost:${port}/oauth2/idpresponse`, certificate);
  const application = {
    AllowedOAuthFlows: ['code'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: ['openid', 'email'],
    CallbackURLs: [callback],
    GenerateSecret: true,
  };
  pool = await startUserPool({
    userPoolId: 'us-east-1_test',
    domain: 'test',
    clients: {
      app: { ...application, SupportedIdentityProviders: ['COGNITO', 'Company'] },
      company: { ...application, SupportedIdentityProviders: ['Company'] },
      own: application,
    },
    identityProviders: [
      {
        ProviderName: 'Company',
        ProviderType: 'OIDC',
        ProviderDetails: {
          client_id: directory.clientId,
          client_secret: directory.clientSecret,
          authorize_scopes: 'openid email profile',
          oidc_issuer: directory.issuer,
        },
        AttributeMapping: { username: 'sub', email: 'email', name: 'name', 'custom:groups': 'groups' },
      },
    ],
    certificate,
    fetch,
    port,
    dir,
  });
  client = await oidc.discovery(new URL(pool.issuer), 'app', pool.clientSecret('app'), undefined, {
    [oidc.customFetch]: (url, init) => fetch(url, init),
  });
});
afterEach(async () => {
  await pool.close();
  await directory[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

const addressOf = (clientId: string, more: Readonly<Record<string, string>> = {}): string =>
  `${pool.authorizationEndpoint}?${new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    state: 's',
    ...more,
  }).toString()}`;

/** Follows until the application's address, which nobody serves. */
async function follow(browser: Browser, address: string): Promise<{ page: Page; back: URL | undefined }> {
  let page = await browser.request(address);
  for (let count = 0; count < 15; count += 1) {
    const location = page.headers.get('location');
    if (location === null) return { page, back: undefined };
    const next = new URL(location, page.url);
    if (next.href.startsWith(callback)) return { page, back: next };
    page = await browser.request(next.href);
  }
  throw new Error('redirected without end');
}

const wayOf = ({ text, url }: Page): string =>
  new URL(/class="provider" href="([^"]+)"/.exec(text)![1]!.replaceAll('&amp;', '&'), url).href;

describe('somebody of a company whose directory the pool knows', () => {
  test('comes in by the button of the sign-in page, and is a person of the pool', async () => {
    directory.employee = ann;
    const browser = new Browser(cert);
    const { page } = await follow(browser, addressOf('app'));
    expect(page.text).toContain('Continue with Company');
    const { back } = await follow(browser, wayOf(page));
    const tokens = await oidc.authorizationCodeGrant(client, back!, {
      expectedState: 's',
      idTokenExpected: true,
    });
    const [user] = pool.users.list();
    expect(user).toMatchObject({
      username: 'Company_e-1',
      email: 'ann@example.com',
      groups: ['us-east-1_test_Company'],
      federated: { attributes: { name: 'Ann', 'custom:groups': '["harbor","all"]' } },
    });
    expect(tokens.claims()).toMatchObject({
      sub: user!.sub,
      'cognito:username': 'Company_e-1',
      email: 'ann@example.com',
      email_verified: false,
      'cognito:groups': ['us-east-1_test_Company'],
      identities: [{ userId: 'e-1', providerName: 'Company', providerType: 'OIDC' }],
    });
    const info = await oidc.fetchUserInfo(client, tokens.access_token, user!.sub);
    expect(info['identities']).toContain('"userId":"e-1"');
  });

  test('stays who they are, and has from then on what the directory says', async () => {
    for (const employee of [ann, { ...ann, email: 'ann@new.example.com', groups: [] }]) {
      directory.employee = employee;
      const { back } = await follow(new Browser(cert), addressOf('app', { identity_provider: 'Company' }));
      expect(back?.searchParams.get('code')).toEqual(expect.any(String));
    }
    expect(pool.users.list()).toMatchObject([
      { email: 'ann@new.example.com', federated: { attributes: { 'custom:groups': '[]' } } },
    ]);
  });

  test('has no password here', async () => {
    directory.employee = ann;
    await follow(new Browser(cert), addressOf('app', { identity_provider: 'Company' }));
    for (const password of ['', 'Correct-horse-1']) {
      const browser = new Browser(cert);
      const { page } = await follow(browser, addressOf('app'));
      expect((await browser.signIn(page, 'Company_e-1', password)).text).toContain('Incorrect username');
    }
  });

  test('whom the directory refuses is refused, and the application is told', async () => {
    const { back } = await follow(new Browser(cert), addressOf('app', { identity_provider: 'Company' }));
    expect(back?.searchParams.get('error')).toBe('access_denied');
    expect(pool.users.list()).toEqual([]);
  });

  test('whose directory does not answer is refused', async () => {
    await directory[Symbol.asyncDispose]();
    const { back } = await follow(new Browser(cert), addressOf('app', { identity_provider: 'Company' }));
    expect(back?.searchParams.get('error')).toBe('access_denied');
  });
});

describe('a client', () => {
  test('that takes people of the directory only shows no form, and takes none', async () => {
    await pool.addUser({ username: 'alice', email: 'alice@example.com', password: 'Correct-horse-1' });
    const browser = new Browser(cert);
    const { page } = await follow(browser, addressOf('company'));
    expect(page.text).toContain('Continue with Company');
    expect(page.text).not.toContain('name="password"');
    // With the proof of a form that another client showed.
    const other = await follow(browser, addressOf('app'));
    const csrf = /name="_csrf" value="([^"]+)"/.exec(other.page.text)![1]!;
    await follow(browser, addressOf('company'));
    const body = new URLSearchParams({ _csrf: csrf, username: 'alice', password: 'Correct-horse-1' });
    const answer = await browser.request(page.url, { method: 'POST', body });
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  });

  test('that does not take them is left alone by whoever names it', async () => {
    directory.employee = ann;
    const { page, back } = await follow(
      new Browser(cert),
      addressOf('own', { identity_provider: 'Company' }),
    );
    expect([page.status, back]).toEqual([400, undefined]);
  });
});

test('what comes back counts in the browser that went, and once', async () => {
  directory.employee = ann;
  const victim = new Browser(cert);
  // Up to the pool, but not into it.
  let page = await victim.request(addressOf('app', { identity_provider: 'Company' }));
  while (!page.headers.get('location')!.includes('/oauth2/idpresponse'))
    page = await victim.request(new URL(page.headers.get('location')!, page.url).href);
  const response = page.headers.get('location')!;
  const other = new Browser(cert);
  await follow(other, addressOf('app'));
  const stolen = await follow(other, response);
  expect([stolen.page.status, stolen.back]).toEqual([400, undefined]);
  const again = await follow(victim, response);
  expect([again.page.status, again.back]).toEqual([400, undefined]);
  expect(pool.users.list()).toEqual([]);
});
