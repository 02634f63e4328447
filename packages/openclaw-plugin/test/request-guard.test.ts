import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Assertions } from '../src/assertion/assertions.ts';
import { RequestGuard } from '../src/assertion/request-guard.ts';
import { SignedOut } from '../src/sign-out/signed-out.ts';

const loadBalancer =
  'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/pod/0123456789abcdef';
const issuer = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Pool';
const clientId = 'client';
const ada = '0f7c3b1e-0000-4000-8000-000000000001';
const bob = '0f7c3b1e-0000-4000-8000-000000000002';

let keys: Map<string, string>;
let keyServer: Server;
let keyServerIsDown: boolean;
let keysAsked: number;
let gateway: Server;
let guard: RequestGuard;
let assertions: Assertions;
let told: string[];
let signedOut: SignedOut;
let file: string;
let kid: string;
let privateKey: KeyObject;

function newKey(): { kid: string; privateKey: KeyObject } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomUUID();
  keys.set(id, pair.publicKey.export({ format: 'pem', type: 'spki' }).toString());
  return { kid: id, privateKey: pair.privateKey };
}

beforeEach(async () => {
  keys = new Map();
  keysAsked = 0;
  keyServerIsDown = false;
  told = [];
  ({ kid, privateKey } = newKey());
  keyServer = createServer(({ url = '' }, response) => {
    keysAsked++;
    const key = keyServerIsDown ? undefined : keys.get(url.slice(1));
    response.writeHead(key === undefined ? 503 : 200).end(key);
  });
  // As a gateway: who comes without an identity is nobody.
  gateway = createServer(({ headers }, response) => {
    response.end(String(headers['x-amzn-oidc-identity'] ?? 'nobody'));
  });
  gateway.on('upgrade', ({ headers, headersDistinct }, socket) => {
    const seen = headers['x-amzn-oidc-identity'] ?? 'nobody';
    expect(headersDistinct['x-amzn-oidc-identity']?.join() ?? 'nobody').toBe(seen);
    socket.end(`HTTP/1.1 101 Switching Protocols\r\nwho: ${String(seen)}\r\n\r\n`);
  });
  for (const server of [keyServer, gateway]) {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  }
  const tell = (message: string): void => void told.push(message);
  assertions = new Assertions(
    { loadBalancer, issuer, clientId, keys: `http://127.0.0.1:${portOf(keyServer)}` },
    tell,
  );
  file = join(await mkdtemp(join(tmpdir(), 'clawharbor-signed-out-')), 'state/signed-out.json');
  signedOut = new SignedOut(file, tell);
  guard = new RequestGuard(assertions, tell);
  guard.start();
});

