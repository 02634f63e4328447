import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { importSPKI, jwtVerify } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { type AccessRecord, startLoadBalancer } from '../../src/alb/index.ts';
import { startUserPool } from '../../src/cognito/index.ts';
import { trustingFetch } from '../../src/tls/index.ts';
import type { Browser } from '../stand-ins/browser.ts';
import {
  authenticate,
  clientId,
  forward,
  freePort,
  hostRule,
  loadBalancerArn,
  password,
  type Pod,
  signedIn,
  startPod,
  targetGroup,
  targetGroupArn,
  userPoolClient,
} from '../stand-ins/pod.ts';
import { parseEcho, parseHeaders } from '../stand-ins/wire.ts';

afterEach(() => {
  vi.useRealTimers();
});

const sessionCookie = 'AWSELBAuthSessionCookie-0';
const minute = 60_000;

function changeCookie(browser: Browser, name: string, change: (value: string) => string): void {
  browser.cookies = browser.cookies.map((cookie) =>
    cookie.name === name ? { ...cookie, value: change(cookie.value) } : cookie,
  );
}

/** Time passes for everybody, but timers and sockets go on as they are. */
function passTime(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
}

test('Who signs in reaches the page first asked for, with an identity that the load balancer signed', async () => {
  await using pod = await startPod();
  const { browser } = pod;
  const signIn = await browser.open(`${pod.url}/chat?session=main`);
  expect(signIn.url).toContain(`${pod.pool.domainUrl}/login?`);
  expect(signIn.text).toContain('<title>Sign in</title>');

  const refused = await browser.signIn(signIn, 'alice', 'wrong');
  expect(refused.text).toContain('Incorrect username or password.');
  expect(pod.upstream.requests).toHaveLength(0);

  const landed = await browser.signIn(refused, 'alice', password);
  expect(landed.url).toBe(`${pod.url}/chat?session=main`);
  expect(landed.status).toBe(200);
  const { url, headers } = parseEcho(landed.text);
  const [alice] = pod.pool.users.list();
  expect(url).toBe('/chat?session=main');
  expect(headers['host']).toBe(new URL(pod.url).host);
  expect(headers['x-amzn-oidc-identity']).toBe(alice?.sub);
  expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(headers['x-forwarded-proto']).toBe('https');
  expect(headers['x-forwarded-port']).toBe(new URL(pod.url).port);
  expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[\da-f]{8}-[\da-f]{24}$/);

  const data = headers['x-amzn-oidc-data'] ?? '';
  const { kid } = parseHeaders(Buffer.from(data.split('.')[0] ?? '', 'base64url').toString());
  const keys = trustingFetch(pod.certificate.cert);
  const key = await keys(`${pod.loadBalancer.publicKeysUrl}/${String(kid)}`);
  const { payload, protectedHeader } = await jwtVerify(data, await importSPKI(await key.text(), 'ES256'));
  expect(protectedHeader).toMatchObject({
    alg: 'ES256',
    signer: loadBalancerArn,
    client: clientId,
    iss: pod.pool.issuer,
    exp: expect.any(Number),
  });
  expect(payload).toMatchObject({ sub: alice?.sub, email: 'alice@example.com', username: 'alice' });
  // Padded, which JWTs are not.
  expect(data.split('.').every((part) => part.length % 4 === 0)).toBe(true);
  expect((await keys(`${pod.loadBalancer.publicKeysUrl}/another-key`)).status).toBe(404);
});

test('The session cookie is secure, out of reach of scripts, and kept for seven days', async () => {
  await using pod = await startPod();
  const set: string[] = [];
  const { browser } = pod;
  const page = await browser.open(`${pod.url}/`);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const form = new URLSearchParams({ _csrf: csrf, username: 'alice', password });
  let answer = await browser.request(page.url, { method: 'POST', body: form });
  while (answer.status >= 300 && answer.status < 400) {
    set.push(...answer.headers.getSetCookie().filter((cookie) => cookie.startsWith(sessionCookie)));
    answer = await browser.request(new URL(answer.headers.get('location') ?? '', answer.url).href);
  }
  expect(set).toHaveLength(1);
  const [cookie = ''] = set;
  expect(cookie).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=None$/);
  const expires = Date.parse(/Expires=([^;]+)/.exec(cookie)?.[1] ?? '');
  expect(expires - Date.now()).toBeGreaterThan(6.9 * 24 * 60 * minute);
  expect(cookie).not.toContain('alice');
});

