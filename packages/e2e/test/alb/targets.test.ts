import type { ServerResponse } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, test, vi } from 'vitest';

import { startLoadBalancer, type TargetHealthEvent } from '../../src/alb/index.ts';
import {
  forward,
  freePort,
  hostRule,
  type Pod,
  startPod,
  targetGroup,
  targetGroupArn,
  untilHealth,
} from '../stand-ins/pod.ts';
import { startUpstream } from '../stand-ins/upstream.ts';
import { listenLocally } from '../stand-ins/wire.ts';

const openRule = [hostRule(1, [forward])];
const targetId = 'i-0123456789';
const get = async (pod: Pod, path = '/') => (await pod.browser.request(`${pod.url}${path}`)).status;

/** Plays a target that speaks TCP and nothing else that is agreed upon. */
async function startRaw(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  const port = await listenLocally(server);
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, [Symbol.dispose]: close };
}

/** A pod whose only target listens at another port; it does not get healthy and so gets traffic by failing open. */
async function startPodAt(port: number, attributes: readonly object[] = []): Promise<Pod> {
  const pod = await startPod({ rules: openRule, loadBalancer: { attributes } });
  await pod.loadBalancer.deregisterTarget(targetGroupArn, targetId);
  pod.loadBalancer.registerTarget(targetGroupArn, { id: 'i-other', host: '127.0.0.1', port });
  return pod;
}

describe('Health checks', () => {
  test('go to the path of the group on a connection of their own, and do not look like a forwarded request', async () => {
    await using pod = await startPod({ rules: openRule });
    await vi.waitUntil(() => pod.upstream.healthChecks.length >= 3);
    const [check] = pod.upstream.healthChecks;
    expect(check?.method).toBe('GET');
    expect(check?.headers).toEqual({
      host: `127.0.0.1:${pod.upstream.port}`,
      connection: 'close',
      'user-agent': 'ELB-HealthChecker/2.0',
    });
    expect(pod.upstream.connections).toBeGreaterThanOrEqual(3);
  });

  test('make a target healthy at the first success, unhealthy and healthy again after the thresholds', async () => {
    await using upstream = await startUpstream();
    upstream.health = 503;
    const events: string[] = [];
    const loadBalancer = await startLoadBalancer({
      listeners: [],
      targetGroups: {
        [targetGroupArn]: { ...targetGroup, HealthyThresholdCount: 3, UnhealthyThresholdCount: 2 },
      },
      healthCheckPace: 50,
    });
    loadBalancer.on('targetHealth', ({ state, reason, target }: TargetHealthEvent) =>
      events.push(`${target.id} ${state} ${reason ?? ''} ${upstream.healthChecks.length}`),
    );
    const answer = async (status: number, state: string) => {
      upstream.health = status;
      await untilHealth(loadBalancer, state);
    };
    loadBalancer.registerTarget(targetGroupArn, { id: 'i-1', host: upstream.host, port: upstream.port });
    await answer(503, 'unhealthy');
    await answer(200, 'healthy');
    await answer(404, 'unhealthy');
    expect(events).toEqual([
      'i-1 initial Elb.RegistrationInProgress 0',
      'i-1 initial Elb.InitialHealthChecking 1',
      'i-1 unhealthy Target.ResponseCodeMismatch 2',
      'i-1 healthy  5',
      'i-1 unhealthy Target.ResponseCodeMismatch 7',
    ]);
    expect(loadBalancer.targetHealth(targetGroupArn)[0]?.description).toBe(
      'Health checks failed with these codes: [404]',
    );
    await loadBalancer.close();
  });

  test('fail when nobody listens, and when the answer takes too long', async () => {
    using silent = await startRaw(() => undefined);
    const loadBalancer = await startLoadBalancer({
      listeners: [],
      targetGroups: { [targetGroupArn]: targetGroup },
      healthCheckPace: 50,
    });
    const register = (id: string, port: number) =>
      loadBalancer.registerTarget(targetGroupArn, { id, host: '127.0.0.1', port });
    register('i-nobody', await freePort());
    register('i-silent', silent.port);
    await vi.waitUntil(
      () => loadBalancer.targetHealth(targetGroupArn).every(({ state }) => state === 'unhealthy'),
      60_000,
    );
    expect(
      loadBalancer.targetHealth(targetGroupArn).map(({ target, reason }) => [target.id, reason]),
    ).toEqual([
      ['i-nobody', 'Target.FailedHealthChecks'],
      ['i-silent', 'Target.Timeout'],
    ]);
    await loadBalancer.close();
  });

  test('may ask another port and accept other codes', async () => {
    await using traffic = await startUpstream();
    await using health = await startUpstream();
    health.health = 204;
    const loadBalancer = await startLoadBalancer({
      listeners: [],
      targetGroups: {
        [targetGroupArn]: {
          ...targetGroup,
          HealthCheckPort: String(health.port),
          Matcher: { HttpCode: '200-202,204' },
        },
      },
      healthCheckPace: 50,
    });
    loadBalancer.registerTarget(targetGroupArn, { id: 'i-1', host: traffic.host, port: traffic.port });
    await untilHealth(loadBalancer, 'healthy');
    expect(traffic.healthChecks).toHaveLength(0);
    await loadBalancer.close();
  });
});

