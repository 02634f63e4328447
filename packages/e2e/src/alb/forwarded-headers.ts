/**
 * The request headers as the target receives them.
 *
 * Elastic Load Balancing, "HTTP headers and Application Load Balancers"
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html), "Request tracing for
 * your Application Load Balancer" (.../load-balancer-request-tracing.html) and "Load balancer attributes"
 * (.../edit-load-balancer-attributes.html: host header preservation, drop invalid header fields)
 */
import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';

import type { LoadBalancerAttributes } from './shapes.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface ForwardedRequest {
  readonly headers: HeaderList;
  /** What the client asked for: the Host header, or the authority of an HTTP/2 or absolute-form request. */
  readonly host: string;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly protocol: 'http' | 'https';
  readonly listenerPort: number;
}

/**
 * Headers that belong to one connection and not to the message, whatever `Connection` names. `expect` is answered by the
 * load balancer itself; trailers do not go on, so nobody is told of them; framing is made anew (framing.ts).
 */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * What says who asks for what, and is not taken away because somebody names it in `Connection`: RFC 9110, section 7.6.1
 * (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1) forbids senders to name what is meant for all recipients.
 */
const isForEverybody = (name: string) => name === 'host' || /^x-(amzn|forwarded)-/.test(name);

const rewritten = new Set([
  'host',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-amzn-trace-id',
]);

/** More addresses than this in X-Forwarded-For are answered with 463. */
export const maxForwardedAddresses = 30;

export function forwardedHeaders(request: ForwardedRequest, attributes: LoadBalancerAttributes): HeaderList {
  const kept = withoutConnectionHeaders(request.headers).filter(
    ([name]) =>
      !rewritten.has(name.toLowerCase()) &&
      (!attributes.dropInvalidHeaderFields || /^[-A-Za-z0-9]+$/.test(name)),
  );
  const forwardedFor = xForwardedFor(request, attributes);
  return [
    ...(forwardedFor === undefined ? [] : [['X-Forwarded-For', forwardedFor] as const]),
    ['X-Forwarded-Proto', request.protocol],
    ['X-Forwarded-Port', String(request.listenerPort)],
    ['Host', attributes.preserveHostHeader ? request.host : normalizedHost(request)],
    ['X-Amzn-Trace-Id', traceId(valueOf(request.headers, 'x-amzn-trace-id'))],
    ...kept,
  ];
}

export function withoutConnectionHeaders(headers: HeaderList): HeaderList {
  const named = (valueOf(headers, 'connection') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    const isNamed = named.includes(lower) && !isForEverybody(lower);
    return !lower.startsWith(':') && !connectionHeaders.has(lower) && !isNamed;
  });
}

/** Without what a client says of its own identity, also in a form that a target may read as the same name. */
export function withoutIdentity(headers: HeaderList): HeaderList {
  return headers.filter(
    ([name]) =>
      !name
        .toLowerCase()
        .replaceAll(/[^a-z\d]+/g, '-')
        .startsWith('x-amzn-oidc-'),
  );
}

/** All values of a header, joined as one. */
export function valueOf(headers: HeaderList, wanted: string): string | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(wanted === 'cookie' ? '; ' : ', ');
}

function xForwardedFor(request: ForwardedRequest, { xffMode, xffClientPort }: LoadBalancerAttributes) {
  const sent = valueOf(request.headers, 'x-forwarded-for');
  if (xffMode === 'remove') return undefined;
  if (xffMode === 'preserve') return sent;
  const { clientAddress, clientPort } = request;
  const bracketed = isIPv6(clientAddress) ? `[${clientAddress}]` : clientAddress;
  const own = xffClientPort ? `${bracketed}:${clientPort}` : clientAddress;
  return sent === undefined ? own : `${sent}, ${own}`;
}

/** Unless the Host header is preserved, it names the port exactly when that is not the default one. */
function normalizedHost({ host, listenerPort }: ForwardedRequest): string {
  const isDefault = listenerPort === 80 || listenerPort === 443;
  if (isDefault) return host.replace(/:(80|443)$/, '');
  return /:\d+$/.test(host) ? host : `${host}:${listenerPort}`;
}

function traceId(sent: string | undefined): string {
  const fields = (sent ?? '').split(';').filter((field) => field !== '' && !field.startsWith('Self='));
  const own = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  return fields.some((field) => field.startsWith('Root='))
    ? [`Self=${own}`, ...fields].join(';')
    : [`Root=${own}`, ...fields].join(';');
}
