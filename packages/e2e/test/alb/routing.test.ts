import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';

import { describe, expect, test, vi } from 'vitest';

import { startLoadBalancer } from '../../src/alb/index.ts';
import { certificateFor } from '../../src/tls/index.ts';
import {
  authenticate,
  dnsName,
  forward,
  freePort,
  hostRule,
  notFound,
  type Pod,
  startPod,
  targetGroup,
  targetGroupArn,
} from '../stand-ins/pod.ts';
import { parseEcho, readText } from '../stand-ins/wire.ts';

const openRule = [hostRule(1, [forward])];

/** What a server that speaks HTTP/1.1 over TLS answers to these bytes. */
async function sendRaw(pod: Pod, bytes: string): Promise<string> {
  const socket = connectTls({
    port: Number(new URL(pod.url).port),
    ca: pod.certificate.cert,
    servername: 'localhost',
  });
  await once(socket, 'secureConnect');
  socket.write(bytes);
  return readText(socket);
}

const statusOf = async (pod: Pod, bytes: string) => Number((await sendRaw(pod, bytes)).slice(9, 12));

describe('A request', () => {
  test('for a host that no rule names meets the default action, whatever the name of this machine stands for', async () => {
    await using pod = await startPod();
    const ask = (host: string) =>
      sendRaw(pod, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    for (const host of [
      'www.example.com',
      `evil.${dnsName}`,
      `${dnsName}.evil.com`,
      '127.0.0.1',
      'localhost:1',
    ]) {
      expect(`${host}: ${await ask(host)}`).toMatch(/: HTTP\/1\.1 404 .*not here$/s);
    }
    for (const host of [dnsName, dnsName.toUpperCase(), `${dnsName}:443`, new URL(pod.url).host]) {
      expect(`${host}: ${await ask(host)}`).toMatch(/: HTTP\/1\.1 302 /);
    }
    expect(pod.upstream.requests).toHaveLength(0);
  });

  test('with an absolute URL is for the host in it', async () => {
    await using pod = await startPod({ rules: openRule });
    const answer = await sendRaw(
      pod,
      `GET https://${dnsName}/a?b HTTP/1.1\r\nHost: elsewhere.example.com\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(pod.upstream.requests[0]?.url).toBe('/a?b');
    expect(pod.upstream.requests[0]?.headers.host).toBe(`${dnsName}:${new URL(pod.url).port}`);
  });

  test('that a load balancer does not accept is refused before any rule', async () => {
    await using pod = await startPod({ rules: openRule });
    const get = (head: string) => statusOf(pod, `${head}\r\nConnection: close\r\n\r\n`);
    const host = `Host: ${dnsName}`;
    expect(await get(`TRACE / HTTP/1.1\r\n${host}`)).toBe(405);
    expect(
      await get(`GET / HTTP/1.1\r\n${host}\r\nX-Forwarded-For: ${'10.0.0.1, '.repeat(30)}10.0.0.1`),
    ).toBe(463);
    expect(
      await get(`GET / HTTP/1.1\r\n${host}\r\nX-Forwarded-For: ${'10.0.0.1, '.repeat(29)}10.0.0.1`),
    ).toBe(200);
    expect(await get('GET / HTTP/1.1\r\nHost: a"b')).toBe(400);
    expect(await get('GET / HTTP/1.1')).toBe(400);
    expect(await get(`GET / HTTP/1.1\r\n${host}\r\nTransfer-Encoding: gzip`)).toBe(400);
    expect(await get(`GET / HTTP/1.1\r\n${host}\r\nx: ${'x'.repeat(65_536)}`)).toBe(400);
    expect(await get('nonsense')).toBe(400);
    expect(pod.upstream.requests).toHaveLength(1);
  });

  test('of HTTP/1.0 without a host cannot be sent to sign in', async () => {
    await using pod = await startPod({
      loadBalancer: {},
      rules: [
        {
          Priority: 1,
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['*'] } }],
          Actions: [authenticate(), forward],
        },
      ],
    });
    expect(await statusOf(pod, 'GET / HTTP/1.0\r\n\r\n')).toBe(401);
  });

  test('over HTTP/2 is served and forwarded as HTTP/1.1', async () => {
    await using pod = await startPod({ rules: openRule });
    const statuses: number[] = [];
    pod.loadBalancer.on('access', ({ status }) => statuses.push(status));
    const session = connectHttp2(pod.url, { ca: pod.certificate.cert });
    const stream = session.request({ ':path': '/x', ':method': 'POST', cookie: ['a=1', 'b=2'] });
    stream.end('hello');
    const answered = once(stream, 'response');
    const seen = parseEcho(await readText(stream));
    expect((await answered)[0]).toMatchObject({ ':status': 200 });
    expect(seen.headers).toMatchObject({
      host: new URL(pod.url).host,
      cookie: 'a=1; b=2',
      'x-forwarded-proto': 'https',
    });
    expect(Object.keys(seen.headers).filter((name) => name.startsWith(':'))).toEqual([]);
    session.close();
    await vi.waitUntil(() => statuses.length > 0);
    expect(statuses).toEqual([200]);
  });

  test('over HTTP/2 is not offered when the attribute says so', async () => {
    await using pod = await startPod({
      rules: openRule,
      loadBalancer: { attributes: [{ Key: 'routing.http2.enabled', Value: 'false' }] },
    });
    const socket = connectTls({
      port: Number(new URL(pod.url).port),
      ca: pod.certificate.cert,
      servername: 'localhost',
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).not.toBe('h2');
    socket.destroy();
  });

  test('with HEAD gets the headers of a fixed response and no body', async () => {
    await using pod = await startPod({ rules: [hostRule(1, [notFound])] });
    const answer = await sendRaw(pod, `HEAD / HTTP/1.1\r\nHost: ${dnsName}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/content-length: 8/i);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });
});

test('An HTTP listener sends the browser to the local port of the HTTPS listener', async () => {
  const port = await freePort();
  const httpsPort = await freePort();
  const toHttps = {
    Type: 'redirect',
    RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
  };
  const loadBalancer = await startLoadBalancer({
    listeners: [
      { port, properties: { Port: 80, Protocol: 'HTTP', DefaultActions: [toHttps] } },
      { port: httpsPort, properties: { Port: 443, Protocol: 'HTTPS', DefaultActions: [notFound] } },
    ],
    targetGroups: {},
    certificate: await certificateFor([], await mkdtemp(join(tmpdir(), 'stand-ins-'))),
  });
  const answer = await new Promise<IncomingMessage>((resolve) => {
    plainRequest(`http://localhost:${port}/a/b?c=d&e`, resolve).end();
  });
  answer.resume();
  expect(answer.statusCode).toBe(301);
  expect(answer.headers.location).toBe(`https://localhost:${httpsPort}/a/b?c=d&e`);
  expect(loadBalancer.ports).toEqual([port, httpsPort]);
  await loadBalancer.close();
});

test('A port that is taken is an error, and nothing stays open', async () => {
  await using pod = await startPod({ rules: openRule });
  const properties = { Port: 80, Protocol: 'HTTP', DefaultActions: [notFound] };
  const free = await freePort();
  const taken = Number(new URL(pod.url).port);
  await expect(
    startLoadBalancer({
      listeners: [
        { port: free, properties },
        { port: taken, properties: { ...properties, Port: 81 } },
      ],
      targetGroups: {},
    }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const again = await startLoadBalancer({ listeners: [{ port: free, properties }], targetGroups: {} });
  await again.close();
});

test('Weighted target groups share the requests, and a weight of zero gets none', async () => {
  const other = 'arn:other';
  const TargetGroups = [
    { TargetGroupArn: targetGroupArn, Weight: 10 },
    { TargetGroupArn: other, Weight: 0 },
  ];
  await using pod = await startPod({
    rules: [hostRule(1, [{ Type: 'forward', ForwardConfig: { TargetGroups } }])],
    loadBalancer: { targetGroups: { [targetGroupArn]: targetGroup, [other]: targetGroup } },
  });
  for (let count = 0; count < 5; count += 1) expect((await pod.browser.request(pod.url)).status).toBe(200);
});
