import { expect, test } from 'vitest';

import { forwardedHeaders, type HeaderList } from '../../src/alb/forwarded-headers.ts';
import { LoadBalancerAttributes } from '../../src/alb/shapes.ts';

function forwarded(
  headers: HeaderList,
  attributes: object = {},
  changed: object = {},
): Record<string, string> {
  const request = {
    headers,
    host: 'example.com',
    clientAddress: '127.0.0.1',
    clientPort: 40_914,
    protocol: 'https',
    listenerPort: 443,
    ...changed,
  } as const;
  const list = forwardedHeaders(request, LoadBalancerAttributes.parse(attributes));
  return Object.fromEntries(list.map(([name, value]) => [name.toLowerCase(), value]));
}

const mode = (value: string) => ({ 'routing.http.xff_header_processing.mode': value });

// The table of the page "HTTP headers and Application Load Balancers".
test.for([
  [[], '127.0.0.1', undefined, undefined],
  [[['X-Forwarded-For', '127.0.0.4']], '127.0.0.4, 127.0.0.1', '127.0.0.4', undefined],
  [
    [['X-Forwarded-For', '127.0.0.4, 127.0.0.8']],
    '127.0.0.4, 127.0.0.8, 127.0.0.1',
    '127.0.0.4, 127.0.0.8',
    undefined,
  ],
] as const)('X-Forwarded-For of %j', ([headers, append, preserve, remove]) => {
  expect(forwarded(headers)['x-forwarded-for']).toBe(append);
  expect(forwarded(headers, mode('preserve'))['x-forwarded-for']).toBe(preserve);
  expect(forwarded(headers, mode('remove'))['x-forwarded-for']).toBe(remove);
});

test('Two X-Forwarded-For headers become one', () => {
  const twice: HeaderList = [
    ['X-Forwarded-For', '10.0.0.1'],
    ['x-forwarded-for', '10.0.0.2'],
  ];
  expect(forwarded(twice)['x-forwarded-for']).toBe('10.0.0.1, 10.0.0.2, 127.0.0.1');
});

test('X-Forwarded-For names the port of the client when asked to', () => {
  const withPort = { 'routing.http.xff_client_port.enabled': 'true' };
  expect(forwarded([], withPort)['x-forwarded-for']).toBe('127.0.0.1:40914');
  expect(forwarded([], withPort, { clientAddress: '2001:db8::1' })['x-forwarded-for']).toBe(
    '[2001:db8::1]:40914',
  );
  expect(forwarded([], {}, { clientAddress: '2001:db8::1' })['x-forwarded-for']).toBe('2001:db8::1');
});

test('What a client says of protocol and port is replaced', () => {
  const headers: HeaderList = [
    ['X-Forwarded-Proto', 'http'],
    ['X-Forwarded-Port', '1'],
  ];
  expect(forwarded(headers)).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' });
});

// The table under "Host header preservation".
test.for([
  [443, 'example.com', 'example.com'],
  [80, 'example.com:80', 'example.com'],
  [8080, 'example.com', 'example.com:8080'],
  [8080, 'example.com:9090', 'example.com:9090'],
] as const)(
  'On port %i the Host %s becomes %s unless it is preserved',
  ([listenerPort, host, normalized]) => {
    expect(forwarded([], {}, { host, listenerPort })['host']).toBe(normalized);
    const preserve = { 'routing.http.preserve_host_header.enabled': true };
    expect(forwarded([], preserve, { host, listenerPort })['host']).toBe(host);
  },
);

test('A trace id is made, or its Self field is', () => {
  const trace = (sent?: string) =>
    forwarded(sent === undefined ? [] : [['X-Amzn-Trace-Id', sent]])['x-amzn-trace-id'];
  const id = '1-[\\da-f]{8}-[\\da-f]{24}';
  expect(trace()).toMatch(new RegExp(`^Root=${id}$`));
  expect(trace('Root=1-67891233-a;CalledFrom=app')).toMatch(
    new RegExp(`^Self=${id};Root=1-67891233-a;CalledFrom=app$`),
  );
  expect(trace('Self=1-1-1;Root=1-2-2')).toMatch(new RegExp(`^Self=${id};Root=1-2-2$`));
});

test('Headers of the connection stay behind, and so does what Connection names', () => {
  const headers: HeaderList = [
    ['Connection', 'keep-alive, X-Mine'],
    ['Keep-Alive', 'timeout=5'],
    ['X-Mine', '1'],
    ['Upgrade', 'h2c'],
    ['TE', 'trailers'],
    ['Expect', '100-continue'],
    ['Accept', 'text/html'],
  ];
  expect(Object.keys(forwarded(headers)).toSorted()).toEqual([
    'accept',
    'host',
    'x-amzn-trace-id',
    'x-forwarded-for',
    'x-forwarded-port',
    'x-forwarded-proto',
  ]);
});

test('A name that is not made of letters, digits and hyphens passes, unless such headers are dropped', () => {
  const headers: HeaderList = [['x_amzn_oidc_identity', 'mallory']];
  expect(forwarded(headers)['x_amzn_oidc_identity']).toBe('mallory');
  const drop = { 'routing.http.drop_invalid_header_fields.enabled': 'true' };
  expect(forwarded(headers, drop)['x_amzn_oidc_identity']).toBeUndefined();
});
