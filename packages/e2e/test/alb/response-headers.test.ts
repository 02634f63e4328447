import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';

import { expect, test } from 'vitest';

import { startLoadBalancer } from '../../src/alb/index.ts';
import { parseListener } from '../../src/alb/listener.ts';
import {
  dnsName,
  forward,
  freePort,
  hostRule,
  notFound,
  startPod,
  targetGroup,
  targetGroupArn,
} from '../stand-ins/pod.ts';
import { readText } from '../stand-ins/wire.ts';

const policy = 'max-age=31536000';
const attribute = (header: string) =>
  `routing.http.response.${header.toLowerCase().replaceAll('-', '_')}.header_value`;
const listenerWith = (attributes: Readonly<Record<string, string>>) => ({
  Port: 443,
  Protocol: 'HTTPS',
  DefaultActions: [notFound],
  ListenerAttributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
});

async function startPodWith(attributes: Readonly<Record<string, string>>) {
  const port = await freePort();
  return startPod({
    loadBalancer: {
      hostAliases: { [`localhost:${port}`]: dnsName },
      listeners: [{ port, properties: listenerWith(attributes), rules: [hostRule(1, [forward])] }],
    },
  });
}

const transportSecurity = {
  [attribute('Strict-Transport-Security')]: policy,
  'routing.http.response.server.enabled': 'false',
};

/** Every way in which there can be an answer over HTTP/1.1. */
const requests = {
  'of the target': `GET / HTTP/1.1\r\nHost: ${dnsName}\r\nConnection: close\r\n\r\n`,
  'of the default action': 'GET / HTTP/1.1\r\nHost: other.example.com\r\nConnection: close\r\n\r\n',
  'to a request that is refused': `TRACE / HTTP/1.1\r\nHost: ${dnsName}\r\nConnection: close\r\n\r\n`,
  'to another expectation': `GET / HTTP/1.1\r\nHost: ${dnsName}\r\nExpect: other\r\nConnection: close\r\n\r\n`,
  'to CONNECT': `CONNECT ${dnsName}:443 HTTP/1.1\r\nHost: ${dnsName}\r\n\r\n`,
  'to what cannot be read': 'nonsense\r\n\r\n',
  'that opens a WebSocket':
    `GET / HTTP/1.1\r\nHost: ${dnsName}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
};

test('A listener sets its headers on every answer, once, whatever the target says', async () => {
  const certificateHost = 'localhost';
  await using pod = await startPodWith(transportSecurity);
  pod.upstream.handler = (_request, response) =>
    response.writeHead(200, { 'strict-transport-security': 'max-age=1', server: 'gateway' }).end('ok');
  for (const [which, bytes] of Object.entries(requests)) {
    const socket = connectTls({
      port: pod.loadBalancer.ports[0] ?? 0,
      ca: pod.certificate.cert,
      servername: certificateHost,
    });
    await once(socket, 'secureConnect');
    socket.write(bytes);
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    const head = data.toString().split('\r\n\r\n')[0] ?? '';
    // A request that cannot be read names no host: it may be one that other programs of this machine share.
    const expected = which === 'to what cannot be read' ? 'max-age=0' : policy;
    expect({ which, set: head.match(/^strict-transport-security: .*$/gim) }).toEqual({
      which,
      set: [`Strict-Transport-Security: ${expected}`],
    });
    expect({ which, server: head.match(/^server: .*$/gim) ?? [] }).toEqual({
      which,
      server: which === 'of the target' ? ['server: gateway'] : [],
    });
  }
});

test('A listener sets its headers over HTTP/2, too', async () => {
  await using pod = await startPodWith(transportSecurity);
  const session = connectHttp2(`https://localhost:${pod.loadBalancer.ports[0]}`, {
    ca: pod.certificate.cert,
  });
  for (const authority of [dnsName, 'other.example.com']) {
    const stream = session.request({ ':authority': authority });
    const [headers] = await once(stream, 'response');
    expect(headers['strict-transport-security']).toBe(policy);
    await readText(stream);
  }
  session.close();
});

test('A name that all programs of this machine share is not bound to HTTPS', async () => {
  await using pod = await startPodWith(transportSecurity);
  const { headers } = await pod.browser.request(`https://localhost:${pod.loadBalancer.ports[0]}/`);
  expect(headers.get('strict-transport-security')).toBe('max-age=0');
});

test('Without attributes the load balancer names itself and sets nothing', async () => {
  await using pod = await startPodWith({});
  const { headers } = await pod.browser.request(`https://localhost:${pod.loadBalancer.ports[0]}/`, {
    method: 'TRACE2',
  });
  expect(headers.get('server')).toBe('awselb/2.0');
  expect(headers.get('strict-transport-security')).toBeNull();
});

test('Every response header of the documentation can be set, and an empty value sets none', () => {
  const set = {
    'Access-Control-Allow-Origin': 'https://a.example.com',
    'Content-Security-Policy': "default-src 'self'",
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
  const attributes = Object.fromEntries(Object.entries(set).map(([name, value]) => [attribute(name), value]));
  const listener = parseListener(
    listenerWith({ ...attributes, [attribute('Access-Control-Max-Age')]: '' }),
    [],
  );
  expect(listener.responseHeaders).toEqual({ set: Object.entries(set), namesServer: true });
});

test.for([
  ['routing.http.request.x_amzn_tls_version.header_name', 'X-Mine', 'TEMPLATE_UNSUPPORTED'],
  ['routing.http.response.strict_transport_security', policy, 'TEMPLATE_UNSUPPORTED'],
  [attribute('X-Frame-Options'), 'DENY\r\nSet-Cookie: a=b', 'LISTENER_INVALID'],
  [attribute('Content-Security-Policy'), 'x'.repeat(1025), 'LISTENER_INVALID'],
] as const)('The listener attribute %s with %j is refused', ([key, value, code]) => {
  expect(() => parseListener(listenerWith({ [key]: value }), [])).toThrow(expect.objectContaining({ code }));
});

test.for([
  ['routing.http.x_amzn_tls_version_and_cipher_suite.enabled', 'true', 'TEMPLATE_UNSUPPORTED'],
  ['routing.http.desync_mitigation_mode', 'monitor', 'LISTENER_INVALID'],
  ['access_logs.s3.enabled', 'true', undefined],
] as const)(
  'The load balancer attribute %s with %s is told of when it is not played',
  async ([Key, Value, code]) => {
    const started = startLoadBalancer({
      listeners: [],
      targetGroups: { [targetGroupArn]: targetGroup },
      attributes: [{ Key, Value }],
    });
    if (code === undefined) await (await started).close();
    else await expect(started).rejects.toMatchObject({ code });
  },
);
