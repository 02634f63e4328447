import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';

import { expect, test, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';

import {
  hostRule,
  notFound,
  forward,
  type Pod,
  signedIn,
  startPod,
  targetGroupArn,
} from '../stand-ins/pod.ts';
import { parseHeaders, readText } from '../stand-ins/wire.ts';

function open(pod: Pod, headers: Record<string, string>, options: ClientOptions = {}): WebSocket {
  return new WebSocket(pod.url.replace('https', 'wss'), { ca: pod.certificate.cert, headers, ...options });
}

/** The status that a WebSocket was refused with. */
function refusal(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve) => {
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
  });
}

function message(socket: WebSocket): Promise<Buffer> {
  return new Promise((resolve) => {
    socket.once('message', (data) => resolve(Buffer.isBuffer(data) ? data : Buffer.alloc(0)));
  });
}

/** The code that a WebSocket was closed with. */
function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.once('close', (code) => resolve(code));
  });
}

test('A WebSocket of a signed-in browser reaches the target with the identity and carries messages both ways', async () => {
  await using pod = await startPod();
  await signedIn(pod);
  const statuses: number[] = [];
  pod.loadBalancer.on('access', ({ status }) => statuses.push(status));
  const socket = open(pod, {
    cookie: pod.browser.cookieHeader(pod.url),
    origin: pod.url,
    'x-amzn-oidc-identity': 'mallory',
    'x-forwarded-for': '10.0.0.1',
  });
  const headers = parseHeaders((await message(socket)).toString());
  expect(headers['x-amzn-oidc-identity']).toBe(pod.pool.users.list()[0]?.sub);
  expect(headers['x-amzn-oidc-data']).toMatch(/^ey/);
  expect(headers['x-forwarded-for']).toBe('10.0.0.1, 127.0.0.1');
  expect(headers['origin']).toBe(pod.url);
  for (const sent of ['hello', Buffer.alloc(200_000, 7)]) {
    socket.send(sent);
    expect((await message(socket)).equals(Buffer.from(sent))).toBe(true);
  }
  socket.close(1000, 'done');
  expect(await closed(socket)).toBe(1000);
  await vi.waitUntil(() => statuses.length > 0);
  expect(statuses).toEqual([101]);
});

test('A WebSocket without a session is redirected, and the target never sees it', async () => {
  await using pod = await startPod();
  expect(await refusal(open(pod, {}))).toBe(302);
  expect(await refusal(open(pod, { cookie: 'AWSELBAuthSessionCookie-0=forged' }))).toBe(302);
  expect(pod.upstream.requests).toHaveLength(0);
});

test('A WebSocket for another host meets the default action', async () => {
  await using pod = await startPod();
  await signedIn(pod);
  const headers = { cookie: pod.browser.cookieHeader(pod.url), host: 'www.example.com' };
  expect(await refusal(open(pod, headers))).toBe(404);
});

test('A WebSocket that the target refuses is refused with its answer', async () => {
  await using pod = await startPod({ rules: [hostRule(1, [forward])] });
  pod.upstream.acceptsWebSockets = false;
  expect(await refusal(open(pod, {}))).toBe(401);
  await pod.upstream[Symbol.asyncDispose]();
  expect(await refusal(open(pod, {}))).toBe(502);
});

test('A request for any other protocol is an ordinary request', async () => {
  await using pod = await startPod({ rules: [hostRule(1, [forward])] });
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
  const answer = await new Promise<IncomingMessage>((resolve) => {
    request(pod.url, { ca: pod.certificate.cert, headers }, resolve).end();
  });
  expect(answer.statusCode).toBe(200);
  expect(await readText(answer)).not.toMatch(/h2c|http2-settings/i);
});

test('A WebSocket ends when both sides are silent for the idle timeout, and lives as long as one speaks', async () => {
  await using pod = await startPod({
    rules: [hostRule(1, [forward])],
    loadBalancer: { attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }] },
  });
  const socket = open(pod, {});
  await message(socket);
  for (let count = 0; count < 5; count += 1) {
    await wait(400);
    socket.send('still here');
  }
  expect(socket.readyState).toBe(WebSocket.OPEN);
  const silentSince = Date.now();
  expect(await closed(socket)).toBe(1006);
  expect(Date.now() - silentSince).toBeGreaterThan(900);
});

test('A WebSocket is a request of its target: deregistration waits for it, then cuts it off', async () => {
  await using pod = await startPod({ rules: [hostRule(1, [forward])] });
  const socket = open(pod, {});
  await message(socket);
  const ended = closed(socket);
  const begun = Date.now();
  const left = pod.loadBalancer.deregisterTarget(targetGroupArn, 'i-0123456789');
  expect(pod.loadBalancer.targetHealth(targetGroupArn)[0]?.state).toBe('draining');
  await left;
  await ended;
  expect(Date.now() - begun).toBeGreaterThanOrEqual(1000);
});

test('Nobody gets a WebSocket through a default action that forwards nothing', async () => {
  await using pod = await startPod({ rules: [hostRule(1, [notFound])] });
  expect(await refusal(open(pod, {}))).toBe(404);
});
