/**
 * The forward action.
 *
 * node:http rather than a proxy library: each way in which a target can fail has its own status code and its own moment,
 * connections are reused by Elastic Load Balancing's rule, and a WebSocket must count as a request of its target. A proxy
 * library decides all of that itself.
 *
 * Elastic Load Balancing, "Troubleshoot your Application Load Balancers": HTTP 408, 502, 503, 504
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html)
 */
import { type IncomingMessage, request as httpRequest } from 'node:http';

import { errorAnswer } from './answer.ts';
import { answer, type Exchange, headerList, writeHead } from './exchange.ts';
import { type HeaderList, withoutConnectionHeaders } from './forwarded-headers.ts';
import { announcesBodyOfNothing, isWellFramed, requestFraming, responseFraming } from './framing.ts';
import { withResponseHeaders } from './response-headers.ts';
import { ConnectTimeout } from './target-connection.ts';
import type { Target } from './target-group.ts';
import { handshake, isWebSocket, join, switchingProtocols } from './web-socket.ts';

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
  /** Uses a connection that nobody uses afterwards. */
  readonly ownConnection: boolean;
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
    headers: [
      ...options.headers,
      ...(upgrade ? handshake : requestFraming(request)),
      ...(options.ownConnection ? [['Connection', 'close']] : []),
    ].flat(),
    timeout: idleTimeout,
    maxHeaderSize: maxResponseHeader,
  });
  const inFlight = { abort: (): unknown => sent.destroy() };
  void promise.then(target.serve(inFlight));

  const fail = (status: number) => {
    answer(exchange, errorAnswer(status));
    resolve({ status });
  };
  /** An answer that cannot be passed on. */
  const refuse = () => {
    sent.destroy();
    fail(502);
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
    received.once('error', () => response.destroy());
    if (!isWellFramed(received) || !pass(exchange, received, ownCookies)) {
      refuse();
      return;
    }
    received.pipe(response);
    received.once('end', () => {
      // Answered before all was sent: what is still to come must not meet the next person's request, nor must a body
      // that was announced where there is none.
      if (sent.writableFinished && !announcesBodyOfNothing(received)) return;
      request.unpipe(sent);
      request.resume();
      sent.destroy();
    });
    response.once('close', () => resolve({ status, targetStatus: status }));
  });
  sent.once('upgrade', (received, socket, head) => {
    if (!upgrade || !isWebSocket(received)) {
      // Malformed: nobody asked for another protocol, or for that one.
      socket.destroy();
      fail(502);
      return;
    }
    isUpgraded = true;
    const own = (theirs: HeaderList) =>
      withResponseHeaders([...theirs, ...ownCookies], exchange.responseHeaders);
    upgrade.socket.write(switchingProtocols(received, own));
    inFlight.abort = join([upgrade, { socket, head }], idleTimeout, () =>
      resolve({ status: 101, targetStatus: 101 }),
    );
  });
  response.once('close', () => {
    if (response.writableEnded || isUpgraded) return;
    resolve({ status: 460 });
    sent.destroy();
  });
  // Over HTTP/2 what is read of a stream ends also when the client breaks it off.
  request.once('aborted', () => sent.destroy());
  request.pipe(sent);
  return promise;
}

/** Sends the head of a target's answer to the client; false when node finds that it cannot be sent. */
function pass(exchange: Exchange, received: IncomingMessage, ownCookies: HeaderList): boolean {
  const status = received.statusCode ?? 502;
  const theirs = headerList(received.rawHeaders);
  const headers = [...withoutConnectionHeaders(theirs), ...responseFraming(status, theirs), ...ownCookies];
  try {
    writeHead(exchange, status, received.statusMessage, headers);
    const { response } = exchange;
    if ('flushHeaders' in response) response.flushHeaders();
    else response.writeHead(status);
    return true;
  } catch {
    return false;
  }
}
