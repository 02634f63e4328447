import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Pending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The connections of clients: which requests of each wait for their answer, and whether it takes more of them. */
export class ClientConnections {
  readonly #pending = new WeakMap<Socket, readonly Pending[]>();
  readonly #ending = new WeakSet<Socket>();

  /** False when a request before it was the last one of its connection: it is not served. */
  begin(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    if (this.#ending.has(socket)) return false;
    const pending = { request, response };
    this.#pending.set(socket, [...this.#pendingOf(socket), pending]);
    response.once('close', () =>
      this.#pending.set(
        socket,
        this.#pendingOf(socket).filter((other) => other !== pending),
      ),
    );
    return true;
  }

  /** Makes a request the last one of its connection. One of HTTP/2 has a stream to itself. */
  end(socket: Socket, response: ServerResponse): void {
    if (!('shouldKeepAlive' in response)) return;
    this.#ending.add(socket);
    response.shouldKeepAlive = false;
  }

  /**
   * What cannot be read has arrived. True when it is to be answered now: nothing else is being answered, or it is the body
   * of the one request that is. What was asked before it gets its answer first, and the connection ends with that.
   */
  fail(socket: Socket): boolean {
    if (this.#ending.has(socket)) return false;
    const pending = this.#pendingOf(socket);
    const last = pending.at(-1);
    this.#ending.add(socket);
    if (!last) return true;
    if (last.request.complete) {
      last.response.shouldKeepAlive = false;
      last.response.once('finish', () => socket.end());
      return false;
    }
    const isOnlyOne = pending.length === 1 && !last.response.headersSent;
    if (!isOnlyOne) socket.destroy();
    return isOnlyOne;
  }

  isAnswering(socket: Socket): boolean {
    return this.#pendingOf(socket).length > 0;
  }

  #pendingOf(socket: Socket): readonly Pending[] {
    return this.#pending.get(socket) ?? [];
  }
}
