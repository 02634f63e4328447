import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { request } from '../e2e/support/gateway-client.ts';
import { LocalPod } from '../e2e/support/local-pod.ts';
import { Team } from '../e2e/support/team.ts';
import { processesBelow } from '../src/pod/orphans.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function openTeam(options?: { chunkDelay: number }): Promise<Team> {
  const team = await Team.open(options);
  open.push(() => team.close());
  await team.converge(['ann-sub']);
  return team;
}

const words = 'a long answer that takes its time, word by word, while somebody switches the machine off';

test('fault (instance): the gateway is asked to end in the middle of a turn, as when its instance is taken away → the answer arrives whole, and then it ends', async () => {
  const team = await openTeam({ chunkDelay: 400 });
  const ann = await team.connect('ann-sub');
  expect(await ann.say('Say hello')).toBe('You said: hello');
  const answer = ann.say(`Say ${words}`);
  await team.untilAsked(words);
  const start = Date.now();
  const [said] = await Promise.all([answer, team.host.units.stop('openclaw')]);
  console.log(`ended after ${Date.now() - start} ms`);
  expect(said).toBe(`You said: ${words}`);
  expect((await team.host.units.state('openclaw')).status).toBe('inactive');
});

test('fault (gateway): it crashes in the middle of a turn → the next process has the conversation, and answers', async () => {
  const team = await openTeam({ chunkDelay: 400 });
  const ann = await team.connect('ann-sub');
  expect(await ann.say('Say hello')).toBe('You said: hello');
  void ann.say(`Say ${words}`).catch(() => {});
  await team.untilAsked(words);
  const { pid } = await team.host.units.state('openclaw');
  process.kill(pid!, 'SIGKILL');
  await expect
    .poll(async () => (await team.host.probe(team.url('/readyz')))?.status, { timeout: 90_000 })
    .toBe(200);
  expect((await team.host.units.state('openclaw')).restarts).toBe(1);
  const again = await team.connect('ann-sub');
  const { payload } = await again.call('chat.history', { sessionKey: 'main' });
  expect(JSON.stringify(payload)).toContain('You said: hello');
  again.close();
});

test('fault (gateway): an account of a channel is refused, so OpenClaw is not "ready" while it serves people → the pod is, a condition says which channel, and nothing is replaced for it', async () => {
  const team = await openTeam();
  const refused = createServer((_, response) => {
    const said = { ok: false, error_code: 401, description: 'Unauthorized' };
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  }).listen(0, '127.0.0.1');
  open.push(async () => refused.close());
  await once(refused, 'listening');
  const apiRoot = `http://127.0.0.1:${(refused.address() as AddressInfo).port}`;
  const telegram = { enabled: true, botToken: '123456:of-nobody-000000000000000000000000000', apiRoot };
  await team.converge(['ann-sub'], { channels: { telegram } });
  await expect
    .poll(async () => (await team.host.probe(team.url('/readyz')))?.body, {
      timeout: 240_000,
      interval: 1000,
    })
    .toContain('"failing":["telegram"]');
  const { pid } = await team.host.units.state('openclaw');
  const report = await team.converge(['ann-sub'], { channels: { telegram } });
  expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
  expect(report.conditions).toContainEqual(
    expect.objectContaining({
      type: 'ChannelsConnected',
      status: 'False',
      message: expect.stringContaining('telegram'),
    }),
  );
  expect((await team.host.units.state('openclaw')).pid).toBe(pid);
  const ann = await team.connect('ann-sub');
  expect(await ann.say('Say hello')).toBe('You said: hello');
  ann.close();
});

test('fault (gateway): its event loop is frozen → the load balancer finds it unhealthy, and Auto Scaling replaces its instance; the next one has the state', async () => {
  const pod = await LocalPod.create();
  open.push(async () => {
    await pod.end('SIGTERM');
    rmSync(pod.dataDir, { recursive: true, force: true });
  });
  const { url, instanceId } = await pod.up();
  for (const pid of await processesBelow(join(pod.dataDir, 'instances'))) {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (args.startsWith('openclaw-gateway') || /openclaw\.mjs\0gateway/.test(args))
      process.kill(pid, 'SIGSTOP');
  }
  const start = Date.now();
  const seconds = (): number => Math.round((Date.now() - start) / 1000);
  const instances = () => pod.status().instances;
  await expect
    .poll(() => instances().some((each) => each.instanceId !== instanceId), {
      timeout: 600_000,
      interval: 2000,
    })
    .toBe(true);
  console.log(`replaced after ${seconds()} s`);
  await expect
    .poll(
      () =>
        instances().some(
          (each) =>
            each.instanceId !== instanceId &&
            each.lifecycleState === 'InService' &&
            each.targetHealth === 'healthy',
        ),
      { timeout: 1_200_000, interval: 2000 },
    )
    .toBe(true);
  console.log(`answers again after ${seconds()} s`);
  expect((await request(url, '/')).status).toBe(302);
});
