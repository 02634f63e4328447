import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Report } from '@clawharbor/bootstrap';
import { installed } from '../generator/openclaw/install.ts';
import { ReleaseGateway } from '../generator/openclaw/release-gateway.ts';
import { breakRelease, type Way } from '../e2e/support/broken-release.ts';
import { UpgradePod } from '../e2e/support/upgrade-pod.ts';

const [old, next] = ['2026.9.5', '2026.9.6'] as const;

let pod: UpgradePod;
/** Makes the next run one for another spec: what has failed is not tried again for the same. */
let seconds = 180;
beforeEach(() => {
  seconds += 1;
});

/** A pod of the old release, in which somebody has talked, and the new one beside it. */
async function usedPod(): Promise<UpgradePod> {
  const used = await UpgradePod.open();
  const first = await used.converge(old);
  expect(first.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
  const ann = await used.connect('ann-sub');
  expect(await ann.say('Say harbor-1')).toBe('You said: harbor-1');
  ann.close();
  await used.converge(next, { phase: 'prepare' });
  return used;
}

/** As in a pod where it matters, and no longer: both in seconds. */
const optionsFor = (way: Way) => ({
  watch: way === 'crashes after 20 s' || way === 'eats memory' ? 30 : 5,
  seconds: way === 'is never ready' || way === 'hangs' ? seconds - 150 : seconds,
});

const upgradeOf = (report: Report) => report.steps.find(({ name }) => name === 'upgrade')!;
const stateFile = (name: string) => readFileSync(join(pod.host.layout.state, name), 'utf8');

async function expectNothingLost(): Promise<void> {
  const ann = await pod.connect('ann-sub');
  expect(ann.granted).toContain('operator.admin');
  const { payload } = await ann.call('chat.history', { sessionKey: 'main' });
  expect(JSON.stringify(payload)).toContain('You said: harbor-1');
  ann.close();
}

describe('a release that is broken', () => {
  beforeAll(async () => {
    pod = await usedPod();
  });
  afterAll(() => pod?.close());

  const onTheCopy: readonly { readonly way: Way; readonly why: RegExp }[] = [
    { way: 'does not start', why: /exited with code 1/ },
    { way: 'refuses its state', why: /exited with code 78/ },
    { way: 'is never ready', why: /answers 503 to \/readyz/ },
    { way: 'hangs', why: /does not answer in time/ },
    { way: 'is ready without the ways in', why: /runs without a way in/ },
    { way: 'crashes after 20 s', why: /exited with code 1 \d+ s after it was ready/ },
    { way: 'eats memory', why: /was killed by SIGABRT|exited with code 134/ },
    { way: 'corrupts its database', why: /exited with code|damaged database|not ready/ },
    { way: 'leaves another schema', why: /has the schema 4711/ },
    { way: 'loses sessions', why: /there are \d+ of \d+ sessions/ },
    { way: 'answers no message', why: /it answers no message: / },
  ];
  test.each(onTheCopy)(
    'fault (release): a new release that $way → it is found on a copy, and the pod is not touched',
    async ({ way, why }) => {
      const before = {
        pid: (await pod.host.units.state('openclaw')).pid,
        config: stateFile('openclaw.json'),
      };
      await breakRelease(pod.host, next, way);
      const report = await pod.converge(next, optionsFor(way));
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect(upgradeOf(report).warnings).toEqual([
        { code: 'UPGRADE_REHEARSAL_FAILED', message: expect.stringMatching(why) },
      ]);
      const after = { pid: (await pod.host.units.state('openclaw')).pid, config: stateFile('openclaw.json') };
      expect(after).toEqual(before);
      await expectNothingLost();
    },
  );

  const onTheState: readonly { readonly way: Way; readonly why: RegExp }[] = [
    { way: 'does not start', why: /exited with code 1/ },
    { way: 'is never ready', why: /answers 503 to \/readyz/ },
    { way: 'is ready without the ways in', why: /runs without a way in|other|not ready/ },
    { way: 'crashes after 20 s', why: /exited with code 1|ended/ },
    { way: 'corrupts its database', why: /./ },
    { way: 'loses sessions', why: /there are \d+ of \d+ sessions/ },
    { way: 'answers no message', why: /it answers no message: the default model does, asked by the old/ },
  ];
  test.each(onTheState)(
    'fault (release): a new release that $way, on the state and not on a copy → program, config and state are rolled back together',
    async ({ way, why }) => {
      const config = stateFile('openclaw.json');
      await breakRelease(pod.host, next, way, 'state');
      const report = await pod.converge(next, optionsFor(way));
      expect(report).toMatchObject({
        outcome: 'rolled-back',
        openclaw: old,
        upgrade: { from: old, to: next, rollbackDowntimeMs: expect.any(Number) },
      });
      console.log(`${way}: ${JSON.stringify(report.upgrade)}`);
      expect(upgradeOf(report).warnings.at(-1)?.message).toMatch(/was rolled back/);
      expect(upgradeOf(report).warnings.at(-1)?.message).toMatch(why);
      expect(stateFile('openclaw.json')).toBe(config);
      await expectNothingLost();
    },
  );
});

describe('a state of 2026.7.35, which no pod runs', () => {
  beforeAll(async () => {
    pod = await UpgradePod.open();
    const { directory } = await installed('2026.7.35', join(pod.directory, 'releases'));
    const gateway = new ReleaseGateway(directory, join(pod.directory, 'home'), pod.model);
    expect(await gateway.start()).toMatchObject({ readySeconds: expect.any(Number) });
    expect(await gateway.say('Say harbor-0')).toContain('You said: harbor-0');
    await gateway.stop();
  });
  afterAll(() => pod?.close());

  test('fault (release): a state of 2026.7.35 for a pod of 2026.9.5, which would refuse it → it is refused with a code, and left as it is', async () => {
    const report = await pod.converge(old, { seconds });
    expect(report.outcome).toBe('failed');
    expect(upgradeOf(report).error).toMatchObject({
      code: 'UPGRADE_REFUSED',
      message: expect.stringContaining('Set openclaw.version to 2026.9.6'),
    });
  });

  test('fault (release): a state of 2026.7.35 for a pod of 2026.9.6 → it is rehearsed, migrated and checked, and a copy of it kept', async () => {
    const report = await pod.converge(next, { seconds, watch: 5 });
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(report).toMatchObject({
      outcome: 'ready',
      openclaw: next,
      upgrade: { from: '2026.7.35', to: next },
    });
    expect(upgradeOf(report).changes).toEqual(
      expect.arrayContaining([
        'rehearse OpenClaw 2026.9.6 on a copy of the state',
        'OpenClaw 2026.9.6 is kept',
      ]),
    );
    const ann = await pod.connect('ann-sub');
    const { payload } = await ann.call('sessions.list', {});
    ann.close();
    expect((payload as { sessions: unknown[] }).sessions).not.toEqual([]);
    expect(await readdir(pod.host.layout.records)).toContain('upgrade-from-2026.7.35');
  });
});

describe('a run that is killed', () => {
  /** A run in a process of its own, which is killed once the journal says that a step begins. */
  async function killedAt(step: string): Promise<void> {
    await pod.host.close();
    const { state, artifacts, logs } = pod.host.layout;
    const options = { root: pod.root, state, artifacts, logs };
    const program = `
      import { converge, ProcessHost } from '@clawharbor/bootstrap';
      await converge(${JSON.stringify(pod.spec(next, seconds))}, new ProcessHost(${JSON.stringify(options)}), { watchSeconds: 3 });`;
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const journal = join(pod.host.layout.records, 'upgrade.json');
    const stepNow = async () =>
      (JSON.parse(await readFile(journal, 'utf8').catch(() => '{}')) as { step?: string }).step;
    while ((await stepNow()) !== step && child.exitCode === null) await sleep(5);
    await sleep(Math.random() * 2000);
    child.kill('SIGKILL');
    await ended;
    await pod.reopen();
  }

  test.each([
    { step: 'back-up' },
    { step: 'rehearse' },
    { step: 'drain' },
    { step: 'copy' },
    { step: 'switch' },
    { step: 'check' },
  ])(
    'fault (kill): the bootstrap, in the step $step of an upgrade → the next run finishes it, and nothing is lost',
    async ({ step }) => {
      pod = await usedPod();
      try {
        await killedAt(step);
        const report = await pod.converge(next, { seconds });
        expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
        expect(report.openclaw).toBe(next);
        await expectNothingLost();
        const again = await pod.converge(next, { seconds });
        // What the run that was killed had started may have ended since, and have left something to sweep.
        const changed = again.steps.filter(
          ({ status, name }) => status === 'changed' && name !== 'sweep-leftovers',
        );
        expect(changed).toEqual([]);
      } finally {
        await pod.close();
      }
    },
  );

  test('fault (kill): the bootstrap, while it rolls an upgrade back → the next run is through with it, and the old release runs', async () => {
    pod = await usedPod();
    try {
      await breakRelease(pod.host, next, 'refuses its state', 'state');
      await killedAt('roll-back');
      const report = await pod.converge(next, { seconds });
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      await expectNothingLost();
    } finally {
      await pod.close();
    }
  });
});
