import { createHash } from 'node:crypto';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Assertions } from '../src/assertion/assertions.ts';
import { RequestGuard } from '../src/assertion/request-guard.ts';
import type { HttpRoute } from '../src/openclaw-api.ts';
import { pluginConfigSchema, signInPath, unsigned } from '../src/plugin-config.ts';
import plugin from '../src/plugin.ts';
import { signInRoute } from '../src/sign-in/route.ts';

// The gateway here is a stand-in that judges as `authorizeTrustedProxy` of OpenClaw 2026.9.6 does, in its order and words; the real
// one, with and without AF_NETLINK, was asked by hand: docs/decisions/0036.
const config = {
  address: '10.0.16.1',
  headers: {
    origin: 'https://claw.example.com',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-amzn-oidc-data': 'present',
    'x-amzn-oidc-identity': 'clawharbor-attempt',
  },
};

/** What the gateway sees of its own machine: nothing, without AF_NETLINK. */
let interfaces: readonly string[] | undefined;
let isMute: boolean;
let seen: IncomingMessage | undefined;
let gateway: Server;
let guard: RequestGuard;
let told: string[];

beforeEach(async () => {
  interfaces = ['127.0.0.1', '10.0.32.5'];
  isMute = false;
  seen = undefined;
  told = [];
  const tell = (message: string): void => void told.push(message);
  const loadBalancer =
    'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/pod/0123456789abcdef';
  const issuer = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Pool';
  guard = new RequestGuard(new Assertions({ loadBalancer, issuer, clientId: 'client' }, tell), tell);
  guard.start();
  const route = signInRoute(config);
  gateway = createServer((request, response) => {
    if (request.url === signInPath) void route.handler(request, response);
    else response.end(String(request.headers['x-amzn-oidc-identity'] ?? 'nobody'));
  });
  gateway.on('upgrade', onUpgrade);
  await new Promise<void>((listening) => gateway.listen(0, '127.0.0.1', listening));
});

afterEach(() => {
  guard.stop();
  gateway.close();
  gateway.closeAllConnections();
});

function judged({ headers, socket }: IncomingMessage): string {
  const from = socket.remoteAddress ?? '';
  if (!from.startsWith('10.0.16.')) return 'trusted_proxy_untrusted_source';
  if (interfaces === undefined) return 'trusted_proxy_local_interface_check_failed';
  if (interfaces.includes(from)) return 'trusted_proxy_local_interface_source';
  if (!headers['x-amzn-oidc-data']) return 'trusted_proxy_missing_header_x-amzn-oidc-data';
  return headers['x-amzn-oidc-identity'] ? '' : 'trusted_proxy_user_missing';
}

/** RFC 6455, as much as one question and one answer need. */
function onUpgrade(request: IncomingMessage, socket: Duplex): void {
  seen = request;
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const send = (value: object): void => {
    const text = Buffer.from(JSON.stringify(value));
    socket.write(Buffer.concat([Buffer.from([0x81, 126, text.length >> 8, text.length & 255]), text]));
  };
  send({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n' } });
  socket.on('error', () => {});
  socket.once('data', (frame: Buffer) => {
    const isLong = (frame[1]! & 0x7f) === 126;
    const at = isLong ? 4 : 2;
    const mask = frame.subarray(at, at + 4);
    const text = Buffer.from(frame.subarray(at + 4)).map((byte, index) => byte ^ mask[index % 4]!);
    const { id, method } = JSON.parse(Buffer.from(text).toString('utf8')) as { id: string; method: string };
    if (isMute || method !== 'connect') return;
    const authReason = judged(request);
    if (authReason === '') send({ type: 'res', id, ok: true, payload: { type: 'hello-ok' } });
    else send({ type: 'res', id, ok: false, error: { message: 'unauthorized', details: { authReason } } });
  });
}

function asks(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = gateway.address() as AddressInfo;
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

async function reason(): Promise<unknown> {
  const { status, body } = await asks(signInPath);
  expect(status).toBe(200);
  return (JSON.parse(body) as { reason: unknown }).reason;
}

test('where everybody could sign in, an attempt fails by its signature alone, and nobody is told of it', async () => {
  expect(await reason()).toBe(unsigned);
  expect(await reason()).toBe(unsigned);
  expect(told).toStrictEqual([]);
  expect(seen?.headers).not.toHaveProperty('x-clawharbor-attempt');
});

test('a gateway that cannot read its own addresses is found out, although it is ready', async () => {
  interfaces = undefined;
  expect(await reason()).toBe('trusted_proxy_local_interface_check_failed');
});

test('so is one that takes the load balancer for its own machine', async () => {
  interfaces = ['10.0.16.1'];
  expect(await reason()).toBe('trusted_proxy_local_interface_source');
});

test('one that lets the attempt in, because nobody judges requests, says so', async () => {
  guard.stop();
  expect(await reason()).toBe('let in');
});

test('one that does not answer is waited for, some seconds', async () => {
  isMute = true;
  expect(await reason()).toBe('no answer');
});

test('nobody else comes from where the load balancer would', async () => {
  const attempt = reason();
  const claimed = { 'x-clawharbor-attempt': 'mine', 'x-amzn-oidc-identity': 'ada', 'x-amzn-oidc-data': 'x' };
  expect(await asks('/', claimed)).toMatchObject({ body: 'nobody' });
  expect(told).toHaveLength(1);
  expect(await attempt).toBe(unsigned);
});

test.each(['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'x-real-ip'])(
  'through a proxy, as with %s, there is no such path',
  async (name) => {
    expect(await asks(signInPath, { [name]: 'for=203.0.113.7' })).toStrictEqual({ status: 404, body: '' });
    expect(seen).toBeUndefined();
  },
);

test('there is no attempt where its word would be believed', () => {
  const routes: HttpRoute[] = [];
  const say = (): void => {};
  plugin.register({
    registrationMode: 'full',
    pluginConfig: { signIn: config },
    logger: { info: say, warn: say, error: say },
    registerHttpRoute: (route) => void routes.push(route),
    registerCommand: say,
    registerService: say,
  });
  expect(pluginConfigSchema.safeParse({ signIn: config }).success).toBe(true);
  expect(routes).toStrictEqual([]);
});
