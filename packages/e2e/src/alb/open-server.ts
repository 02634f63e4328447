/**
 * The client's side: HTTP and HTTPS servers with the limits of a load balancer.
 *
 * Elastic Load Balancing, "Edit attributes for your Application Load Balancer": connection idle timeout, HTTP client
 * keepalive duration (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html)
 * and "Quotas for your Application Load Balancers": HTTP headers (.../load-balancer-limits.html)
 */
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Certificate } from '../tls/index.ts';
import { type Answer, errorAnswer } from './answer.ts';
import { ClientConnections } from './client-connections.ts';
import { type Exchange, rawAnswer } from './exchange.ts';
import { asksForWebSocket } from './web-socket.ts';
import type { ResponseHeaders } from './response-headers.ts';
import type { LoadBalancerAttributes } from './shapes.ts';

export type ServerCertificate = Pick<Certificate, 'cert' | 'key'>;

export interface OpenServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** HTTPS when given. */
  readonly certificate?: ServerCertificate;
  readonly attributes: LoadBalancerAttributes;
  /** By the Host header; none when the request could not be read. */
  readonly responseHeaders: (host?: string) => ResponseHeaders;
  readonly onExchange: (exchange: Exchange) => void;
}

/** All header lines of a request together, in bytes. */
const maxHeaderSize = 64 * 1024;

export async function openServer({
  host,
  port,
  certificate,
  attributes,
  responseHeaders,
  onExchange,
}: ServerOptions): Promise<OpenServer> {
  const server = makeServer(certificate, attributes);
  const idleTimeout = attributes.idleTimeoutSeconds * 1000;
  // A load balancer limits silence, never the length of a request. Only the plain server's types name the HTTP/1 limits.
  Object.assign(server, {
    keepAliveTimeout: idleTimeout,
    headersTimeout: idleTimeout,
    requestTimeout: 0,
    timeout: 0,
  });
  const openedAt = new WeakMap<Duplex, number>();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    openedAt.set(socket, Date.now());
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', (socket: Socket) => openedAt.set(socket, Date.now()));
  const connections = new ClientConnections();
  const headersOf = ({ headers }: IncomingMessage) =>
    responseHeaders(headers.host ?? String(headers[':authority'] ?? ''));
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (!connections.begin(request, response)) return;
    const isLast = () => connections.end(socket, response);
    const age = Date.now() - (openedAt.get(socket) ?? Date.now());
    if (age > attributes.clientKeepAliveSeconds * 1000) isLast();
    // node loses bytes that follow a request for another protocol when it is served as an ordinary one.
    if (request.headers.upgrade !== undefined) isLast();
    onExchange({ request, response, responseHeaders: headersOf(request), isLast });
  };
  const reject = (socket: Duplex, answer: Answer, request?: IncomingMessage) =>
    socket.end(rawAnswer(answer, request ? headersOf(request) : responseHeaders()));
  Object.assign(server, {
    shouldUpgradeCallback: (request: IncomingMessage) =>
      asksForWebSocket(request) && !connections.isAnswering(request.socket),
  });
  server.on('request', onRequest);
  // Without a listener node would answer itself.
  server.on('checkExpectation', onRequest);
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.end());
    socket.once('error', () => socket.destroy());
    onExchange({
      request,
      response,
      responseHeaders: headersOf(request),
      isLast: () => undefined,
      upgrade: { socket, head },
    });
  });
  server.on('connect', (request: IncomingMessage, connection: Duplex | ServerResponse) => {
    // Over HTTP/2 there is a response, as for every other method.
    if (!(connection instanceof Socket)) {
      onRequest(request, connection as ServerResponse);
      return;
    }
    // node leaves the connection to whoever listens, with its errors.
    connection.once('error', () => connection.destroy());
    // The answers to what was asked before would come after this one.
    if (connections.isAnswering(connection)) connection.destroy();
    else reject(connection, errorAnswer(405), request);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    if (!connections.fail(socket)) return;
    reject(socket, errorAnswer(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400));
  });
  return listen(server, sockets, port, host);
}

/** The public key endpoint of a Region, which knows one key. */
export function openPublicKeys(
  keys: ReadonlyMap<string, string>,
  { host, port, certificate }: Pick<ServerOptions, 'host' | 'port' | 'certificate'>,
): Promise<OpenServer> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const key = keys.get((request.url ?? '').slice(1));
    response.writeHead(key === undefined ? 404 : 200, { 'Content-Type': 'text/plain' }).end(key);
  };
  const server = certificate ? createTlsServer(certificate, onRequest) : createServer(onRequest);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) =>
    sockets.add(socket.once('close', () => sockets.delete(socket))),
  );
  return listen(server, sockets, port, host);
}

function makeServer(
  certificate: ServerCertificate | undefined,
  { http2 }: LoadBalancerAttributes,
): Server | Http2SecureServer {
  if (!certificate) return createServer({ maxHeaderSize });
  const tls = { ...certificate, minVersion: 'TLSv1.2', maxHeaderSize } as const;
  return http2 ? createSecureServer({ ...tls, allowHTTP1: true }) : createTlsServer(tls);
}

async function listen(
  server: Server | Http2SecureServer,
  sockets: ReadonlySet<Socket>,
  port: number,
  host: string,
): Promise<OpenServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
