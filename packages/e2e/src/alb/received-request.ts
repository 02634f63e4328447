import { isIPv6 } from 'node:net';

import { type Answer, errorAnswer } from './answer.ts';
import { type Exchange, headerList } from './exchange.ts';
import { type HeaderList, maxForwardedAddresses, valueOf } from './forwarded-headers.ts';
import { type Cookies, parseCookies } from './sealed-cookie.ts';

/** A client's request, taken apart. */
export interface ReceivedRequest {
  readonly method: string;
  /** As the client sent it, perhaps with a port; empty when it sent none. */
  readonly host: string;
  /** The same in lower case without the port. */
  readonly hostname: string;
  /** Path and query. */
  readonly target: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderList;
  readonly cookies: Cookies;
  readonly clientAddress: string;
  readonly clientPort: number;
}

export function describeRequest(request: Exchange['request']): ReceivedRequest {
  const headers = headerList(request.rawHeaders);
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '');
  const host = absolute?.[1] ?? valueOf(headers, ':authority') ?? valueOf(headers, 'host') ?? '';
  const target = absolute
    ? absolute[2]?.startsWith('/')
      ? absolute[2]
      : `/${absolute[2] ?? ''}`
    : (request.url ?? '/');
  const [path = '', ...query] = target.split('?');
  const address = request.socket.remoteAddress ?? '';
  return {
    method: request.method ?? '',
    host,
    hostname: host.replace(/:\d+$/, '').toLowerCase(),
    target,
    path,
    query: query.join('?'),
    headers,
    cookies: parseCookies(valueOf(headers, 'cookie')),
    clientAddress: address.startsWith('::ffff:') && !isIPv6(address.slice(7)) ? address.slice(7) : address,
    clientPort: request.socket.remotePort ?? 0,
  };
}

/** Requests that a load balancer refuses whatever its rules say. */
export function refusal({ headers, host, method, target }: ReceivedRequest): Answer | undefined {
  // AWS names TRACE. A load balancer is no tunnel, so CONNECT has no meaning either.
  if (method === 'TRACE' || method === 'CONNECT') return errorAnswer(405);
  // A host that is no host would end up in redirects.
  if (host !== '' && !/^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(host)) return errorAnswer(400);
  // RFC 9112, section 3.2: a path, or an asterisk for what concerns the whole server.
  if (!/^\/[!-~]*$/.test(target) && !(target === '*' && method === 'OPTIONS')) return errorAnswer(400);
  const expected = valueOf(headers, 'expect');
  if (expected !== undefined && expected.toLowerCase() !== '100-continue') return errorAnswer(417);
  const forwardedFor = valueOf(headers, 'x-forwarded-for');
  if (forwardedFor !== undefined && forwardedFor.split(',').length > maxForwardedAddresses)
    return errorAnswer(463);
  return undefined;
}