describe('A client without a valid session', () => {
  test('is sent to the identity provider for every path and method, and never reaches the target', async () => {
    await using pod = await startPod();
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/readyz'],
      ['POST', '/tools/invoke'],
      ['OPTIONS', '/v1/x?a=b'],
    ]) {
      const answer = await pod.newBrowser().request(`${pod.url}${path}`, { method: method ?? 'GET' });
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toContain(pod.pool.authorizationEndpoint);
      expect(answer.text).toBe('');
    }
    expect(pod.upstream.requests).toHaveLength(0);
  });

  test('cannot make one up', async () => {
    await using pod = await startPod();
    await using other = await startPod();
    const own = await signedIn(pod);
    const foreign = await signedIn(other);
    const [genuine] = own.cookies.filter(({ name }) => name === sessionCookie).map(({ value }) => value);
    const [elsewhere] = foreign.cookies
      .filter(({ name }) => name === sessionCookie)
      .map(({ value }) => value);
    const seen = pod.upstream.requests.length;
    for (const forged of [
      'x',
      '',
      'eyJhbGciOiJub25lIn0.e30.',
      `${genuine?.slice(0, -2)}AA`,
      genuine?.replace('.', '.A') ?? '',
      elsewhere ?? '',
    ]) {
      const answer = await pod.newBrowser().request(`${pod.url}/`, {
        headers: { cookie: `${sessionCookie}=${forged}`, 'x-amzn-oidc-identity': 'mallory' },
      });
      expect({ forged, status: answer.status }).toEqual({ forged, status: 302 });
    }
    expect(pod.upstream.requests).toHaveLength(seen);
    expect((await own.request(`${pod.url}/`)).status).toBe(200);
  });

  test('cannot pass the state of its login off as a session', async () => {
    await using pod = await startPod();
    const begun = await pod.browser.request(`${pod.url}/`);
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const answer = await pod.browser.request(`${pod.url}/`, {
      headers: { cookie: `${sessionCookie}=${state}` },
    });
    expect(answer.status).toBe(302);
  });
});

test('What a client says of its own identity never reaches the target', async () => {
  await using pod = await startPod();
  await signedIn(pod);
  const forged = {
    'x-amzn-oidc-identity': 'mallory',
    'X-Amzn-Oidc-Data': 'a.b.c',
    'x-amzn-oidc-accesstoken': 'mine',
    'x-amzn-oidc-other': 'mine',
    // Headers named here belong to the connection; the identity must not be among them.
    connection: 'x-amzn-oidc-identity, x-forwarded-for, keep-alive',
    'x-forwarded-for': '10.0.0.1',
  };
  const { text } = await pod.browser.request(`${pod.url}/`, { headers: forged });
  const { headers } = parseEcho(text);
  const [alice] = pod.pool.users.list();
  expect(headers['x-amzn-oidc-identity']).toBe(alice?.sub);
  expect(headers['x-amzn-oidc-data']).toMatch(/^ey/);
  expect(headers['x-amzn-oidc-other']).toBeUndefined();
  expect(headers['x-forwarded-for']).toMatch(/(^|, )127\.0\.0\.1$/);
});

test('A rule that forwards without an authenticate action lets through whatever a client says of itself', async () => {
  await using pod = await startPod({ rules: [hostRule(1, [forward])] });
  const { text } = await pod.browser.request(`${pod.url}/`, {
    headers: { 'x-amzn-oidc-identity': 'mallory' },
  });
  expect(parseEcho(text).headers['x-amzn-oidc-identity']).toBe('mallory');
});

