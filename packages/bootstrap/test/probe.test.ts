import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { probeOnce } from '../src/host/probe.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function answering(answer: Parameters<typeof createServer>[1]): Promise<string> {
  server = createServer(answer as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`;
}

test('an answer is its status and its text', async () => {
  const url = await answering((_, response) => response.writeHead(503).end('not yet: \u00fc'));
  expect(await probeOnce(url)).toEqual({ status: 503, body: 'not yet: \u00fc' });
});

test('fault (gateway): it answers without an end → its status counts, and no more than the beginning is held', async () => {
  const url = await answering((_, response) => {
    const endless = function* () {
      for (;;) yield Buffer.alloc(65_536, 'x');
    };
    Readable.from(endless())
      .on('error', () => {})
      .pipe(response);
  });
  const answer = await probeOnce(url);
  expect(answer?.status).toBe(200);
  expect(answer?.body).toHaveLength(1024 * 1024);
});

test('nobody who answers is no answer', async () => {
  const url = await answering((request) => request.socket.destroy());
  expect(await probeOnce(url)).toBeUndefined();
});
