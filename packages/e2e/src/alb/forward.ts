/**
 * The forward action.
 *
 * node:http rather than a proxy library: each way in which a target can fail has its own status code and its own moment,
 * connections are reused by Elastic Load Balancing's rule, and a WebSocket must count as a request of its target. A proxy
 * library decides all of that itself.
 *
 * Elastic Load Balancing, "Troubleshoot your Application Load Balancers": HTTP 408, 502, 503, 504
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html) and
 * "Listeners for your Application Load Balancers": WebSockets (.../load-balancer-listeners.html)
 */
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { errorAnswer } from './answer.ts';
import { answer, type Exchange, headerList, writeHead } from './exchange.ts';
import { type HeaderList, withoutConnectionHeaders } from './forwarded-headers.ts';
import { ConnectTimeout } from './target-connection.ts';
import type { Target } from './target-group.ts';

export interface Forwarded {
  /** What the client was told. 460: the client went away first. */
  readonly status: number;
  /** What the target said, unless it said nothing. */
  readonly targetStatus?: number;
}

export interface ForwardOptions {
  readonly headers: HeaderList;
  /** Path and query. */
  readonly path: string;
  /** Renewed session cookies, added to the target's answer. */
  readonly setCookies: readonly string[];
  readonly idleTimeoutSeconds: number;
}

/** A response of a target with more header bytes is malformed. */
const maxResponseHeader = 32 * 1024;

export function forward(exchange: Exchange, target: Target, options: ForwardOptions): Promise<Forwarded> {
  const { request, response, upgrade } = exchange;
  const { promise, resolve } = Promise.withResolvers<Forwarded>();
  const idleTimeout = options.idleTimeoutSeconds * 1000;
  const ownCookies: HeaderList = options.setCookies.map((cookie) => ['Set-Cookie', cookie]);

  const sent = httpRequest({
    agent: target.connections,
    method: request.method,
    path: options.path,
    headers: [...options.headers, ...framing(exchange)].flat(),
    timeout: idleTimeout,
    maxHeaderSize: maxResponseHeader,
  });
  const inFlight = { abort: (): unknown => sent.destroy() };
  void promise.then(target.serve(inFlight));

  const fail = (status: number) => {
    answer(exchange, errorAnswer(status));
    resolve({ status });
  };
  let isUpgraded = false;
  let timeoutStatus: number | undefined;
  sent.once('timeout', () => {
    // Whose silence it was: the client's that has not sent its whole request, or the target's.
    timeoutStatus = request.complete ? 504 : 408;
    sent.destroy();
  });
  sent.on('error', (error) => {
    if (!response.destroyed) fail(timeoutStatus ?? (error instanceof ConnectTimeout ? 504 : 502));
  });
  sent.once('response', (received) => {
    const status = received.statusCode ?? 502;
    const headers = withoutConnectionHeaders(headerList(received.rawHeaders));
    writeHead(response, status, received.statusMessage, [...headers, ...ownCookies]);
    received.once('error', () => response.destroy());
    received.pipe(response);
    response.once('close', () => resolve({ status, targetStatus: status }));
  });
  sent.once('upgrade', (received, socket, head) => {
    if (!upgrade) {
      // Malformed: nobody asked for another protocol.
      socket.destroy();
      fail(502);
      return;
    }
    isUpgraded = true;
    upgrade.socket.write(switchingProtocols(received, ownCookies));
    inFlight.abort = join([upgrade, { socket, head }], idleTimeout, () =>
      resolve({ status: 101, targetStatus: 101 }),
    );
  });
  response.once('close', () => {
    if (response.writableEnded || isUpgraded) return;
    resolve({ status: 460 });
    sent.destroy();
  });
  request.pipe(sent);
  return promise;
}

/** The headers that say where the body ends, and what protocol comes after it. */
function framing({ request, upgrade }: Exchange): HeaderList {
  if (upgrade) {
    return [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
    ];
  }
  if (request.headers['content-length'] !== undefined) return [];
  const hasBody =
    'stream' in request ? !request.stream.endAfterHeaders : 'transfer-encoding' in request.headers;
  if (hasBody) return [['Transfer-Encoding', 'chunked']];
  return request.method === 'GET' || request.method === 'HEAD' ? [] : [['Content-Length', '0']];
}

function switchingProtocols(received: IncomingMessage, ownCookies: HeaderList): string {
  const headers = [...headerList(received.rawHeaders), ...ownCookies];
  return [
    'HTTP/1.1 101 Switching Protocols',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n');
}

interface End {
  readonly socket: Duplex;
  /** What was read of the connection before it changed its protocol. */
  readonly head: Buffer;
}

/**
 * Ties two connections together until one of them ends, both are silent for the idle timeout (milliseconds), or the
 * returned function is called.
 */
function join([one, other]: readonly [End, End], idleTimeout: number, onClose: () => void): () => void {
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
