import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { askReady } from '../src/openclaw/ready-answer.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

const run = (readyTimeoutSeconds = 20) => converge(pod.spec({ readyTimeoutSeconds }), pod.host);
const failing = (...names: string[]) => writeFile(join(pod.host.layout.state, 'failing'), names.join('\n'));

test('one that is starting is let alone, whatever it does not answer', async () => {
  expect((await run()).outcome).toBe('ready');
  const { pid } = await pod.host.units.state('openclaw');
  process.kill(pid!, 'SIGSTOP');
  setTimeout(() => process.kill(pid!, 'SIGCONT'), 3000);
  expect((await run()).outcome).toBe('unchanged');
  expect((await pod.host.units.state('openclaw')).pid).toBe(pid);
}, 60_000);

test('fault (gateway): an account of a channel is refused, so OpenClaw is not "ready" while it serves people → the pod is, a condition says which channel, and nothing is replaced for it', async () => {
  await pod.writeConfig('{}');
  await failing('telegram', 'discord');
  const first = await run();
  expect(first.outcome).toBe('ready');
  const broken = {
    type: 'ChannelsConnected',
    status: 'False',
    message: expect.stringContaining('telegram, discord'),
  };
  expect(first.conditions).toContainEqual(expect.objectContaining(broken));
  const second = await run();
  expect(second.outcome).toBe('unchanged');
  expect(second.conditions).toContainEqual(expect.objectContaining(broken));
  await rm(join(pod.host.layout.state, 'failing'));
  expect((await run()).conditions.map(({ type }) => type)).not.toContain('ChannelsConnected');
});

test.each(['state-database', 'agent-database:main', 'plugin-reload'])(
  'a gateway that is not ready for its %s serves nobody, whatever else it complains of',
  async (reason) => {
    const server = createServer((request, response) => {
      const isReady = request.url === '/startupz';
      response.writeHead(isReady ? 200 : 503).end(JSON.stringify({ failing: ['telegram', reason] }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await askReady(pod.host, port)).toEqual({ status: 503, brokenChannels: [] });
    server.close();
  },
);
