import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';

import { type Answer, reasonPhrase } from './answer.ts';
import type { HeaderList } from './forwarded-headers.ts';

/** A request of a client and the way to answer it, over HTTP/1.1 or HTTP/2. */
export interface Exchange {
  readonly request: IncomingMessage | Http2ServerRequest;
  readonly response: ServerResponse | Http2ServerResponse;
  /** Of a request that asks to become a WebSocket: the connection, and what was read of it beyond the request. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Buffer };
}

export function headerList(rawHeaders: readonly string[]): HeaderList {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[index * 2] ?? '',
    rawHeaders[index * 2 + 1] ?? '',
  ]);
}

export function writeHead(
  response: Exchange['response'],
  status: number,
  phrase: string | undefined,
  headers: HeaderList,
): void {
  response.statusCode = status;
  // HTTP/2 has no reason phrase.
  if ('assignSocket' in response) response.statusMessage = phrase ?? reasonPhrase(status);
  for (const [name, value] of headers) response.appendHeader(name, value);
}

/** Answers in place of a target. */
export function answer({ request, response }: Exchange, { status, headers, body }: Answer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  writeHead(response, status, undefined, [
    ['Server', 'awselb/2.0'],
    ...headers,
    ['Content-Length', String(Buffer.byteLength(body))],
  ]);
  response.end(request.method === 'HEAD' ? '' : body);
  request.resume();
}
