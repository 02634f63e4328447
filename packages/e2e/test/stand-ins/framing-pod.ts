import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';

import { expect, vi } from 'vitest';

import {
  authenticate,
  dnsName,
  forward,
  hostRule,
  type Pod,
  signedIn,
  startPod,
  targetGroupArn,
  untilHealth,
} from './pod.ts';
import { type Arrival, startStrictTarget, type StrictTarget } from './strict-target.ts';

export interface FramingPod {
  readonly pod: Pod;
  readonly target: StrictTarget;
  /** Alice's Host and Cookie lines. */
  readonly head: string;
  /** Bytes of alice's on a connection of their own; the statuses of what came back. */
  send(bytes: string, expected: number, end?: boolean): Promise<number[]>;
  /** Bob's request on another connection, which must arrive as it is; answers what arrived before it. */
  neighbour(): Promise<readonly Arrival[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A load balancer with a login before a target that takes nothing on trust; alice is signed in, and bob. */
export async function startFramingPod(mode: 'defensive' | 'strictest'): Promise<FramingPod> {
  const target = await startStrictTarget();
  const pod = await startPod({
    rules: [hostRule(1, [authenticate(), forward])],
    loadBalancer: { attributes: attributesOf(mode), healthCheckPace: 5 },
  });
  const cookieOf = async (username: string) => {
    const browser = await signedIn(pod, pod.newBrowser(), username);
    return browser.cookieHeader(pod.url);
  };
  const cookies = { alice: await cookieOf('alice'), bob: await cookieOf('bob') };
  await pod.loadBalancer.deregisterTarget(targetGroupArn, 'i-0123456789');
  pod.loadBalancer.registerTarget(targetGroupArn, { id: 'i-strict', host: target.host, port: target.port });
  await untilHealth(pod.loadBalancer, 'healthy');
  const subs = new Map(pod.pool.users.list().map(({ username, sub }) => [username, sub]));
  let seen = 0;
  let malformed = 0;
  let count = 0;
  return {
    pod,
    target,
    head: `Host: ${dnsName}\r\nCookie: ${cookies.alice}\r\n`,
    send: (bytes, expected, end = false) => send(pod, bytes, expected, end),
    neighbour: async () => {
      const path = `/neighbour/${(count += 1)}`;
      const bytes = `GET ${path} HTTP/1.1\r\nHost: ${dnsName}\r\nCookie: ${cookies.bob}\r\n\r\n`;
      expect(await send(pod, bytes, 1, false)).toEqual([200]);
      await vi.waitUntil(() => target.arrivals.at(-1)?.target === path, { interval: 1 });
      const arrived = target.arrivals.slice(seen);
      const wrong = target.malformed.slice(malformed);
      seen = target.arrivals.length;
      malformed = target.malformed.length;
      expect(wrong).toEqual([]);
      const neighbours = arrived.filter((arrival) => arrival.target === path);
      expect(neighbours).toHaveLength(1);
      for (const arrival of arrived) {
        expectIdentity(arrival, subs.get(neighbours.includes(arrival) ? 'bob' : 'alice') ?? '');
      }
      return arrived.filter((arrival) => !neighbours.includes(arrival));
    },
    [Symbol.asyncDispose]: async () => {
      await pod[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
    },
  };
}

const attributesOf = (mode: string) => [
  { Key: 'routing.http.desync_mitigation_mode', Value: mode },
  { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: String(mode === 'strictest') },
];

/** Exactly what the load balancer says of a request, and nothing that sounds like it. */
function expectIdentity({ headers }: Arrival, sub: string): void {
  const normalized = headers.map(
    ([name, value]) => [name.toLowerCase().replaceAll('_', '-'), value] as const,
  );
  const valuesOf = (wanted: string) =>
    normalized.filter(([name]) => name === wanted).map(([, value]) => value);
  expect(
    normalized
      .map(([name]) => name)
      .filter((name) => name.startsWith('x-amzn-'))
      .toSorted(),
  ).toEqual(['x-amzn-oidc-accesstoken', 'x-amzn-oidc-data', 'x-amzn-oidc-identity', 'x-amzn-trace-id']);
  expect(valuesOf('x-amzn-oidc-identity')).toEqual([sub]);
  expect(valuesOf('x-forwarded-proto')).toEqual(['https']);
  expect(valuesOf('x-forwarded-for').map((value) => value.split(', ').at(-1))).toEqual(['127.0.0.1']);
  expect(valuesOf('x-forwarded-port')).toHaveLength(1);
  expect(valuesOf('upgrade')).toEqual([]);
  expect(valuesOf('trailer')).toEqual([]);
}

async function send(pod: Pod, bytes: string, expected: number, end: boolean): Promise<number[]> {
  const socket: TLSSocket = connectTls({
    port: Number(new URL(pod.url).port),
    ca: pod.certificate.cert,
    servername: 'localhost',
  });
  await once(socket, 'secureConnect');
  let text = '';
  let isOver = false;
  socket.on('error', () => undefined);
  socket.on('data', (data) => (text += data.toString('latin1')));
  socket.once('close', () => (isOver = true));
  const statuses = () =>
    [...text.matchAll(/(?:^|\r\n\r\n|\n)HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  socket.write(bytes, 'latin1');
  if (end) socket.end();
  await vi.waitUntil(() => isOver || statuses().filter((status) => status >= 200).length >= expected, {
    timeout: 5000,
    interval: 1,
  });
  // What should not come has a moment to come.
  await wait(10);
  socket.destroy();
  return statuses();
}