afterEach(async () => {
  guard.stop();
  await rm(dirname(dirname(file)), { recursive: true, force: true });
  for (const server of [keyServer, gateway]) {
    server.close();
    server.closeAllConnections();
  }
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

interface Claims {
  header?: object;
  payload?: object;
  key?: KeyObject;
}

/** As the load balancer makes it: base64url with padding. */
function assertion({ header = {}, payload = {}, key = privateKey }: Claims = {}): string {
  const encode = (data: string | Buffer): string =>
    Buffer.from(data).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  const exp = Math.floor(Date.now() / 1000) + 120;
  const head = {
    typ: 'JWT',
    kid,
    alg: 'ES256',
    iss: issuer,
    client: clientId,
    signer: loadBalancer,
    exp,
    ...header,
  };
  const body = { sub: ada, email: 'ada@example.com', exp, iss: issuer, ...payload };
  const signed = `${encode(JSON.stringify(head))}.${encode(JSON.stringify(body))}`;
  return `${signed}.${encode(sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

const claiming = (identity: string, data?: string): Record<string, string | string[]> => ({
  'x-amzn-oidc-identity': identity,
  ...(data === undefined ? {} : { 'x-amzn-oidc-data': data }),
});

/** Who the gateway takes a request to be from. */
function asks(headers: Record<string, string | string[]>): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: portOf(gateway), headers, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve(body));
    })
      .on('error', reject)
      .end();
  });
}

/** The same of a WebSocket, the first thing on its connection. */
function upgrades(headers: Record<string, string | string[]>): Promise<string> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return new Promise((resolve, reject) => {
    let said = '';
    connect(portOf(gateway), '127.0.0.1')
      .on('data', (chunk) => (said += chunk.toString()))
      .on('end', () => resolve(/who: (.*)\r/.exec(said)?.[1] ?? said))
      .on('error', reject)
      .write(
        `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines.join('')}\r\n`,
      );
  });
}

/** Whoever comes first brings the key along, and is nobody until it is here. */
async function keyIsHere(): Promise<void> {
  await asks(claiming(ada, assertion()));
  await assertions.settled();
}

test('who is signed by our load balancer is who they say, over HTTP and over WebSocket', async () => {
  await keyIsHere();
  expect(await asks(claiming(ada, assertion()))).toBe(ada);
  expect(await upgrades(claiming(ada, assertion()))).toBe(ada);
  expect(keysAsked).toBe(1);
});

test('the first thing on the first connection is judged, also when it is a WebSocket', async () => {
  expect(guard.isOn).toBe(false);
  expect(await upgrades(claiming(ada, assertion({ payload: { sub: bob } })))).toBe('nobody');
  expect(guard.isOn).toBe(true);
});

test('who says nothing of anybody is left alone', async () => {
  expect(await asks({})).toBe('nobody');
  expect(await upgrades({})).toBe('nobody');
  expect(told).toStrictEqual([]);
});

describe('nobody is whoever comes', () => {
  const day = 24 * 60 * 60;
  const now = Math.floor(Date.now() / 1000);
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const other = `${loadBalancer}0`;
  test.each<[string, () => Record<string, string | string[]>]>([
    ['without an assertion', () => claiming(ada)],
    ['with an empty one', () => claiming(ada, '')],
    ['with none that is one', () => claiming(ada, 'e30.e30.x')],
    ['with that of somebody else', () => claiming(bob, assertion())],
    ['with two identities', () => claiming([ada, bob] as never, assertion())],
    ['with two assertions', () => ({ ...claiming(ada), 'x-amzn-oidc-data': [assertion(), assertion()] })],
    ['signed with another key under ours', () => claiming(ada, assertion({ key: foreign }))],
    ['signed by another load balancer', () => claiming(ada, assertion({ header: { signer: other } }))],
    ['signed by no load balancer', () => claiming(ada, assertion({ header: { signer: undefined } }))],
    ['for another client', () => claiming(ada, assertion({ header: { client: 'other' } }))],
    ['of another user pool', () => claiming(ada, assertion({ payload: { iss: `${issuer}x` } }))],
    ['too late', () => claiming(ada, assertion({ payload: { exp: now - 1 } }))],
    ['without an end', () => claiming(ada, assertion({ payload: { exp: undefined } }))],
    ['with one that is not yet', () => claiming(ada, assertion({ payload: { nbf: now + day } }))],
    ['unsigned', () => claiming(ada, assertion({ header: { alg: 'none' } }))],
    ['with a symmetric signature', () => claiming(ada, assertion({ header: { alg: 'HS256' } }))],
    ['with a key id that leads elsewhere', () => claiming(ada, assertion({ header: { kid: '../../x' } }))],
    ['without a key id', () => claiming(ada, assertion({ header: { kid: undefined } }))],
    [
      'with another text under the signature',
      () => {
        const [head, , signature] = assertion().split('.');
        const [, body] = assertion({ payload: { sub: bob } }).split('.');
        return claiming(bob, [head, body, signature].join('.'));
      },
    ],
  ])('%s', async (_, headersOf) => {
    await keyIsHere();
    expect(await asks(headersOf())).toBe('nobody');
    expect(await upgrades(headersOf())).toBe('nobody');
    expect(told.some((line) => line.startsWith('ASSERTION_REFUSED'))).toBe(true);
    expect(told.join()).not.toContain(assertion().split('.')[1]);
    // And nobody else is any the worse for it.
    expect(await asks(claiming(ada, assertion()))).toBe(ada);
  });
});

describe('a key server that is down', () => {
  test('lets nobody new in, is not asked by every request, and those whose key is here go on', async () => {
    await keyIsHere();
    keyServerIsDown = true;
    const unknown = newKey();
    const signedAnew = () => assertion({ header: { kid: unknown.kid }, key: unknown.privateKey });
    for (let n = 0; n < 20; n++) expect(await asks(claiming(ada, signedAnew()))).toBe('nobody');
    await assertions.settled();
    expect(keysAsked).toBeLessThan(5);
    expect(told.some((line) => line.startsWith('ASSERTION_KEY_MISSING'))).toBe(true);
    expect(await asks(claiming(ada, assertion()))).toBe(ada);

    keyServerIsDown = false;
    await expect.poll(() => asks(claiming(ada, signedAnew())), { timeout: 10_000 }).toBe(ada);
  });
});

describe('a login that was signed out of', () => {
  const token = (login: string): string =>
    [{ alg: 'RS256' }, { sub: ada, origin_jti: login }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .concat('signature')
      .join('.');
  const by = (login: string) => ({ ...claiming(ada, assertion()), 'x-amzn-oidc-accesstoken': token(login) });

  beforeEach(() => {
    guard.stop();
    guard = new RequestGuard(assertions, (message) => void told.push(message), signedOut);
    guard.start();
  });

  test('is nobody’s from then on, whoever has its cookie; another login of the same person stays', async () => {
    await keyIsHere();
    expect([await asks(by('one')), await upgrades(by('one'))]).toStrictEqual([ada, ada]);
    signedOut.add(by('one'));
    expect([await asks(by('one')), await upgrades(by('one'))]).toStrictEqual(['nobody', 'nobody']);
    expect([await asks(by('two')), await upgrades(by('two'))]).toStrictEqual([ada, ada]);
    expect(told.join()).toContain('its login was signed out of');
  });

  test('loses the WebSockets that it has open, and nobody else does', async () => {
    await keyIsHere();
    gateway.removeAllListeners('upgrade');
    gateway.on('upgrade', (_, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
    // The guard comes first, whoever came before.
    guard.stop();
    guard.start();
    const open = async (login: string) => {
      const lines = Object.entries<string | string[]>(by(login)).map(
        ([name, value]) => `${name}: ${String(value)}\r\n`,
      );
      const socket = connect(portOf(gateway), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines.join('')}\r\n`,
      );
      await once(socket, 'data');
      return socket;
    };
    const [one, two] = [await open('one'), await open('two')];
    const closed = once(one, 'close');
    signedOut.add(by('one'));
    await closed;
    expect(two.destroyed).toBe(false);
    two.destroy();
  });

  test.each<[string, string | undefined]>([
    ['no token', undefined],
    ['a token that is none', 'x'],
    ['a token without a login', token('')],
  ])('is not told from others by %s: that is for the load balancer to end', async (_, accessToken) => {
    await keyIsHere();
    const headers = {
      ...claiming(ada, assertion()),
      ...(accessToken === undefined ? {} : { 'x-amzn-oidc-accesstoken': accessToken }),
    };
    signedOut.add(headers);
    expect(await asks(headers)).toBe(ada);
  });

  test('is remembered beyond a restart of the gateway, and no longer than a login can last', async () => {
    signedOut.add(by('one'));
    await signedOut.settled();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const restarted = new SignedOut(file, () => {});
    expect(restarted.has(by('one'))).toBe(false);
    restarted.start();
    expect(restarted.has(by('one'))).toBe(true);
    await writeFile(file, JSON.stringify({ one: Date.now() - 1 }));
    const later = new SignedOut(file, () => {});
    later.start();
    expect(later.has(by('one'))).toBe(false);
  });

  test.each(['', '{"one":', '[]', '{"one":"x"}'])('is not known from a file that says %j', async (text) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    const restarted = new SignedOut(file, () => {});
    restarted.start();
    expect(restarted.has(by('one'))).toBe(false);
  });

  test('counts also where it cannot be written, and the log says so', async () => {
    await writeFile(dirname(file), '');
    signedOut.add(by('one'));
    await signedOut.settled();
    expect(signedOut.has(by('one'))).toBe(true);
    expect(told.join()).toContain('SIGN_OUT_NOT_KEPT');
  });
});

test('the guard is gone when it was stopped', async () => {
  await keyIsHere();
  guard.stop();
  expect(await asks(claiming(bob, assertion()))).toBe(bob);
  expect(await upgrades(claiming(bob, assertion()))).toBe(bob);
});
