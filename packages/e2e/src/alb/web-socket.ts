/**
 * WebSockets: which requests become one, and the way it goes until one side ends.
 *
 * Elastic Load Balancing, "Listeners for your Application Load Balancers": WebSockets
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#listener-configuration)
 * and RFC 6455, section 4 (https://www.rfc-editor.org/rfc/rfc6455#section-4)
 */
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { headerList } from './exchange.ts';
import { type HeaderList, withoutConnectionHeaders } from './forwarded-headers.ts';
import { hasBody } from './framing.ts';

/** What changes the protocol of a connection; the rest of a handshake are ordinary headers. */
export const handshake: HeaderList = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
];

/** A request that asks for anything else, or brings a body along, is an ordinary one. */
export function asksForWebSocket(request: IncomingMessage): boolean {
  const { headers, method, httpVersion } = request;
  return (
    isWebSocket(request) &&
    headers['sec-websocket-key'] !== undefined &&
    method === 'GET' &&
    httpVersion === '1.1' &&
    !hasBody(request)
  );
}

export function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

export function switchingProtocols(
  received: IncomingMessage,
  own: (theirs: HeaderList) => HeaderList,
): string {
  const headers = own(withoutConnectionHeaders(headerList(received.rawHeaders)));
  return [
    'HTTP/1.1 101 Switching Protocols',
    ...[...handshake, ...headers].map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n');
}

export interface End {
  readonly socket: Duplex;
  /** What was read of the connection before it changed its protocol. */
  readonly head: Buffer;
}

/**
 * Ties two connections together until one of them ends, both are silent for the idle timeout (milliseconds), or the
 * returned function is called.
 */
export function join(
  [one, other]: readonly [End, End],
  idleTimeout: number,
  onClose: () => void,
): () => void {
  const close = () => {
    one.socket.destroy();
    other.socket.destroy();
    onClose();
  };
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    to.socket.write(from.head);
    from.socket.pipe(to.socket);
    if (from.socket instanceof Socket) from.socket.setTimeout(idleTimeout, close);
    from.socket.once('error', close).once('close', close);
  }
  return close;
}
