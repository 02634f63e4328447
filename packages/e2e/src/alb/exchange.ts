import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';

import { type Answer, reasonPhrase } from './answer.ts';
import type { HeaderList } from './forwarded-headers.ts';
import { type ResponseHeaders, withResponseHeaders } from './response-headers.ts';

/** A request of a client and the way to answer it, over HTTP/1.1 or HTTP/2. */
export interface Exchange {
  readonly request: IncomingMessage | Http2ServerRequest;
  readonly response: ServerResponse | Http2ServerResponse;
  /** What the listener makes of every answer. */
  readonly responseHeaders: ResponseHeaders;
  /** Takes no further request on the client's connection. */
  readonly isLast: () => void;
  /** Of a request that becomes a WebSocket: the connection, and what was read of it beyond the request. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
}

export function headerList(rawHeaders: readonly string[]): HeaderList {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[index * 2] ?? '',
    rawHeaders[index * 2 + 1] ?? '',
  ]);
}

/** Throws when node finds that the headers cannot be sent. */
export function writeHead(
  { response, responseHeaders }: Exchange,
  status: number,
  phrase: string | undefined,
  headers: HeaderList,
): void {
  response.statusCode = status;
  // HTTP/2 has no reason phrase.
  if ('assignSocket' in response) response.statusMessage = phrase ?? reasonPhrase(status);
  for (const [name, value] of withResponseHeaders(headers, responseHeaders))
    response.appendHeader(name, value);
}

/** Answers in place of a target. */
export function answer(exchange: Exchange, own: Answer): void {
  const { request, response, responseHeaders } = exchange;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What a target's answer has set already, if that turned out to be none.
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  writeHead(exchange, own.status, undefined, ownHeaders(own, responseHeaders));
  response.end(request.method === 'HEAD' ? '' : own.body);
  request.resume();
}

/** An answer to a request that node made no exchange of; it ends the connection. */
export function rawAnswer(own: Answer, responseHeaders: ResponseHeaders): string {
  const headers = withResponseHeaders(ownHeaders(own, responseHeaders), responseHeaders);
  return [
    `HTTP/1.1 ${own.status} ${reasonPhrase(own.status)}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '',
    own.body,
  ].join('\r\n');
}

function ownHeaders({ headers, body }: Answer, { namesServer }: ResponseHeaders): HeaderList {
  return [
    ...(namesServer ? [['Server', 'awselb/2.0'] as const] : []),
    ...headers,
    ['Content-Length', String(Buffer.byteLength(body))],
  ];
}
