import { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import type { Report, StepReport } from '../src/report.ts';
import { revisionOf, stay } from '../src/stay.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

const step = (report: Report, name: string): StepReport | undefined =>
  report.steps.find((each) => each.name === name);
const pid = async (): Promise<number | undefined> => (await pod.host.units.state('openclaw')).pid;
const calls = async (): Promise<string[]> =>
  (await readFile(join(pod.host.layout.state, 'calls'), 'utf8').catch(() => '')).split('\n').slice(0, -1);
const codes = (report: Report): string[] =>
  report.steps.flatMap(({ warnings }) => warnings.map(({ code }) => code));
const inEffect = { type: 'ConfigInEffect', status: 'True' };

describe('a changed config of a running gateway', () => {
  test.each([
    ['taken in place', 'fine', 'the config is in effect, and nobody was cut off'],
    ['taken without a word', 'quiet', 'the config is in effect, and nobody was cut off'],
    [
      'for which OpenClaw restarts itself',
      'restart',
      'the config is in effect: OpenClaw restarted itself, and everybody reconnected (1012)',
    ],
  ])('%s restarts no process, and the report says what that did to people', async (_, answer, told) => {
    await converge(pod.spec(), pod.host);
    const before = await pid();
    const report = await converge(pod.spec({}, { messages: { test: answer } }), pod.host);
    expect(report.outcome).toBe('ready');
    expect(step(report, 'wait-ready')?.changes).toEqual([told]);
    expect(report.conditions).toContainEqual(expect.objectContaining(inEffect));
    expect(await pid()).toBe(before);
  });

  test('is given to a gateway that takes none while it runs by a restart', async () => {
    await converge(pod.spec(), pod.host);
    const before = await pid();
    const report = await converge(pod.spec({}, { messages: { test: 'off' } }), pod.host);
    expect(step(report, 'wait-ready')?.changes).toEqual([
      'restart openclaw, which takes no change while it runs (gateway.reload.mode is off): everybody reconnects (1012), turns were let finish',
    ]);
    expect(report.conditions).toContainEqual(expect.objectContaining(inEffect));
    expect(await pid()).not.toBe(before);
  });

  test('is asked for once, and again after an edit of somebody else', async () => {
    await converge(pod.spec(), pod.host);
    expect(await calls()).toEqual(['config.get']);
    expect((await converge(pod.spec(), pod.host)).conditions).toContainEqual(
      expect.objectContaining(inEffect),
    );
    expect(await calls()).toEqual(['config.get']);
    await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'mine' } }));
    await converge(pod.spec(), pod.host);
    expect((await calls()).length).toBeGreaterThan(1);
  });
});

describe('a config that is lost while the gateway runs', () => {
  const mine = { messages: { prefix: 'mine' } };
  const lose: Record<string, (file: string) => Promise<void>> = {
    removed: (file) => rm(file),
    emptied: (file) => writeFile(file, ''),
    truncated: (file) => truncate(file, 20),
    'replaced by one that knows nothing of the pod': (file) =>
      writeFile(file, '{"ui":{"seamColor":"#123456"},"meta":{}}'),
  };

  test.each(Object.entries(lose))('(%s) comes back with what people set', async (_, how) => {
    await converge(pod.spec(), pod.host);
    await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), ...mine }));
    await converge(pod.spec(), pod.host);
    const before = await readFile(join(pod.host.layout.state, 'openclaw.json'), 'utf8');
    await how(join(pod.host.layout.state, 'openclaw.json'));
    const report = await converge(pod.spec(), pod.host);
    expect(codes(report)).toEqual([expect.stringMatching(/^CONFIG_(LOST|UNPARSABLE)$/)]);
    expect(await readFile(join(pod.host.layout.state, 'openclaw.json'), 'utf8')).toBe(before);
    expect(report.conditions).toContainEqual(expect.objectContaining(inEffect));
  });

  test('and that OpenClaw has taken up meanwhile is no config to wait with: the unit restarts it at once', async () => {
    const spec = pod.spec({}, { messages: { test: 'deferred' } });
    await converge(spec, pod.host);
    const before = await pid();
    await rm(join(pod.host.layout.state, 'openclaw.json'));
    await writeFile(join(pod.host.layout.state, 'applied'), 'the revision of somebody’s edit alone');
    const report = await converge(spec, pod.host);
    expect(codes(report)).toEqual(['CONFIG_LOST', 'GATEWAY_RUNS_OTHERWISE']);
    expect(report.conditions).toContainEqual(expect.objectContaining(inEffect));
    expect(await pid()).not.toBe(before);
  });

  test('leaves what was there beside it', async () => {
    await converge(pod.spec(), pod.host);
    const other = '{"ui":{"seamColor":"#123456"}}';
    await pod.writeConfig(other);
    await converge(pod.spec(), pod.host);
    const name = (await readdir(pod.host.layout.state)).find((each) => each.includes('.rejected-'));
    expect(await readFile(join(pod.host.layout.state, name ?? ''), 'utf8')).toBe(other);
  });
});

test('a lost config is put back within seconds by who stays, long before the next look at spec and secret', async () => {
  const spec = pod.spec();
  const source = join(pod.directory, 'pod.json');
  await writeFile(source, JSON.stringify(spec));
  await converge(spec, pod.host);
  const ended = new AbortController();
  const reports: Report[] = [];
  const staying = stay(pod.host, {
    source,
    intervalSeconds: 600,
    known: await revisionOf(spec, pod.host),
    signal: ended.signal,
    onReport: (report) => reports.push(report),
    onProblem: (error) => expect(error).toBeUndefined(),
  });
  const file = join(pod.host.layout.state, 'openclaw.json');
  const before = await readFile(file, 'utf8');
  await rm(file);
  await expect.poll(() => reports.length, { timeout: 60_000 }).toBe(1);
  expect(codes(reports[0]!)).toEqual(['CONFIG_LOST']);
  expect(await readFile(file, 'utf8')).toBe(before);
  ended.abort();
  await staying;
});

describe('one more administrator, which closes everybody’s connection', () => {
  const scopes = ['operator.admin'];
  const roles = { default: 'member', definitions: { admin: {}, member: {} } };
  const withAdministrators = (identities: string[]) => {
    const identityScopes = Object.fromEntries(identities.map((identity) => [identity, scopes]));
    const { gateway } = pod.spec().openclaw.config as { gateway: object };
    return pod.spec({}, { gateway: { ...gateway, roles, auth: { mode: 'trusted-proxy', identityScopes } } });
  };

  test('waits for a turn that is under way; one less does not', async () => {
    await converge(withAdministrators(['a']), pod.host);
    const turns = join(pod.host.layout.state, 'turns');
    await writeFile(turns, '1');
    setTimeout(() => void rm(turns), 3000);
    const more = await converge(withAdministrators(['a', 'b']), pod.host);
    expect(step(more, 'merge-config')?.changes[0]).toMatch(/^waited \d+ s until nobody was in a turn$/);
    expect(step(more, 'wait-ready')?.changes).toEqual([
      'the config is in effect: everybody reconnected (4001)',
    ]);

    await writeFile(turns, '1');
    const less = await converge(withAdministrators(['a']), pod.host);
    expect(step(less, 'merge-config')?.changes.join()).not.toContain('waited');
    expect(less.outcome).toBe('ready');
  });
});
