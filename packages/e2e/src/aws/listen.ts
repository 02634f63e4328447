import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { Server as SocketServer } from 'node:net';

/**
 * Where a stand-in answers: a TCP address (port 0: any free one), a unix socket, or a socket that already listens, as
 * one that was made in another network namespace.
 */
export type ListenOn =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }
  | { readonly handle: SocketServer };

export interface Listening {
  /** Base URL, without a slash at the end; on a unix socket `http://localhost`, for a client that brings the socket. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a server. A socket file that a killed process left behind is replaced. @throws the error of `listen` */
export async function listen(server: Server, on: ListenOn): Promise<Listening> {
  if ('path' in on) await rm(on.path, { force: true });
  const url = 'handle' in on ? urlOf(on.handle) : undefined;
  server.listen('handle' in on ? on.handle : on);
  await once(server, 'listening');
  return {
    url: url ?? urlOf(server),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function urlOf(server: SocketServer): string {
  const address = server.address();
  return typeof address === 'object' && address !== null
    ? `http://${address.address}:${address.port}`
    : 'http://localhost';
}
