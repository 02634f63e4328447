import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';

/** Where a stand-in answers: a TCP address, or a unix socket that a relay forwards to. Port 0: any free one. */
export type ListenOn = { readonly host: string; readonly port: number } | { readonly path: string };

export interface Listening {
  /** Base URL, without a slash at the end; on a unix socket `http://localhost`, for a client that brings the socket. */
  readonly url: string;
  readonly on: ListenOn;
  close(): Promise<void>;
}

/** Opens a server. A socket file that a killed process left behind is replaced. @throws the error of `listen` */
export async function listen(server: Server, on: ListenOn): Promise<Listening> {
  if ('path' in on) await rm(on.path, { force: true });
  server.listen(on);
  await once(server, 'listening');
  const address = server.address();
  const bound =
    'path' in on || address === null || typeof address === 'string' ? on : { ...on, port: address.port };
  return {
    on: bound,
    url: 'path' in bound ? 'http://localhost' : `http://${bound.host}:${bound.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
