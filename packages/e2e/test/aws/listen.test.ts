import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { listen } from '../../src/aws/listen.ts';

const hello = () => createServer((_, response) => response.end('hello'));

it('takes a free port, and tells which', async () => {
  const server = await listen(hello(), { host: '127.0.0.1', port: 0 });
  expect(await (await fetch(server.url)).text()).toBe('hello');
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow(/fetch failed/);
});

it('takes the place of a socket file that a killed process left', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'listen-'));
  const socketPath = join(directory, 'it.sock');
  await writeFile(socketPath, '');
  const server = await listen(hello(), { path: socketPath });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ socketPath, path: '/' }, resolve).once('error', reject);
  });
  expect(await text(response)).toBe('hello');
  await server.close();
  await rm(directory, { recursive: true });
});

it('says when the port is taken', async () => {
  const first = await listen(hello(), { host: '127.0.0.1', port: 0 });
  const { hostname: host, port } = new URL(first.url);
  await expect(listen(hello(), { host, port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await first.close();
});