describe('Requests', () => {
  test('get 503 when no target is registered, or none has passed a check yet', async () => {
    await using pod = await startPod({ rules: openRule });
    await pod.loadBalancer.deregisterTarget(targetGroupArn, targetId);
    expect(await get(pod)).toBe(503);
    using silent = await startRaw(() => undefined);
    pod.loadBalancer.registerTarget(targetGroupArn, { id: 'i-new', host: '127.0.0.1', port: silent.port });
    expect(await get(pod)).toBe(503);
  });

  test('go to an unhealthy target when there is no healthy one', async () => {
    await using pod = await startPod({ rules: openRule });
    pod.upstream.health = 500;
    await untilHealth(pod.loadBalancer, 'unhealthy');
    expect(await get(pod)).toBe(200);
  });

  test('avoid the unhealthy targets while there is a healthy one, and take turns among those', async () => {
    await using pod = await startPod({ rules: openRule });
    await using second = await startUpstream();
    await using sick = await startUpstream();
    sick.health = 500;
    for (const [id, { host, port }] of Object.entries({ second, sick })) {
      pod.loadBalancer.registerTarget(targetGroupArn, { id, host, port });
    }
    const states = () => pod.loadBalancer.targetHealth(targetGroupArn).map(({ state }) => state);
    await vi.waitUntil(() => states().join() === 'healthy,healthy,unhealthy');
    for (let count = 0; count < 4; count += 1) await get(pod);
    expect([pod.upstream, second, sick].map(({ requests }) => requests.length)).toEqual([2, 2, 0]);
  });

  test('get 502 when the target refuses the connection', async () => {
    await using pod = await startPodAt(await freePort());
    await untilHealth(pod.loadBalancer, 'unhealthy');
    expect(await get(pod)).toBe(502);
  });

  test.for([
    ['closes the connection', (socket: Socket) => socket.once('data', () => socket.end())],
    ['resets the connection', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['answers nonsense', (socket: Socket) => socket.once('data', () => socket.end('nonsense\r\n\r\n'))],
    [
      'answers with more than 32 KB of headers',
      (socket: Socket) =>
        socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(33_000)}\r\n\r\n`)),
    ],
    [
      'changes the protocol unasked',
      (socket: Socket) =>
        socket.once('data', () =>
          socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'),
        ),
    ],
  ] as const)('get 502 when the target %s', async ([, onSocket]) => {
    using broken = await startRaw(onSocket);
    await using pod = await startPodAt(broken.port);
    await untilHealth(pod.loadBalancer, 'unhealthy');
    expect(await get(pod)).toBe(502);
  });

  test('get 504 when the target is silent for the idle timeout', async () => {
    await using pod = await startPod({
      rules: openRule,
      loadBalancer: { attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }] },
    });
    pod.upstream.handler = () => undefined;
    const begun = Date.now();
    expect(await get(pod)).toBe(504);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1000);
  });

  test('are not ended by a target that is slow but not silent', async () => {
    await using pod = await startPod({
      rules: openRule,
      loadBalancer: { attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }] },
    });
    const speakSlowly = async (response: ServerResponse) => {
      for (let count = 0; count < 5; count += 1) {
        response.write(`${count} `);
        await wait(400);
      }
      response.end('done');
    };
    pod.upstream.handler = (_request, response) => void speakSlowly(response);
    expect((await pod.browser.request(`${pod.url}/`)).text).toBe('0 1 2 3 4 done');
  });

  test('get 504 when no connection comes about within ten seconds', async () => {
    let isLost = false;
    await using pod = await startPod({
      rules: openRule,
      loadBalancer: {
        healthCheckPace: 1,
        // A name that is never resolved keeps the socket connecting, as a packet filter that drops packets does.
        connect: ({ host, port }) =>
          isLost ? connect({ host: 'localhost', port, lookup: () => undefined }) : connect({ host, port }),
      },
    });
    isLost = true;
    const begun = Date.now();
    expect(await get(pod)).toBe(504);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(10_000);
  });

  test('whose connection is dialled elsewhere go there', async () => {
    const dialled: string[] = [];
    const elsewhere = await startUpstream();
    await using pod = await startPod({
      rules: openRule,
      loadBalancer: {
        connect: async ({ host, port }) => {
          dialled.push(`${host}:${port}`);
          await wait(5);
          return connect({ host: '127.0.0.1', port: elsewhere.port });
        },
      },
    });
    expect(await get(pod)).toBe(200);
    expect(elsewhere.requests).toHaveLength(1);
    expect(dialled).toContain(`127.0.0.1:${pod.upstream.port}`);
    await elsewhere[Symbol.asyncDispose]();
  });
});

describe('Connections to a target', () => {
  test('are reused', async () => {
    await using pod = await startPod({ rules: openRule, loadBalancer: { healthCheckPace: 1 } });
    const before = pod.upstream.connections;
    for (let count = 0; count < 5; count += 1) expect(await get(pod)).toBe(200);
    expect(pod.upstream.connections - before).toBe(1);
  });

  test('are reused although the target announces that it will close them soon', async () => {
    await using pod = await startPod({ rules: openRule, loadBalancer: { healthCheckPace: 1 } });
    pod.upstream.handler = (_request, response) =>
      response.writeHead(200, { 'keep-alive': 'timeout=1' }).end();
    const before = pod.upstream.connections;
    expect(await get(pod)).toBe(200);
    await wait(1200);
    expect(await get(pod)).toBe(200);
    expect(pod.upstream.connections - before).toBe(1);
  });

  test('that the target closed while idle are not used again', async () => {
    await using pod = await startPod({ rules: openRule });
    pod.upstream.handler = (request, response) => {
      response.once('finish', () => setTimeout(() => request.socket.end(), 20)).end();
    };
    for (let count = 0; count < 3; count += 1) {
      expect(await get(pod)).toBe(200);
      await wait(60);
    }
  });
});

describe('Deregistration', () => {
  test('lets a running request finish and takes no new one', async () => {
    await using pod = await startPod({ rules: openRule });
    pod.upstream.handler = (_request, response) => void setTimeout(() => response.end('finished'), 300);
    const running = pod.browser.request(`${pod.url}/`);
    await vi.waitUntil(() => pod.upstream.requests.length === 1);
    const left = pod.loadBalancer.deregisterTarget(targetGroupArn, targetId);
    expect(await get(pod)).toBe(503);
    expect((await running).text).toBe('finished');
    await left;
    expect(pod.loadBalancer.targetHealth(targetGroupArn)).toEqual([]);
  });

  test('ends a request that outlasts the delay with 502', async () => {
    await using pod = await startPod({ rules: openRule });
    pod.upstream.handler = () => undefined;
    const running = get(pod);
    await vi.waitUntil(() => pod.upstream.requests.length === 1);
    await pod.loadBalancer.deregisterTarget(targetGroupArn, targetId);
    expect(await running).toBe(502);
  });

  test('can be taken back by registering again', async () => {
    await using pod = await startPod({ rules: openRule });
    pod.upstream.handler = () => undefined;
    const running = get(pod);
    await vi.waitUntil(() => pod.upstream.requests.length === 1);
    const left = pod.loadBalancer.deregisterTarget(targetGroupArn, targetId);
    pod.loadBalancer.registerTarget(targetGroupArn, {
      id: targetId,
      host: pod.upstream.host,
      port: pod.upstream.port,
    });
    await untilHealth(pod.loadBalancer, 'healthy');
    await Promise.all([left, running]);
    expect(pod.loadBalancer.targetHealth(targetGroupArn)[0]?.state).toBe('healthy');
  });
});

test('A client that goes away ends its request at the target', async () => {
  await using pod = await startPod({ rules: openRule });
  const aborted = Promise.withResolvers<void>();
  pod.upstream.handler = (request) => void request.once('close', () => aborted.resolve());
  const statuses: number[] = [];
  pod.loadBalancer.on('access', ({ status }) => statuses.push(status));
  const abort = new AbortController();
  const request = pod.browser.request(`${pod.url}/`, { signal: abort.signal });
  await vi.waitUntil(() => pod.upstream.requests.length === 1);
  abort.abort();
  await expect(request).rejects.toMatchObject({ name: 'AbortError' });
  await aborted.promise;
  await vi.waitUntil(() => statuses.length === 1);
  expect(statuses).toEqual([460]);
});

test('A large body goes through unchanged in both directions', async () => {
  await using pod = await startPod({ rules: openRule });
  pod.upstream.handler = (request, response) => void request.pipe(response);
  const body = Buffer.alloc(5_000_000, 'abc');
  const { text } = await pod.browser.request(`${pod.url}/`, { method: 'PUT', body });
  expect(text === body.toString()).toBe(true);
});

test('A target that nobody registered cannot leave', async () => {
  await using pod = await startPod({ rules: openRule });
  await expect(pod.loadBalancer.deregisterTarget(targetGroupArn, 'i-unknown')).rejects.toMatchObject({
    code: 'TARGET_UNKNOWN',
  });
  expect(() => pod.loadBalancer.targetHealth('arn:unknown')).toThrow(/There is no target group arn:unknown/);
});