test('Two people in two browsers are two identities', async () => {
  await using pod = await startPod();
  const alice = await signedIn(pod, pod.newBrowser(), 'alice');
  const bob = await signedIn(pod, pod.newBrowser(), 'bob');
  const identity = async (browser: Browser) =>
    parseEcho((await browser.request(`${pod.url}/`)).text).headers['x-amzn-oidc-identity'];
  const [first, second] = pod.pool.users.list();
  expect([await identity(alice), await identity(bob)]).toEqual([first?.sub, second?.sub]);
});

describe('A session', () => {
  test('ends with the session timeout, and the identity provider decides what then', async () => {
    await using pod = await startPod({
      rules: [hostRule(1, [authenticate({ SessionTimeout: 600 }), forward])],
    });
    await signedIn(pod);
    passTime(9 * minute);
    expect((await pod.browser.request(`${pod.url}/`)).status).toBe(200);
    passTime(2 * minute);
    expect((await pod.browser.request(`${pod.url}/`)).status).toBe(302);
    // The session of the sign-in page is younger than an hour: no password is asked for.
    expect((await pod.browser.open(`${pod.url}/again`)).url).toBe(`${pod.url}/again`);
  });

  test('is renewed when the access token expires, with what the user pool then says', async () => {
    await using pod = await startPod();
    await signedIn(pod);
    const cookie = () => pod.browser.cookieHeader(pod.url);
    const before = cookie();
    passTime(61 * minute);
    expect((await pod.browser.request(`${pod.url}/`)).status).toBe(200);
    expect(cookie()).not.toBe(before);
  });

  test('ends when its access token expired and its user is gone', async () => {
    await using pod = await startPod();
    await signedIn(pod);
    await pod.pool.users.remove('alice');
    expect((await pod.browser.request(`${pod.url}/`)).status).toBe(200);
    passTime(61 * minute);
    expect((await pod.browser.request(`${pod.url}/`)).status).toBe(302);
  });
});

describe('A login', () => {
  const callback = async (pod: Pod, browser: Browser) => {
    const begun = await browser.request(`${pod.url}/`);
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    return { state, url: `${pod.url}/oauth2/idpresponse?code=x&state=${state}` };
  };

  test('must be finished within fifteen minutes', async () => {
    await using pod = await startPod();
    const page = await pod.browser.open(`${pod.url}/`);
    passTime(16 * minute);
    expect((await pod.browser.signIn(page, 'alice', password)).status).toBe(401);
  });

  test('can only be finished by the browser that began it', async () => {
    await using pod = await startPod();
    const { url } = await callback(pod, pod.browser);
    const stranger = pod.newBrowser();
    expect((await stranger.request(url)).status).toBe(401);
    await stranger.request(`${pod.url}/`);
    expect((await stranger.request(url)).status).toBe(401);
  });

  test('goes on in two tabs of a browser', async () => {
    await using pod = await startPod();
    const one = await pod.browser.open(`${pod.url}/one`);
    await pod.browser.open(`${pod.url}/two`);
    const corrected = await pod.browser.signIn(one, 'alice', password);
    expect(corrected.text).toContain('Please try again');
    expect((await pod.browser.signIn(corrected, 'alice', password)).url).toBe(`${pod.url}/two`);
    expect((await pod.browser.open(`${pod.url}/one`)).status).toBe(200);
  });

  test('that the identity provider ends with an error is told so', async () => {
    await using pod = await startPod();
    const reasons: (string | undefined)[] = [];
    pod.loadBalancer.on('access', ({ errorReason }: AccessRecord) => reasons.push(errorReason));
    const { state, url } = await callback(pod, pod.browser);
    const at = (query: string) => pod.browser.request(`${pod.url}/oauth2/idpresponse?${query}`);
    expect((await at(`error=access_denied&state=${state}`)).status).toBe(401);
    expect((await at(`error=server_error&state=${state}`)).status).toBe(561);
    expect((await at(`state=${state}`)).status).toBe(401);
    expect((await at('code=x')).status).toBe(401);
    expect((await at('code=x&state=forged')).status).toBe(401);
    expect((await pod.browser.request(url)).status).toBe(561);
    expect(reasons.slice(3)).toEqual([
      'AuthMissingCodeParam',
      'AuthMissingStateParam',
      'AuthInvalidStateParam',
      'AuthInvalidGrantError',
    ]);
    expect(pod.upstream.requests).toHaveLength(0);
  });

  test('fails with 500 when the token endpoint cannot be reached', async () => {
    await using pod = await startPod();
    const { url } = await callback(pod, pod.browser);
    await pod.pool.close();
    expect((await pod.browser.request(url)).status).toBe(500);
  });

  test('without the openid scope has no ID token and fails', async () => {
    const scope = 'aws.cognito.signin.user.admin';
    await using pod = await startPod({
      client: { AllowedOAuthScopes: [scope] },
      rules: [hostRule(1, [authenticate({ Scope: scope }), forward])],
    });
    const page = await pod.browser.open(`${pod.url}/`);
    expect((await pod.browser.signIn(page, 'alice', password)).status).toBe(401);
  });

  test('whose answer is read twice works once', async () => {
    await using pod = await startPod();
    const page = await pod.browser.open(`${pod.url}/`);
    const seen: string[] = [];
    pod.loadBalancer.on('access', ({ path, status }) => seen.push(`${path} ${status}`));
    await pod.browser.signIn(page, 'alice', password);
    expect(seen).toEqual(['/oauth2/idpresponse 302', '/ 200']);
  });
});

