import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isAttempt } from '../sign-in/attempt.ts';
import { loginOf, type SignedOut } from '../sign-out/signed-out.ts';
import { identityHeader, type Assertions } from './assertions.ts';

/** https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#http and #net */
const requestChannel = 'http.server.request.start';
const connectionChannel = 'net.server.socket';

/**
 * Takes the identity out of every request that does not prove it, before the gateway sees the request: it then is nobody's, and
 * refused as such.
 *
 * OpenClaw 2026.9.6 shows a plugin no request but those of its own paths, and those after its own; an access policy is asked
 * about a person without the request. Node.js tells whoever is in the process: of a request before its server does, and of a
 * connection before anything is read from it, which is in time to be the first who hears of a WebSocket.
 */
export class RequestGuard {
  readonly #assertions: Assertions;
  readonly #tell: (message: string) => void;
  readonly #servers = new Set<Server>();
  readonly #told = new Set<string>();
  readonly #signedOut: SignedOut | undefined;
  /** WebSockets by the login that they were opened with. */
  readonly #sockets = new Map<string, Set<Duplex>>();

  constructor(assertions: Assertions, tell: (message: string) => void, signedOut?: SignedOut) {
    this.#assertions = assertions;
    this.#tell = tell;
    this.#signedOut = signedOut;
    signedOut?.onEnd((login) => this.#end(login));
  }

  /** Whether it has seen the server of the gateway: what came before was not judged. */
  get isOn(): boolean {
    return this.#servers.size > 0;
  }

  start(): void {
    subscribe(requestChannel, this.#onRequest);
    subscribe(connectionChannel, this.#onConnection);
  }

  stop(): void {
    unsubscribe(requestChannel, this.#onRequest);
    unsubscribe(connectionChannel, this.#onConnection);
    for (const server of this.#servers) server.off('upgrade', this.#onUpgrade);
    this.#servers.clear();
  }

  readonly #onRequest = (message: unknown): void => {
    const { request, server } = message as { request: IncomingMessage; server?: unknown };
    this.#watch(server);
    this.#judge(request);
  };

  readonly #onConnection = (message: unknown): void => {
    this.#watch((message as { socket?: { server?: unknown } }).socket?.server);
  };

  #watch(server: unknown): void {
    if (!(server instanceof Server) || this.#servers.has(server)) return;
    this.#servers.add(server);
    server.prependListener('upgrade', this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex): void => {
    this.#judge(request);
    const login = this.#signedOut && loginOf(request.headers);
    if (login === undefined) return;
    const sockets = this.#sockets.get(login) ?? new Set();
    this.#sockets.set(login, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#sockets.delete(login);
    });
  };

  /** Whoever copied the cookie may have opened some of them. */
  #end(login: string): void {
    for (const socket of this.#sockets.get(login) ?? []) socket.destroy();
  }

  readonly #judge = (request: IncomingMessage): void => {
    const doubt = this.#doubtOf(request);
    if (doubt === undefined) return;
    delete request.headers[identityHeader];
    // In place: Node.js has counted them.
    const { rawHeaders } = request;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      if (rawHeaders[at]?.toLowerCase() === identityHeader)
        rawHeaders.splice(at, 2, 'x-clawharbor-refused', '');
    }
    if (isAttempt(request)) return;
    if (!this.#told.has(doubt)) this.#tell(`ASSERTION_REFUSED: a request says who it is from, but ${doubt}`);
    this.#told.add(doubt);
  };

  #doubtOf({ headers }: IncomingMessage): string | undefined {
    const doubt = this.#assertions.doubtOf(headers);
    if (doubt !== undefined || headers[identityHeader] === undefined) return doubt;
    return this.#signedOut?.has(headers) === true ? 'its login was signed out of' : undefined;
  }
}
