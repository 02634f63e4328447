import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, test, vi } from 'vitest';

import {
  dnsName,
  forward,
  hostRule,
  type Pod,
  startPod,
  targetGroupArn,
  untilHealth,
} from '../stand-ins/pod.ts';
import { startStrictTarget } from '../stand-ins/strict-target.ts';
import { listenLocally, readText } from '../stand-ins/wire.ts';

interface Scripted {
  readonly port: number;
  /** Connections on which something other than a health check was asked. */
  connections: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A target that answers the first request by the script, and the neighbours' after it properly. */
async function startScripted(answer: (socket: Socket) => void): Promise<Scripted> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const scripted = { connections: 0 };
  const server = createServer((socket) => {
    sockets.add(socket);
    let isCounted = false;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      if (text.startsWith('GET /healthz')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      if (!isCounted) scripted.connections += 1;
      isCounted = true;
      if (!/^[A-Z]+ \//.test(text)) return;
      requests += 1;
      if (requests === 1) answer(socket);
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nneighbour');
    });
  });
  const port = await listenLocally(server);
  return Object.assign(scripted, {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function startPodBefore(port: number): Promise<Pod> {
  const pod = await startPod({ rules: [hostRule(1, [forward])], loadBalancer: { healthCheckPace: 5 } });
  await pod.loadBalancer.deregisterTarget(targetGroupArn, 'i-0123456789');
  pod.loadBalancer.registerTarget(targetGroupArn, { id: 'i-scripted', host: '127.0.0.1', port });
  await untilHealth(pod.loadBalancer, 'healthy');
  return pod;
}

const injected = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected';
const neighbour = async (pod: Pod) => (await pod.browser.request(`${pod.url}/`)).text;

describe('An answer of a target', () => {
  test.for([
    [
      'with a length and chunks',
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n'],
      502,
    ],
    ['with two lengths', ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'], 502],
    ['with a length twice', ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab'], 502],
    ['with a length that is none', ['HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nab'], 502],
    [
      'with a coding that nobody undoes',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n'],
      502,
    ],
    ['with a folded line', ['HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 2\r\n\r\nab'], 502],
    ['with bare line feeds', ['HTTP/1.1 200 OK\nContent-Length: 2\n\nab'], 502],
    ['with a phrase that cannot be sent', ['HTTP/1.1 200 a\u0001b\r\nContent-Length: 2\r\n\r\nab'], 502],
    ['with a status that there is not', ['HTTP/1.1 999 OK\r\nContent-Length: 2\r\n\r\nab'], 502],
    [
      'with a continue before it',
      ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab'],
      200,
    ],
    [
      'that names its length in Connection',
      ['HTTP/1.1 200 OK\r\nConnection: Content-Length\r\nContent-Length: 2\r\n\r\nab'],
      200,
    ],
    ['of HTTP/1.0', ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab'], 200],
    ['and more than was asked for', ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab', injected], 200],
    [
      'and more than was asked for, at once',
      [`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab${injected}`],
      200,
    ],
    [
      'without content but with a length',
      [`HTTP/1.1 204 No Content\r\nContent-Length: ${injected.length}\r\n\r\n`, injected],
      204,
    ],
    [
      'without content but with chunks',
      ['HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', injected],
      204,
    ],
    [
      'not modified but with a length',
      [`HTTP/1.1 304 Not Modified\r\nContent-Length: ${injected.length}\r\n\r\n`, injected],
      304,
    ],
  ] as const)(
    '%s is passed on or malformed, and the next person gets their own',
    async ([, parts, status]) => {
      await using target = await startScripted((socket) => void speak(socket, parts));
      await using pod = await startPodBefore(target.port);
      const first = await pod.browser.request(`${pod.url}/`);
      expect(first.status).toBe(status);
      expect(first.text).not.toContain('injected');
      expect(first.headers.get('transfer-encoding') !== null && first.headers.has('content-length')).toBe(
        false,
      );
      expect(status === 204 && first.headers.has('content-length')).toBe(false);
      await wait(60);
      expect(await neighbour(pod)).toBe('neighbour');
      expect(await neighbour(pod)).toBe('neighbour');
    },
  );

  test('to HEAD with a body after it does not reach the next person', async () => {
    await using target = await startScripted(
      (socket) =>
        void speak(socket, [`HTTP/1.1 200 OK\r\nContent-Length: ${injected.length}\r\n\r\n`, injected]),
    );
    await using pod = await startPodBefore(target.port);
    const { status, text } = await pod.browser.request(`${pod.url}/`, { method: 'HEAD' });
    expect({ status, text }).toEqual({ status: 200, text: '' });
    await wait(60);
    expect(await neighbour(pod)).toBe('neighbour');
  });

  test('that cannot be sent over HTTP/2 is malformed, and ends nothing but its request', async () => {
    await using target = await startScripted((socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nab',
      ),
    );
    await using pod = await startPodBefore(target.port);
    const session = connectHttp2(pod.url, { ca: pod.certificate.cert });
    const stream = session.request({ ':path': '/' });
    expect((await once(stream, 'response'))[0]).toMatchObject({ ':status': 502 });
    session.close();
    expect(await neighbour(pod)).toBe('neighbour');
  });

  test('before the whole request was sent leaves its connection to nobody', async () => {
    await using target = await startScripted((socket) =>
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'),
    );
    await using pod = await startPodBefore(target.port);
    const client = connectTls({
      port: Number(new URL(pod.url).port),
      ca: pod.certificate.cert,
      servername: 'localhost',
    });
    await once(client, 'secureConnect');
    let text = '';
    client.on('data', (data) => (text += data.toString()));
    client.write(`POST / HTTP/1.1\r\nHost: ${dnsName}\r\nContent-Length: 100\r\n\r\nthe first part`);
    await vi.waitUntil(() => text.endsWith('no'));
    expect(await neighbour(pod)).toBe('neighbour');
    expect(target.connections).toBe(2);
    // The rest of the body is nobody's request, and what follows it is one again.
    client.write(
      `${'GET / HTTP/1.1 '.padEnd(86, 'x')}GET / HTTP/1.1\r\nHost: ${dnsName}\r\nConnection: close\r\n\r\n`,
    );
    await once(client, 'close');
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    expect(target.connections).toBe(2);
  });

  test.for([
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      502,
    ],
    ['another status', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab', 200],
    ['an end', '', 502],
  ] as const)('to a WebSocket with %s opens none', async ([, text, status]) => {
    await using target = await startScripted((socket) => (text === '' ? socket.end() : socket.write(text)));
    await using pod = await startPodBefore(target.port);
    const client = connectTls({
      port: Number(new URL(pod.url).port),
      ca: pod.certificate.cert,
      servername: 'localhost',
    });
    await once(client, 'secureConnect');
    const handshake =
      `GET /ws HTTP/1.1\r\nHost: ${dnsName}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    client.write(`${handshake}GET /inside HTTP/1.1\r\nHost: ${dnsName}\r\n\r\n`);
    const answer = await readText(client);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(await neighbour(pod)).toBe('neighbour');
  });
});

describe('A request over HTTP/2', () => {
  const requestsOf = async (pod: Pod, headers: object, body?: string) => {
    const session = connectHttp2(pod.url, { ca: pod.certificate.cert });
    session.on('error', () => undefined);
    try {
      const stream = session.request({ ':path': '/h2', ...headers }, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
      const [answer] = await Promise.race([once(stream, 'response'), once(stream, 'close').then(() => [])]);
      return answer === undefined ? undefined : Number(answer[':status']);
    } catch {
      return undefined;
    } finally {
      session.destroy();
    }
  };

  test.for([
    ['GET', {}, undefined, ''],
    ['GET', {}, 'ab', 'ab'],
    ['DELETE', {}, 'ab', 'ab'],
    ['DELETE', { 'content-length': '2' }, 'ab', 'ab'],
    ['OPTIONS', {}, '', ''],
    ['POST', { 'content-length': '0' }, undefined, ''],
    ['POST', {}, undefined, ''],
    ['POST', { 'x-amzn-oidc-other': '1', content_length: '9' }, 'ab', 'ab'],
  ] as const)('%s %j with %j arrives as one', async ([method, headers, body, arrives]) => {
    await using target = await startStrictTarget();
    await using pod = await startPodBefore(target.port);
    expect(await requestsOf(pod, { ':method': method, ...headers }, body)).toBe(200);
    expect(await neighbour(pod)).toBe('GET /\n');
    expect(target.arrivals.map((arrival) => `${arrival.method} ${arrival.target} ${arrival.body}`)).toEqual([
      `${method} /h2 ${arrives}`,
      'GET / ',
    ]);
    expect(target.malformed).toEqual([]);
  });

  test.for([
    ['a length that is too short', { ':method': 'POST', 'content-length': '1' }, 'abc'],
    ['a length that is too long', { ':method': 'POST', 'content-length': '9' }, 'abc'],
    ['a length and no body', { ':method': 'POST', 'content-length': '9' }, undefined],
    ['CONNECT', { ':method': 'CONNECT', ':authority': dnsName, ':path': undefined }, undefined],
    ['a target that is no path', { ':path': 'https://a/' }, undefined],
    ['a target with a space', { ':path': '/a HTTP/1.1' }, undefined],
  ] as const)('with %s arrives not at all', async ([, headers, body]) => {
    await using target = await startStrictTarget();
    await using pod = await startPodBefore(target.port);
    expect(await requestsOf(pod, headers, body)).not.toBe(200);
    expect(await neighbour(pod)).toBe('GET /\n');
    expect(target.arrivals).toHaveLength(1);
    expect(target.malformed).toEqual([]);
  });

  test.for(['stream', 'session'] as const)(
    'whose %s is broken off does not arrive as if it were whole',
    async (which) => {
      await using target = await startStrictTarget();
      await using pod = await startPodBefore(target.port);
      const session = connectHttp2(pod.url, { ca: pod.certificate.cert });
      session.on('error', () => undefined);
      const stream = session.request({ ':path': '/h2', ':method': 'POST' });
      stream.on('error', () => undefined);
      stream.write('half');
      await wait(50);
      (which === 'stream' ? stream : session).destroy();
      await vi.waitUntil(() => target.brokenOff.length === 1);
      session.destroy();
      expect(await neighbour(pod)).toBe('GET /\n');
      expect(target.arrivals).toHaveLength(1);
    },
  );
});

async function speak(socket: Socket, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    socket.write(part, 'latin1');
    await wait(30);
  }
}
