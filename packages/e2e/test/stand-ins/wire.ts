import { once } from 'node:events';
import type { Server } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { z } from 'zod';

/** What the target of a test says of a request. */
const Echo = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });
export type Echo = z.output<typeof Echo>;

export const parseEcho = (text: string): Echo => Echo.parse(JSON.parse(text));

export const parseHeaders = (text: string) => z.record(z.string(), z.unknown()).parse(JSON.parse(text));

/** Resolves when the server listens on a free port of loopback. */
export async function listenLocally(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return z.object({ port: z.number() }).parse(server.address()).port;
}

export async function readText(stream: NodeJS.ReadableStream): Promise<string> {
  return (await buffer(stream)).toString();
}
