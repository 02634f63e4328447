import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type FramingPod, startFramingPod } from '../stand-ins/framing-pod.ts';
import { dnsName } from '../stand-ins/pod.ts';
import { corpus, type Expected } from './framing-corpus.ts';

const statusesOf = (expected: Expected) =>
  typeof expected === 'number' ? [expected] : expected.map(() => 200);
const arrivalsOf = (expected: Expected) => (typeof expected === 'number' ? [] : expected);

describe.for(['defensive', 'strictest'] as const)('In the mode %s', (mode) => {
  let framing: FramingPod;
  beforeAll(async () => {
    framing = await startFramingPod(mode);
  });
  afterAll(() => framing[Symbol.asyncDispose]());

  const at = (line: string, ...headers: string[]) =>
    `${line}\r\n${framing.head}${headers.map((header) => `${header}\r\n`).join('')}\r\n`;

  test.for(corpus)('$name', async ({ bytes, defensive, strictest }) => {
    const expected = mode === 'strictest' ? (strictest ?? defensive) : defensive;
    const statuses = await framing.send(bytes(at), statusesOf(expected).length);
    expect(statuses.filter((status) => status >= 200)).toEqual(statusesOf(expected));
    expect(await arrivals()).toEqual(arrivalsOf(expected).toSorted());
  });

  test(
    'whatever a request combines, it arrives as one, whole, or is refused',
    { timeout: 240_000 },
    async () => {
      const combination = fc.record({
        method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
        connection: fc.array(connectionToken, { maxLength: 4 }),
        upgrade: fc.option(fc.constantFrom('h2c', 'foo', 'websocket', 'WebSocket', 'websocket, h2c'), {
          nil: undefined,
        }),
        body: fc.oneof(
          fc.constant(undefined),
          fc.record({ kind: fc.constant('length'), parts: bodyParts }),
          fc.record({ kind: fc.constant('chunks'), parts: bodyParts }),
        ),
        claims: fc.uniqueArray(claim, { maxLength: 3 }),
      });
      await fc.assert(
        fc.asyncProperty(combination, async ({ method, connection, upgrade, body, claims }) => {
          const whole = body?.parts.join('') ?? '';
          const isChunked = body?.kind === 'chunks';
          const sent = at(
            `${method} /any HTTP/1.1`,
            ...(connection.length === 0 ? [] : [`Connection: ${connection.join(', ')}`]),
            ...(upgrade === undefined ? [] : [`Upgrade: ${upgrade}`]),
            ...(body === undefined
              ? []
              : [isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${whole.length}`]),
            ...claims.map((name) => `${name}: mallory`),
          );
          const isOdd = body !== undefined && (method === 'GET' || method === 'HEAD');
          const isRefused = isOdd && mode === 'strictest';
          const statuses = await framing.send(sent + (isChunked ? asChunks(body.parts) : whole), 1);
          expect(statuses).toEqual([isRefused ? 400 : 200]);
          expect(await arrivals()).toEqual(isRefused ? [] : [`${method} /any ${whole}`]);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('a client that closes its half of the connection never has less arrive as if it were all', async () => {
    const { brokenOff } = framing.target;
    for (const bytes of [
      at('GET /half HTTP/1.1'),
      `${at('POST /half HTTP/1.1', 'Content-Length: 2')}ab`,
      `${at('POST /half HTTP/1.1', 'Transfer-Encoding: chunked')}2\r\nab\r\n0\r\n\r\n`,
    ]) {
      await framing.send(bytes, 1, true);
      for (const arrived of await arrivals()) expect(arrived).toMatch(/^(GET \/half |POST \/half ab)$/);
    }
    for (const bytes of [
      at('GET /half HTTP/1.1').slice(0, -2),
      `${at('POST /half HTTP/1.1', 'Content-Length: 3')}ab`,
      `${at('POST /half HTTP/1.1', 'Transfer-Encoding: chunked')}2\r\nab\r\n`,
      `${at('POST /half HTTP/1.1', 'Transfer-Encoding: chunked')}2\r\nab\r\n0\r\n`,
    ]) {
      await framing.send(bytes, 1, true);
      expect(await arrivals()).toEqual([]);
    }
    for (const broken of brokenOff) expect(broken).toMatch(/^POST /);
  });

  test('a request that is refused shuts its connection to the client', async () => {
    const head = at('POST /p HTTP/1.1', 'Content_Length: 2', 'Transfer-Encoding: gzip, chunked');
    const bytes = `${head}0\r\n\r\n${at('GET /next HTTP/1.1')}`;
    expect(await framing.send(bytes, 2)).toEqual([400]);
    expect(await arrivals()).toEqual([]);
  });

  test('a client that is gone before its answer ends nothing but its own request', async () => {
    for (const bytes of [
      at(`CONNECT ${dnsName}:443 HTTP/1.1`),
      at('GET /gone HTTP/1.1'),
      at('GET /gone HTTP/1.1') + at(`CONNECT ${dnsName}:443 HTTP/1.1`),
      `${at('POST /gone HTTP/1.1', 'Content-Length: 9')}a`,
      'nonsense\r\n\r\n',
      at(
        'GET /gone HTTP/1.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ),
    ]) {
      const tcp = connect({ port: Number(new URL(framing.pod.url).port) });
      const tls = connectTls({ socket: tcp, ca: framing.pod.certificate.cert, servername: 'localhost' });
      tls.on('error', () => undefined);
      await once(tls, 'secureConnect');
      await new Promise((resolve) => tls.write(bytes, resolve));
      tcp.resetAndDestroy();
      for (const arrived of await arrivals()) expect(arrived).toBe('GET /gone ');
    }
  });

  const arrivals = async () =>
    (await framing.neighbour()).map(({ method, target, body }) => `${method} ${target} ${body}`).toSorted();
});

/** What a client may name as belonging to the connection, in any case. */
const connectionToken = fc
  .constantFrom(
    'keep-alive',
    'close',
    'Upgrade',
    'Content-Length',
    'Transfer-Encoding',
    'Host',
    'Cookie',
    'TE',
    'Connection',
    'X-Forwarded-For',
    'X-Amzn-Trace-Id',
    'X-Amzn-Oidc-Identity',
    'X-Amzn-Oidc-Data',
    'x_amzn_oidc_identity',
  )
  .chain((token) => fc.constantFrom(token, token.toLowerCase(), token.toUpperCase()));

const claim = fc.constantFrom(
  'x-amzn-oidc-identity',
  'X-Amzn-Oidc-Data',
  'X_AMZN_OIDC_IDENTITY',
  'x-amzn_oidc-accesstoken',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
);

const bodyParts = fc.array(
  fc.constantFrom('a', 'bc', '0\r\n\r\n', 'GET /inside HTTP/1.1\r\nHost: a\r\n\r\n', '\r\n'),
  {
    maxLength: 4,
  },
);

const asChunks = (parts: readonly string[]) =>
  [...parts, ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
