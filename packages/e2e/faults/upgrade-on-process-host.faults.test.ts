import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '@clawharbor/bootstrap';
import { breakRelease } from '../e2e/support/broken-release.ts';
import { UpgradePod } from '../e2e/support/upgrade-pod.ts';

let pod: UpgradePod;
beforeAll(async () => {
  pod = await UpgradePod.open();
  const first = await pod.converge('2026.9.5');
  expect(first.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
  const ann = await pod.connect('ann-sub');
  expect(await ann.say('Say harbor-1')).toBe('You said: harbor-1');
  ann.close();
  // What is installed ahead costs nobody anything.
  expect((await pod.converge('2026.9.6', { phase: 'prepare' })).outcome).toBe('prepared');
});
afterAll(() => pod?.close());

const upgradeOf = (report: Report) => report.steps.find(({ name }) => name === 'upgrade')!;
const running = () => pod.host.units.state('openclaw');
const stateFile = (name: string) => readFileSync(join(pod.host.layout.state, name), 'utf8');

async function historyOf(identity: string): Promise<string> {
  const person = await pod.connect(identity);
  const { payload } = await person.call('chat.history', { sessionKey: 'main' });
  person.close();
  return JSON.stringify(payload);
}

test('an upgrade that fails on the state is rolled back, program, config and state together', async () => {
  const before = { config: stateFile('openclaw.json'), pid: (await running()).pid };
  await breakRelease(pod.host, '2026.9.6', 'refuses its state', 'state');
  const report = await pod.converge('2026.9.6');
  expect(report).toMatchObject({
    outcome: 'rolled-back',
    openclaw: '2026.9.5',
    upgrade: { from: '2026.9.5', to: '2026.9.6', rollbackDowntimeMs: expect.any(Number) },
  });
  console.log(`rolled back: ${JSON.stringify(report.upgrade)}`);
  expect(upgradeOf(report).warnings.at(-1)).toMatchObject({
    code: 'GATEWAY_CONFIG_REFUSED',
    message: expect.stringMatching(/2026\.9\.6 was rolled back: .*exit code 78.* those of 2026\.9\.5 again/s),
  });
  expect(stateFile('openclaw.json')).toBe(before.config);
  expect(await historyOf('ann-sub')).toContain('You said: harbor-1');

  // It is not tried again, as long as the spec says the same.
  const { pid } = await running();
  const again = await pod.converge('2026.9.6');
  expect(again.outcome).toBe('rolled-back');
  expect(upgradeOf(again).changes).toEqual([]);
  expect((await running()).pid).toBe(pid);
});

test('an upgrade keeps every session, person and setting, and takes one start of the gateway', async () => {
  await breakRelease(pod.host, '2026.9.6', undefined);
  expect((await pod.plan('2026.9.6')).find(({ name }) => name === 'upgrade')?.kept).toEqual([
    expect.stringContaining('was rolled back'),
  ]);
  const report = await pod.converge('2026.9.6', { seconds: 121 });
  expect(upgradeOf(report).warnings).toEqual([]);
  expect(report).toMatchObject({
    outcome: 'ready',
    openclaw: '2026.9.6',
    upgrade: { from: '2026.9.5', to: '2026.9.6', downtimeMs: expect.any(Number) },
  });
  expect(upgradeOf(report).changes).toEqual([
    expect.stringMatching(/^back up the state as 20/),
    'rehearse OpenClaw 2026.9.6 on a copy of the state',
    'switch from OpenClaw 2026.9.5 to 2026.9.6',
    expect.stringContaining('openclaw'),
    expect.stringContaining('openclaw'),
    'OpenClaw 2026.9.6 is kept',
  ]);
  const { downtimeMs, startMs } = report.upgrade!;
  console.log(`offline for ${downtimeMs} ms, of which the gateway's own start took ${startMs} ms`);
  expect(downtimeMs! - startMs!).toBeLessThan(3000);
  expect(await historyOf('ann-sub')).toContain('You said: harbor-1');
  const ann = await pod.connect('ann-sub');
  expect(ann.granted).toContain('operator.admin');
  expect(await ann.say('Say harbor-2')).toBe('You said: harbor-2');
  ann.close();
  expect((await pod.converge('2026.9.6', { seconds: 121 })).outcome).toBe('unchanged');
});

test('an older release is refused, says what would be lost, and changes nothing', async () => {
  const before = { config: stateFile('openclaw.json'), pid: (await running()).pid };
  const report = await pod.converge('2026.9.5');
  expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: '2026.9.6' });
  expect(upgradeOf(report).warnings).toEqual([
    { code: 'DOWNGRADE_REFUSED', message: expect.stringMatching(/restore --from 20.*would be lost/) },
  ]);
  expect({ config: stateFile('openclaw.json'), pid: (await running()).pid }).toEqual(before);
});