describe('OnUnauthenticatedRequest', () => {
  test('deny answers 401 to strangers and sends who was signed in to sign in again', async () => {
    const config = { OnUnauthenticatedRequest: 'deny', SessionTimeout: 60 };
    const atLogin = { Field: 'path-pattern', PathPatternConfig: { Values: ['/login'] } };
    await using pod = await startPod({
      rules: [
        hostRule(1, [authenticate({ SessionTimeout: 60 }), forward], [atLogin]),
        hostRule(2, [authenticate(config), forward]),
      ],
    });
    expect((await pod.browser.request(`${pod.url}/api`)).status).toBe(401);
    const forged = { headers: { cookie: `${sessionCookie}=forged` } };
    expect((await pod.newBrowser().request(`${pod.url}/api`, forged)).status).toBe(401);
    await pod.browser.signIn(await pod.browser.open(`${pod.url}/login`), 'alice', password);
    expect((await pod.browser.request(`${pod.url}/api`)).status).toBe(200);
    passTime(2 * minute);
    expect((await pod.browser.request(`${pod.url}/api`)).status).toBe(302);
  });

  test('allow forwards strangers without an identity, whatever they claim', async () => {
    await using pod = await startPod({
      rules: [hostRule(1, [authenticate({ OnUnauthenticatedRequest: 'allow' }), forward])],
    });
    const { status, text } = await pod.browser.request(`${pod.url}/`, {
      headers: { 'x-amzn-oidc-identity': 'mallory', cookie: `theme=dark; ${sessionCookie}=forged` },
    });
    expect(status).toBe(200);
    const { headers } = parseEcho(text);
    expect(Object.keys(headers).filter((name) => name.startsWith('x-amzn-oidc'))).toEqual([]);
    expect(headers['cookie']).toBe('theme=dark');
  });
});

test('A session cookie with another name is another session', async () => {
  const nameOf = (name: string) => authenticate({ SessionCookieName: name });
  const atAdmin = { Field: 'path-pattern', PathPatternConfig: { Values: ['/admin*'] } };
  await using pod = await startPod({
    rules: [hostRule(1, [nameOf('Admin'), forward], [atAdmin]), hostRule(2, [nameOf('Everybody'), forward])],
  });
  await signedIn(pod);
  expect(pod.browser.cookies.map(({ name }) => name)).toContain('Everybody-0');
  expect((await pod.browser.request(`${pod.url}/admin`)).status).toBe(302);
});

