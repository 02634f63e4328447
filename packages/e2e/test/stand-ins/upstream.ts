import { createServer, type IncomingMessage, type RequestListener } from 'node:http';

import { WebSocketServer } from 'ws';

import { listenLocally } from './wire.ts';

export interface Upstream {
  readonly host: string;
  readonly port: number;
  /** The requests it saw, health checks apart. */
  readonly requests: readonly IncomingMessage[];
  readonly healthChecks: readonly IncomingMessage[];
  /** How many connections clients opened to it. */
  connections: number;
  /** What `/healthz` answers from now on. */
  health: number;
  /** Whether it accepts WebSockets from now on, or answers 401. */
  acceptsWebSockets: boolean;
  /** Takes over what is not `/healthz` or a WebSocket. */
  handler: RequestListener;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Plays a target: says what it was asked, echoes WebSocket messages. */
export async function startUpstream(): Promise<Upstream> {
  const requests: IncomingMessage[] = [];
  const healthChecks: IncomingMessage[] = [];
  const upstream = {
    requests,
    healthChecks,
    connections: 0,
    health: 200,
    acceptsWebSockets: true,
    handler: ((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ url: request.url, headers: request.headers, raw: request.rawHeaders }));
    }) as RequestListener,
  };
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      healthChecks.push(request);
      response.writeHead(upstream.health).end();
      return;
    }
    requests.push(request);
    upstream.handler(request, response);
  });
  server.on('connection', () => (upstream.connections += 1));
  const sockets = new WebSocketServer({ server, verifyClient: () => upstream.acceptsWebSockets });
  sockets.on('connection', (socket, request) => {
    requests.push(request);
    socket.send(JSON.stringify(request.headers));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const port = await listenLocally(server);
  return Object.assign(upstream, {
    host: '127.0.0.1',
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
