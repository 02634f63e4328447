import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { certificateFor, trustingFetch } from '../../src/tls/index.ts';
import { listenLocally } from '../stand-ins/wire.ts';

const directory = () => mkdtemp(join(tmpdir(), 'tls-'));

test('A certificate covers localhost, its addresses and the given names, and is readable by its owner only', async () => {
  const { cert, key, path } = await certificateFor(['Pod.example.com', '10.9.0.2'], await directory());
  const parsed = new X509Certificate(cert);
  expect(parsed.checkHost('localhost')).toBe('localhost');
  expect(parsed.checkHost('pod.example.com')).toBe('pod.example.com');
  expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(parsed.checkIP('::1')).toBe('::1');
  expect(parsed.checkIP('10.9.0.2')).toBe('10.9.0.2');
  expect(parsed.ca).toBe(false);
  expect(key).toContain('PRIVATE KEY');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('A certificate is kept while it is valid and names the same hosts', async () => {
  const dir = await directory();
  const first = await certificateFor(['a.example.com'], dir);
  expect(await certificateFor(['a.example.com'], dir)).toEqual(first);
  const second = await certificateFor(['b.example.com'], dir);
  expect(second.cert).not.toBe(first.cert);
});

test('A certificate near its end, or a broken file, is replaced', async () => {
  const dir = await directory();
  const first = await certificateFor([], dir);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 340 * 24 * 60 * 60 * 1000 });
  const second = await certificateFor([], dir);
  vi.useRealTimers();
  expect(second.cert).not.toBe(first.cert);
  await writeFile(first.path, 'not a certificate');
  const third = await certificateFor([], dir);
  expect(await readFile(third.path, 'utf8')).toBe(third.key + third.cert);
});

test('A client that trusts the certificate reaches the server, another does not', async () => {
  const certificate = await certificateFor([], await directory());
  const server = createServer(certificate, (request, response) => {
    request.pipe(response.writeHead(302, { location: '/elsewhere', 'set-cookie': ['a=1', 'b=2'] }));
  });
  const url = `https://localhost:${await listenLocally(server)}/`;
  const response = await trustingFetch(certificate.cert)(url, { method: 'POST', body: 'hello' });
  expect(response.status).toBe(302);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await response.text()).toBe('hello');
  const stranger = await certificateFor([], await directory());
  await expect(trustingFetch(stranger.cert)(url)).rejects.toThrow(/self-signed/);
  server.close();
  server.closeAllConnections();
});