test('A session too large for one cookie is spread over several and read back', async () => {
  await using pod = await startPod();
  await pod.pool.users.setGroups(
    'alice',
    Array.from({ length: 140 }, (_, index) => `group-with-a-long-name-${index}`),
  );
  await signedIn(pod);
  const shards = pod.browser.cookies.map(({ name }) => name).filter((name) => name.startsWith('AWSELB'));
  expect(shards).toEqual([
    'AWSELBAuthSessionCookie-0',
    'AWSELBAuthSessionCookie-1',
    'AWSELBAuthSessionCookie-2',
  ]);
  expect((await pod.browser.request(`${pod.url}/`)).status).toBe(200);
  changeCookie(pod.browser, 'AWSELBAuthSessionCookie-1', (value) => value.slice(1));
  expect((await pod.browser.request(`${pod.url}/`)).status).toBe(302);
});

test('Claims and access token over 11 KB end the login with 500', async () => {
  await using pod = await startPod();
  await pod.pool.users.setGroups(
    'alice',
    Array.from({ length: 500 }, (_, index) => `group-with-a-long-name-${index}`),
  );
  const page = await pod.browser.open(`${pod.url}/`);
  expect((await pod.browser.signIn(page, 'alice', password)).status).toBe(500);
});

test('A person signs out as AWS describes it: the application expires the cookies and sends the browser to Cognito', async () => {
  const signedOut = {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain', MessageBody: 'bye' },
  };
  const atSignedOut = { Field: 'path-pattern', PathPatternConfig: { Values: ['/signed-out'] } };
  await using pod = await startPod({
    rules: [hostRule(1, [signedOut], [atSignedOut]), hostRule(2, [authenticate(), forward])],
  });
  await signedIn(pod);
  pod.upstream.handler = (_request, response) => {
    const expired = [0, 1, 2, 3].map(
      (shard) => `AWSELBAuthSessionCookie-${shard}=; Path=/; Expires=${new Date(0).toUTCString()}`,
    );
    const query = new URLSearchParams({ client_id: clientId, logout_uri: `${pod.url}/signed-out` });
    response
      .writeHead(302, { 'set-cookie': expired, location: `${pod.pool.domainUrl}/logout?${query.toString()}` })
      .end();
  };
  const landed = await pod.browser.open(`${pod.url}/logout`);
  expect(landed).toMatchObject({ url: `${pod.url}/signed-out`, text: 'bye' });
  expect((await pod.browser.open(`${pod.url}/`)).text).toContain('<title>Sign in</title>');
});

test('authenticate-oidc signs in with any provider', async () => {
  await using pod = await startPod();
  const port = await freePort();
  const provider = await startUserPool({
    userPoolId: 'eu-west-1_other',
    domain: 'other',
    clients: { app: { ...userPoolClient, CallbackURLs: [`https://localhost:${port}/oauth2/idpresponse`] } },
    dir: await mkdtemp(join(tmpdir(), 'stand-ins-')),
    certificate: pod.certificate,
  });
  await provider.addUser({ username: 'carol', email: 'carol@example.com', password });
  const AuthenticateOidcConfig = {
    AuthorizationEndpoint: provider.authorizationEndpoint,
    ClientId: 'app',
    ClientSecret: provider.clientSecret('app'),
    Issuer: provider.issuer,
    TokenEndpoint: provider.tokenEndpoint,
    UserInfoEndpoint: provider.userInfoEndpoint,
  };
  const DefaultActions = [{ Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig }, forward];
  const loadBalancer = await startLoadBalancer({
    listeners: [{ port, properties: { Port: 443, Protocol: 'HTTPS', DefaultActions } }],
    targetGroups: { [targetGroupArn]: targetGroup },
    certificate: pod.certificate,
    trustedCertificate: pod.certificate.cert,
  });
  const { host, port: targetPort } = pod.upstream;
  loadBalancer.registerTarget(targetGroupArn, { id: 'i-1', host, port: targetPort });
  await vi.waitUntil(() => loadBalancer.targetHealth(targetGroupArn)[0]?.state === 'healthy');
  const browser = pod.newBrowser();
  const landed = await browser.signIn(await browser.open(`https://localhost:${port}/`), 'carol', password);
  const { headers } = parseEcho(landed.text);
  expect(headers['x-amzn-oidc-identity']).toBe(provider.users.list()[0]?.sub);
  await loadBalancer.close();
  await provider.close();
});
