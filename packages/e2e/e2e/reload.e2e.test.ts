import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '@clawharbor/bootstrap';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Team } from './support/team.ts';

let team: Team;
let first: Report;
beforeAll(async () => {
  // A long answer takes some seconds.
  team = await Team.open({ chunkDelay: 400 });
  first = await team.converge(['ann-sub']);
});
afterAll(() => team?.close());

const inEffect = { type: 'ConfigInEffect', status: 'True' };
const pid = async () => (await team.host.units.state('openclaw')).pid;
const stepOf = (report: Report, name: string) => report.steps.find((step) => step.name === name);
const codes = (report: Report) => report.steps.flatMap(({ warnings }) => warnings.map(({ code }) => code));
const apps = { mcp: { apps: { enabled: false } } };
const long = 'a long answer that takes its time, word by word, while the harbor is rebuilt around it';

test('a gateway that has just started is asked whether it runs with the config that was decided', () => {
  expect(first.conditions).toContainEqual(expect.objectContaining(inEffect));
});

test('a change of which OpenClaw logs nothing (logging.level) restarts nothing, and nobody is cut off', async () => {
  const ann = await team.connect('ann-sub');
  const before = await pid();
  const report = await team.converge(['ann-sub'], { logging: { level: 'debug' } });
  const { durationMs, changes } = stepOf(report, 'wait-ready')!;
  console.log(`logging.level in effect after ${durationMs} ms`);
  expect(durationMs).toBeLessThan(20_000);
  expect(changes).toEqual(['the config is in effect, and nobody was cut off']);
  expect(report.conditions).toContainEqual(expect.objectContaining(inEffect));
  expect(await pid()).toBe(before);
  expect(ann.closedWith).toBeUndefined();
  ann.close();
});

test('a change that takes a restart waits for the turn that is under way, and OpenClaw does it in its own process', async () => {
  const ann = await team.connect('ann-sub');
  const before = await pid();
  expect(await ann.say('Say hello')).toBe('You said: hello');
  const answer = ann.say(`Say ${long}`);
  const [report, said] = await Promise.all([team.converge(['ann-sub'], apps), answer]);
  expect(said).toBe(`You said: ${long}`);
  expect(stepOf(report, 'wait-ready')?.changes).toEqual([
    'the config is in effect: OpenClaw restarted itself, and everybody reconnected (1012)',
  ]);
  expect(ann.closedWith).toMatch(/^1012/);
  expect(await pid()).toBe(before);
});

test('one more administrator waits for the turn that is under way, and then disconnects everybody', async () => {
  const ann = await team.connect('ann-sub');
  const answer = ann.say(`Say ${long}`);
  // The turn is under way once it has been prepared.
  await new Promise((wake) => setTimeout(wake, 2000));
  const [report, said] = await Promise.all([team.converge(['ann-sub', 'ben-sub'], apps), answer]);
  expect(said).toBe(`You said: ${long}`);
  expect(stepOf(report, 'merge-config')?.changes).toEqual(
    expect.arrayContaining([expect.stringMatching(/^waited \d+ s until nobody was in a turn$/)]),
  );
  expect(stepOf(report, 'wait-ready')?.changes).toEqual([
    'the config is in effect: everybody reconnected (4001)',
  ]);
  expect(ann.closedWith).toMatch(/^4001/);
});

test('a gateway that lost its config and restarted itself without its ways in has them again when the run ends', async () => {
  const file = join(team.host.layout.state, 'openclaw.json');
  const ann = await team.connect('ann-sub');
  const config = await readFile(file, 'utf8');
  await rm(file);
  // Somebody's edit makes a new file with that edit alone, and OpenClaw takes it up.
  const noticed = async () => (await team.host.units.tail('openclaw', 50)).join('\n');
  await expect.poll(noticed, { timeout: 20_000 }).toContain('config file not found)');
  const { hash } = (await ann.call('config.get')).payload as { hash?: string };
  const raw = JSON.stringify({ ui: { seamColor: '#123456' } });
  await ann.call('config.patch', { raw, ...(hash === undefined ? {} : { baseHash: hash }) }).catch(() => {});
  // It was closed by the gateway's restart, which comes up without anybody's way in.
  await expect.poll(() => ann.closedWith, { timeout: 30_000 }).toBeDefined();
  const ready = async () => (await team.host.probe(team.url('/readyz')))?.status;
  await expect.poll(ready, { timeout: 60_000 }).not.toBe(200);
  await expect.poll(ready, { timeout: 60_000 }).toBe(200);
  await expect(team.connect('ann-sub')).rejects.toThrow();

  const report = await team.converge(['ann-sub', 'ben-sub'], apps);
  // Whether it restarts itself with what came back or is restarted, the run does not end before that.
  expect(codes(report)).toContain('CONFIG_LOST');
  expect(report.conditions).toContainEqual(expect.objectContaining(inEffect));
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject(JSON.parse(config) as object);
  const again = await team.connect('ann-sub');
  expect(again.granted).toContain('operator.admin');
  again.close();
});
