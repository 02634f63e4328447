/**
 * The headers that say where a message ends. They are made for each connection from what is really sent on it, never
 * taken over from what somebody said on another: RFC 9112, sections 6 and 9.3
 * (https://www.rfc-editor.org/rfc/rfc9112#section-6), RFC 9113, section 8.1.1 for HTTP/2.
 */
import type { IncomingMessage } from 'node:http';

import type { Exchange } from './exchange.ts';
import { type HeaderList, valueOf } from './forwarded-headers.ts';

/** Of a request to a target. */
export function requestFraming(request: Exchange['request']): HeaderList {
  const length = request.headers['content-length'];
  const isChunked =
    'stream' in request
      ? length === undefined && !request.stream.endAfterHeaders
      : request.headers['transfer-encoding'] !== undefined;
  if (isChunked) return [['Transfer-Encoding', 'chunked']];
  // node has read exactly as many bytes as the one length says, or the request ends with an error.
  if (length !== undefined) return [['Content-Length', length.replace(/^0+(?=\d)/, '')]];
  return request.method === 'GET' || request.method === 'HEAD' ? [] : [['Content-Length', '0']];
}

/** Whether a request brings a body along, were it an empty one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

/** Whether a target's answer ends where everybody sees its end. node's parser has refused two lengths already. */
export function isWellFramed({ headers, statusCode = 0 }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding'];
  return statusCode <= 599 && (coding === undefined || coding.toLowerCase() === 'chunked');
}

/** Whether a target announces a body where there is none: what follows on the connection may be that body. */
export function announcesBodyOfNothing({ headers, statusCode }: IncomingMessage): boolean {
  const announces = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return statusCode === 204 && announces;
}

/** Of an answer to a client: the target's length; node frames what has none. */
export function responseFraming(status: number, headers: HeaderList): HeaderList {
  const length = valueOf(headers, 'content-length');
  return status === 204 || length === undefined ? [] : [['Content-Length', length]];
}
