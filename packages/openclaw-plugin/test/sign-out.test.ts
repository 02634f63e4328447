import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signOutRoute } from '../src/sign-out/route.ts';
import { SignedOut } from '../src/sign-out/signed-out.ts';

const ended: (string | undefined)[] = [];
const signedOut = new SignedOut(undefined, () => {});
signedOut.onEnd((login) => void ended.push(login));

const origins = ['https://claw.example.com', 'https://chat.example.com'];
const route = signOutRoute(
  {
    endpoint: 'https://prefix.auth.eu-central-1.amazoncognito.com/logout',
    clientId: 'client/1',
    origins,
  },
  signedOut,
);

let server: Server;

beforeAll(async () => {
  server = createServer((asked, answer) => void route.handler(asked, answer));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterAll(() => server.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function ask(method: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: route.path, method, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

beforeEach(() => void ended.splice(0));

/** As the load balancer sends it along. */
const withLogin = (login: string) => ({
  'x-amzn-oidc-accesstoken': `${btoa('{"alg":"RS256"}')}.${btoa(JSON.stringify({ origin_jti: login }))}.x`,
});

const visit = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

test('only who is signed in gets there', () => {
  expect(route).toMatchObject({ path: '/clawharbor/logout', match: 'exact', auth: 'gateway' });
});

describe('who means it', () => {
  test.each([
    ['a link of the pod', 'GET', { ...visit, 'sec-fetch-site': 'same-origin' }],
    ['the address bar', 'GET', { ...visit, 'sec-fetch-site': 'none' }],
    ['the form of the pod', 'POST', { origin: origins[1]! }],
  ])('%s ends both sessions', async (_, method, headers) => {
    const { status, headers: answered } = await ask(method, {
      ...headers,
      ...withLogin('one'),
      host: 'chat.example.com',
    });
    expect(status).toBe(303);
    expect(signedOut.has(withLogin('one'))).toBe(true);
    const set = answered['set-cookie'] ?? [];
    expect(set.map((cookie) => cookie.split('=')[0])).toStrictEqual(
      [0, 1, 2, 3].map((shard) => `AWSELBAuthSessionCookie-${shard}`),
    );
    for (const cookie of set) {
      expect(cookie).toMatch(/=; Max-Age=-1; Path=\/; Secure; HttpOnly; SameSite=None$/);
      expect(cookie).not.toMatch(/domain/i);
    }
    expect(answered).toMatchObject({
      'cache-control': 'no-store',
      location:
        'https://prefix.auth.eu-central-1.amazoncognito.com/logout?client_id=client%2F1&logout_uri=https%3A%2F%2Fchat.example.com%2F',
    });
  });

  test.each([
    ['CLAW.example.com', 0],
    ['chat.example.com', 1],
    ['chat.example.com:443', 0],
    ['evil.example.com', 0],
  ])('who came to %s comes back to a name of the pod', async (host, expected) => {
    const { headers } = await ask('GET', { ...visit, 'sec-fetch-site': 'none', host });
    const back = new URL(headers.location!).searchParams.get('logout_uri');
    expect(back).toBe(`${origins[expected]}/`);
  });
});

describe('who does not', () => {
  test.each<[string, Record<string, string>]>([
    ['a link of another site', { ...visit, 'sec-fetch-site': 'cross-site' }],
    ['a link of another subdomain', { ...visit, 'sec-fetch-site': 'same-site' }],
    [
      'an image, also in a chat',
      { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    ],
    ['a script', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    [
      'a frame',
      { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    ['a browser that does not say', {}],
  ])('%s gets a question, and nothing ends', async (_, headers) => {
    const answer = await ask('GET', { ...headers, ...withLogin('two') });
    expect(answer.status).toBe(200);
    expect(ended).toStrictEqual([]);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(answer.body).toContain('<form method="post">');
  });

  test.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example.com' }],
    ['a frame without an origin', { origin: 'null' }],
    ['nobody knows where', {}],
    ['the pod by its plain HTTP', { origin: 'http://claw.example.com' }],
  ])('the form of %s is refused', async (_, headers) => {
    const answer = await ask('POST', { ...headers, ...withLogin('two') });
    expect(answer.status).toBe(403);
    expect(ended).toStrictEqual([]);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.body).toContain('SIGN_OUT_FOREIGN');
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is no way to sign out', async (method) => {
    const answer = await ask(method, { ...visit, 'sec-fetch-site': 'same-origin', origin: origins[0]! });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect(answer.body).toContain('SIGN_OUT_METHOD');
  });
});
