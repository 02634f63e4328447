import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { planRun } from '../src/plan.ts';
import type { Report } from '../src/report.ts';
import { parsePodSpec } from '../src/spec/parse.ts';
import type { PodSpec } from '../src/spec/pod-spec.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(async () => {
  await pod.close();
});

const stack = (id: string) => ({
  models: { providers: { bedrock: { models: [{ id, name: id }] } } },
  agents: { defaults: { model: { primary: `bedrock/${id}` } } },
});

const withOwners = (spec: PodSpec, owners: Record<string, string>): PodSpec =>
  parsePodSpec({ ...spec, openclaw: { ...spec.openclaw, owners } }, 'the test');

const merged = (report: Report) => report.steps.find(({ name }) => name === 'merge-config');
const lastApplied = async () =>
  JSON.parse(await readFile(join(pod.host.layout.records, 'last-applied.json'), 'utf8')) as object;

const edit = async (change: object) =>
  pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), ...change }));

describe('a value that people left alone', () => {
  test('follows the spec from run to run', async () => {
    for (const id of ['a', 'b', 'c']) {
      const report = await converge(pod.spec({}, stack(id)), pod.host);
      expect(merged(report)).not.toHaveProperty('kept');
      expect(await pod.readConfig()).toMatchObject(stack(id));
    }
  });
});

describe('a value that people changed', () => {
  const mine = { agents: { defaults: { model: { primary: 'own/model' } } } };
  const line =
    'agents.defaults.model.primary: was changed since it was applied; followed: how agents work is an operational setting: it follows the deployment until people change it';

  test('is kept, and a run and a plan that only keep say so without having changed anything', async () => {
    await converge(pod.spec({}, stack('a')), pod.host);
    await edit(mine);
    expect((await converge(pod.spec({}, stack('b')), pod.host)).outcome).toBe('ready');
    const report = await converge(pod.spec({}, stack('b')), pod.host);
    expect(report.outcome).toBe('unchanged');
    expect(merged(report)).toMatchObject({ status: 'unchanged', changes: [], warnings: [], kept: [line] });
    expect(await pod.readConfig()).toMatchObject(mine);
    const plan = await planRun(pod.spec({}, stack('b')), pod.host);
    expect(plan.find(({ name }) => name === 'merge-config')).toMatchObject({ changes: [], kept: [line] });
    expect(plan.flatMap(({ changes }) => changes)).toEqual([]);
  });

  test('follows where the spec says that it is managed', async () => {
    await converge(pod.spec({}, stack('a')), pod.host);
    await edit(mine);
    const spec = withOwners(pod.spec({}, stack('b')), { 'agents.defaults.model': 'managed' });
    await converge(spec, pod.host);
    expect(await pod.readConfig()).toMatchObject(stack('b'));
  });

  test('keeps the model that it names with its provider, until it names another', async () => {
    await converge(pod.spec({}, stack('a')), pod.host);
    await edit({ agents: { defaults: { model: { primary: 'x/y', fallbacks: ['bedrock/a'] } } } });
    const report = await converge(pod.spec({}, stack('b')), pod.host);
    expect(merged(report)?.warnings).toEqual([
      {
        code: 'CONFIG_MERGE_NOTE',
        message:
          'models.providers.bedrock.models.a is no longer desired, but agents.defaults.model.fallbacks names it: it stays',
      },
    ]);
    const [a, b] = ['a', 'b'].map((id) => ({ id, name: id }));
    expect(await pod.readConfig()).toMatchObject({ models: { providers: { bedrock: { models: [a, b] } } } });
    expect(await lastApplied()).toMatchObject({ models: { providers: { bedrock: { models: [b, a] } } } });
    await edit({ agents: { defaults: { model: { primary: 'x/y' } } } });
    expect(merged(await converge(pod.spec({}, stack('b')), pod.host))?.warnings).toEqual([]);
    expect(await pod.readConfig()).toMatchObject({ models: { providers: { bedrock: { models: [b] } } } });
  });
});

describe('the owners of a spec', () => {
  test('leave out what the spec decides for a key that belongs to people, and say so', async () => {
    const config = { channels: { telegram: { enabled: true } }, messages: { prefix: 'hi' } };
    const report = await converge(
      withOwners(pod.spec({}, config), { 'channels.telegram': 'user' }),
      pod.host,
    );
    expect(report.outcome).toBe('ready');
    expect(merged(report)?.warnings).toEqual([
      {
        code: 'CONFIG_MERGE_NOTE',
        message: 'channels.telegram.enabled belongs to people: what the spec says of it is left out',
      },
    ]);
    expect(await pod.readConfig()).toMatchObject({ messages: { prefix: 'hi' } });
    expect(await pod.readConfig()).not.toHaveProperty('channels');
    expect(await lastApplied()).not.toHaveProperty('channels');
  });

  test.each([
    [{ 'gateway.auth': 'user' }, /openclaw\.owners: owners: gateway\.auth cannot be user/],
    [{ 'gateway.roles': 'followed' }, /openclaw\.owners: owners: gateway\.roles cannot be followed/],
    [{ '*': 'managed' }, /openclaw\.owners: owners: \* cannot be managed/],
    [{ messages: 'people' }, /openclaw\.owners\.messages: /],
    [{ 'a..b': 'user' }, /openclaw\.owners: path "a\.\.b" cannot be read/],
  ])('%j are refused, so that no spec opens a way in', (owners, message) => {
    expect(() => withOwners(pod.spec(), owners)).toThrow(
      expect.objectContaining({ code: 'SPEC_INVALID', message: expect.stringMatching(message) }),
    );
  });
});
