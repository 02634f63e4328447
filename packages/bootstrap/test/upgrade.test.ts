import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readStatus } from '../src/backup/status.ts';
import { converge } from '../src/converge.ts';
import { planRun } from '../src/plan.ts';
import type { Report } from '../src/report.ts';
import type { Journal } from '../src/upgrade/records.ts';
import { artifactOfThisMachine } from './stand-ins/pod.ts';
import { next, old, UpgradePod, upgradeOf, watchSeconds } from './stand-ins/upgrade-pod.ts';

let pod: UpgradePod;
beforeEach(async () => {
  pod = await UpgradePod.create();
});
afterEach(() => pod.close());

/** Somebody writes a credential into the config in clear. @returns it */
async function writeCredential(): Promise<string> {
  // No key says of it what it is, only its place.
  const value = 'aKeyOfSome1SpeechService77';
  await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), env: { vars: { SPEECH: value } } }));
  return value;
}

/** Although the release repeated it. */
async function expectHidden(credential: string, report: Report): Promise<void> {
  const records = (await readdir(pod.host.layout.records)).filter((name) =>
    /^(upgrade|release).*\.json$/.test(name),
  );
  const texts = [
    JSON.stringify(report),
    ...(await Promise.all(records.map((name) => pod.record(name).then(JSON.stringify)))),
  ];
  for (const text of texts) expect(text).not.toContain(credential);
}

/** Somebody else's run was cut short in the check of an upgrade, after a copy that is gone. */
async function writeJournal(goal: Journal['goal']): Promise<void> {
  const at = new Date().toISOString();
  const journal: Journal = {
    state: 'under-way',
    step: 'check',
    from: old,
    to: next,
    goal,
    spec: createHash('sha256')
      .update(JSON.stringify(pod.spec(next)))
      .digest('hex'),
    startedAt: at,
    backup: { id: '2026-11-29T07-00-00.000Z', file: 'archive.tar.gz', at },
  };
  await writeFile(join(pod.host.layout.records, 'upgrade.json'), JSON.stringify(journal));
}

/** Nobody can get the next release any more. @returns brings it back */
async function takeAway(): Promise<() => Promise<void>> {
  const { artifacts } = pod.host.layout;
  const away = join(pod.directory, 'away');
  await mkdir(away);
  const files = (await readdir(artifacts)).filter((file) => file.startsWith(artifactOfThisMachine(next)));
  for (const file of files) await rename(join(artifacts, file), join(away, file));
  return async () => {
    for (const file of files) await rename(join(away, file), join(artifacts, file));
  };
}

test('fault (release): an upgrade is to be rolled back, and the copy of the state is gone → the old release is started, and the report says that the state was not put back', async () => {
  await writeJournal(old);
  const report = await pod.run(next);
  expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
  const [{ message } = { message: '' }] = upgradeOf(report).warnings;
  expect(message).not.toMatch(/was rolled back|state are those of 2026\.9\.5 again/);
  expect(message).toMatch(
    /copy of the state is gone.* as 2026\.9\.6 has left them.*--from 2026-11-29T07-00-00\.000Z/,
  );
  expect(pod.sessions()).toBe(2);
});

test('fault (release): the instance of an upgrade is gone after the switch, and the next one cannot get the release → the upgrade is rolled back to the old one, and the report says why', async () => {
  await takeAway();
  await writeJournal(next);
  await pod.replace();
  const report = await pod.run(next);
  expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
  const [{ code, message } = { code: '', message: '' }] = upgradeOf(report).warnings;
  expect([code, message]).toEqual(['OPENCLAW_NOT_INSTALLABLE', expect.stringContaining(next)]);
  expect(pod.sessions()).toBe(2);
});

test('fault (release): a new instance cannot get the release of the spec, and that of the state is cached → the pod comes up with that, says so, and upgrades once it can', async () => {
  const bringBack = await takeAway();
  await pod.replace();
  const report = await pod.run(next);
  expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
  expect(upgradeOf(report).warnings).toMatchObject([
    { code: 'OPENCLAW_NOT_INSTALLABLE', message: expect.stringContaining(`goes on with ${old}`) },
  ]);
  expect(report.conditions).toContainEqual(
    expect.objectContaining({ type: 'ReleaseInstalled', status: 'False', reason: 'NotInstallable' }),
  );
  const before = await pod.pid();
  expect(await pod.run(next)).toMatchObject({ outcome: 'rolled-back', openclaw: old });
  expect(await pod.pid()).toBe(before);
  await bringBack();
  expect(await pod.run(next)).toMatchObject({
    outcome: 'ready',
    openclaw: next,
    upgrade: { from: old, to: next },
  });
  expect(pod.sessions()).toBe(2);
});

test('a new instance that cannot get the release of the state does not take another one', async () => {
  const { artifacts } = pod.host.layout;
  for (const file of await readdir(artifacts))
    if (file.startsWith(artifactOfThisMachine(old))) await rm(join(artifacts, file));
  await pod.replace();
  const report = await pod.run(old);
  expect(report).toMatchObject({ outcome: 'failed', openclaw: old });
  expect(upgradeOf(report).error?.code).toBe('OPENCLAW_NOT_INSTALLABLE');
});

describe('an upgrade', () => {
  test('is planned, done, reported and recorded, and a second run finds nothing to do', async () => {
    const plan = (await planRun(pod.spec(next), pod.host)).find(({ name }) => name === 'upgrade');
    expect(plan?.changes).toEqual([
      expect.stringMatching(/^upgrade OpenClaw 2026\.9\.5 to 2026\.9\.6 .*offline/),
    ]);

    const report = await pod.run(next);
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next, upgrade: { from: old, to: next } });
    expect(report.upgrade?.downtimeMs).toBeGreaterThan(0);
    expect(upgradeOf(report).warnings.map(({ code }) => code)).toEqual(
      pod.noWorld === undefined ? [] : ['UPGRADE_NOT_REHEARSED'],
    );
    expect([pod.sessions(), pod.schema()]).toEqual([2, 23]);
    expect(await pod.record('release.json')).toMatchObject({
      version: next,
      upgraded: { from: old, backup: { id: expect.any(String) } },
    });
    await pod.expectTidy();
    const before = await pod.pid();
    expect((await pod.run(next)).outcome).toBe('unchanged');
    expect(await pod.pid()).toBe(before);
  });

  test('counts as a backup: the archive of before it is the last one', async () => {
    const backups = { prefix: '', everyHours: 6, keep: 12 };
    expect((await pod.run(next, { backups })).outcome).toBe('ready');
    const { upgraded } = (await pod.record('release.json')) as { upgraded: { backup: { at: string } } };
    expect(await readStatus(pod.host.layout)).toMatchObject({ lastBackup: upgraded.backup.at });
  });

  test('fault (instance): the clock jumps back by an hour again and again during an upgrade → it is done, and what its report says of times is right', async () => {
    let hours = 0;
    pod.host.now = () => new Date(Date.now() - 3_600_000 * (hours += 1));
    const began = performance.now();
    const report = await pod.run(next);
    const most = performance.now() - began;
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
    const { downtimeMs, startMs } = report.upgrade!;
    for (const time of [downtimeMs, startMs, upgradeOf(report).durationMs]) {
      expect(time).toBeGreaterThan(0);
      expect(time).toBeLessThan(most);
    }
    expect(report.steps.filter(({ durationMs }) => durationMs < 0)).toEqual([]);
  });

  test('fault (storage): the copy of before an upgrade cannot be removed once the release is kept → it stays kept, and the next run removes the copy', async () => {
    const asUsual = pod.host.run.bind(pod.host);
    pod.host.run = async (command) =>
      command.input?.includes('"task":"forget"')
        ? { exitCode: 1, stdout: '', stderr: 'EIO: i/o error' }
        : await asUsual(command);
    const report = await pod.run(next);
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
    expect(upgradeOf(report).warnings.at(-1)?.message).toMatch(/copy of the state .* failed \(forget\): EIO/);
    expect([pod.sessions(), pod.schema()]).toEqual([2, 23]);
    pod.host.run = asUsual;
    expect((await pod.run(next)).openclaw).toBe(next);
    await pod.expectTidy();
  });

  test('fault (storage): the copy of before an upgrade that failed cannot be removed → the old release runs, and so does every step after it, until the copy can go', async () => {
    const asUsual = pod.host.run.bind(pod.host);
    pod.host.run = async (command) =>
      command.input?.includes('"task":"forget"')
        ? { exitCode: 1, stdout: '', stderr: 'EIO: i/o error' }
        : await asUsual(command);
    await pod.breakIt('refuses its state, on the state');
    for (let round = 1; round <= 2; round += 1) {
      const report = await pod.run(next);
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(JSON.stringify(upgradeOf(report).warnings)).toMatch(
        /copy of the state .* failed \(forget\): EIO/,
      );
    }
    pod.host.run = asUsual;
    await pod.run(next);
    await pod.expectTidy();
  });

  test('of a state without a record is found by its databases', async () => {
    await rm(join(pod.host.layout.records, 'release.json'));
    expect((await pod.run(next)).upgrade).toMatchObject({ from: old, to: next });
  });

  test('on another instance waits for the fence, and goes the same way', async () => {
    const other = pod.otherInstance();
    setTimeout(() => void pod.host.close(), 500);
    const report = await converge(pod.spec(next), other, { watchSeconds });
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next, upgrade: { from: old, to: next } });
    expect(pod.sessions()).toBe(2);
  });

  test.each(['drain', 'switch'] as const)(
    'fault (instance): another instance goes on with an upgrade that is in the step %s → this one touches nothing any more, and whoever comes next finishes it',
    async (step) => {
      const stop = pod.host.units.stop.bind(pod.host.units);
      const start = pod.host.units.start.bind(pod.host.units);
      const takeOver = async () => {
        const journal = (await pod.record('upgrade.json').catch(() => ({}))) as { step?: string };
        if (journal.step !== step) return;
        const file = join(pod.host.layout.records, 'upgrade.json');
        await writeFile(file, JSON.stringify({ ...journal, owner: 'another' }));
      };
      pod.host.units.stop = async (...stopped) => {
        if (step === 'drain') await takeOver();
        await stop(...stopped);
      };
      pod.host.units.start = async (...started) => {
        await takeOver();
        await start(...started);
      };
      const report = await pod.run(next);
      expect(report.outcome).toBe('failed');
      expect(upgradeOf(report).error?.code).toBe('STATE_LOCKED');
      expect(await pod.record('upgrade.json')).toMatchObject({ step, owner: 'another' });
      expect((await pod.host.units.state('openclaw')).status).toBe('inactive');
      Object.assign(pod.host.units, { stop, start });
      expect(await pod.run(next)).toMatchObject({ outcome: 'ready', openclaw: next });
      expect([pod.sessions(), pod.schema()]).toEqual([2, 23]);
      await pod.expectTidy();
    },
  );

  test('leaves the old release for a week, and no longer', async () => {
    await pod.run(next);
    const left = join(pod.host.layout.state, 'state', 'openclaw.sqlite.pre-startup-migration-1.bak');
    await writeFile(left, '');
    const [week, file] = [
      new Date(Date.now() - 8 * 86_400_000),
      join(pod.host.layout.records, 'release.json'),
    ];
    await utimes(left, week, week);
    expect((await pod.run(next)).outcome).toBe('unchanged');
    const last = (await pod.record('release.json')) as { upgraded: object };
    await writeFile(
      file,
      JSON.stringify({ ...last, upgraded: { ...last.upgraded, at: week.toISOString() } }),
    );
    const plugin = join(pod.host.layout.artifacts, `openclaw-plugin-discord-${old}-linux-x64-0.tar.zst`);
    await writeFile(plugin, '');
    const { changes } = upgradeOf(await pod.run(next));
    expect(existsSync(plugin)).toBe(false);
    expect(changes.join('\n')).toMatch(
      /install\/2026\.9\.5.*\n.*artifacts\/openclaw-2026\.9\.5.*\n[^]*\.bak/,
    );
    expect(existsSync(left)).toBe(false);
    expect(await readdir(pod.host.layout.install)).toEqual([next]);
    expect((await pod.run(next)).outcome).toBe('unchanged');
  });

  test('that is refused for the release is one that nothing is done for', async () => {
    await pod.run(next);
    const before = await pod.pid();
    const report = await pod.run(old);
    expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: next });
    expect(upgradeOf(report)).toMatchObject({
      status: 'unchanged',
      warnings: [{ code: 'DOWNGRADE_REFUSED', message: expect.stringMatching(/restore --from 20/) }],
    });
    expect(await pod.pid()).toBe(before);
    expect(
      (await planRun(pod.spec(old), pod.host)).find(({ name }) => name === 'upgrade')?.kept,
    ).toHaveLength(1);
    // Nor on an instance that never had the release which the pod goes on with.
    await pod.replace();
    expect(await pod.run(old)).toMatchObject({ outcome: 'rolled-back', openclaw: next });
  });
});

describe('a release that fails', () => {
  test('on the copy leaves the pod alone, and is not tried again until the spec changes', async () => {
    if (pod.noWorld !== undefined) return console.warn(`Not tested: ${pod.noWorld}`);
    await pod.breakIt('does not start');
    const written = await writeCredential();
    const before = await pod.pid();
    const report = await pod.run(next);
    await expectHidden(written, report);
    expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
    expect(upgradeOf(report).warnings).toEqual([
      {
        code: 'UPGRADE_REHEARSAL_FAILED',
        message: expect.stringMatching(/exited with code 1.*not touched/s),
      },
    ]);
    expect(await pod.pid()).toBe(before);
    await pod.breakIt(undefined);
    expect(upgradeOf(await pod.run(next)).changes).toEqual([]);
    expect(await pod.pid()).toBe(before);
    expect((await pod.run(next, { readyTimeoutSeconds: 21 })).openclaw).toBe(next);
  });

  test('to answer on the copy leaves the pod alone', async () => {
    if (pod.noWorld !== undefined) return console.warn(`Not tested: ${pod.noWorld}`);
    await pod.breakIt('answers no message');
    const before = await pod.pid();
    const report = await pod.run(next);
    expect(upgradeOf(report).warnings).toEqual([
      {
        code: 'UPGRADE_REHEARSAL_FAILED',
        message: expect.stringContaining('it answers no message: the model was not asked'),
      },
    ]);
    expect(await pod.pid()).toBe(before);
  });

  test('and leaves an old one that does not start any more either, says both', async () => {
    await pod.breakIt('refuses its state, on the state');
    await writeFile(
      join(pod.host.layout.install, old, 'node_modules/openclaw/broken'),
      'refuses its state, on the state',
    );
    const report = await pod.run(next);
    expect(report).toMatchObject({ outcome: 'failed', openclaw: old, upgrade: { from: old, to: next } });
    expect(upgradeOf(report).warnings.at(-1)?.message).toMatch(/2026\.9\.6 was rolled back/);
    expect(report.steps.find(({ error }) => error !== undefined)?.name).toMatch(/start-gateway|wait-ready/);
    await pod.expectTidy();
  });

  describe('to answer on the state', () => {
    /** Says a word to whoever asks, in the words of the OpenAI API, as long as it runs. */
    let model: Server;
    beforeEach(async () => {
      const word = { choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] };
      model = createServer((_, response) => response.end(`data: ${JSON.stringify(word)}\n\n`));
      await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
      const config = await pod.readConfig();
      const { port } = model.address() as AddressInfo;
      await pod.writeConfig(
        JSON.stringify({
          ...config,
          models: { providers: { team: { baseUrl: `http://127.0.0.1:${port}` } } },
          agents: { defaults: { model: { primary: 'team/one' } } },
        }),
      );
      await pod.breakIt('answers no message, on the state');
    });
    afterEach(() => void model.close());

    test('although the old one did, is rolled back, and people are back within the same step', async () => {
      const report = await pod.run(next, { smokeTest: true });
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect(upgradeOf(report).warnings.at(-1)).toMatchObject({
        code: 'UPGRADE_FAILED',
        message: expect.stringMatching(/answers no message: .*asked by the old release.*503 no model/),
      });
      const { downtimeMs, rollbackDowntimeMs, rollbackStartMs } = report.upgrade!;
      expect(rollbackDowntimeMs).toBeGreaterThan(downtimeMs!);
      expect(rollbackStartMs).toBeLessThan(rollbackDowntimeMs!);
      const after = report.steps.slice(report.steps.indexOf(upgradeOf(report)) + 1);
      expect(after.find(({ name }) => name === 'start-gateway')).toMatchObject({ changes: [] });
    }, 120_000);

    test('is asked of it also by a run after one that was cut short while the old one stopped', async () => {
      const journals: unknown[] = [];
      const stop = pod.host.units.stop.bind(pod.host.units);
      pod.host.units.stop = async (...stopped) => {
        journals.push(await pod.record('upgrade.json').catch(() => undefined));
        return await stop(...stopped);
      };
      await pod.run(next, { smokeTest: true });
      expect(journals).toContainEqual(expect.objectContaining({ step: 'drain', answered: true }));
    }, 60_000);

    test('as little as the old one did, is not its fault', async () => {
      model.close();
      model.closeAllConnections();
      const report = await pod.run(next, { smokeTest: true });
      expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
      expect(report.upgrade).not.toHaveProperty('rollbackDowntimeMs');
    });

    test('is not asked where the spec turns questions off', async () => {
      expect(await pod.run(next)).toMatchObject({ outcome: 'ready', openclaw: next });
    });
  });

  test.each([
    ['refuses its state, on the state', /exit code 78/],
    ['loses sessions, on the state', /0 of 2 sessions/],
  ])(
    'because it %s, is rolled back with config and state',
    async (way, why) => {
      await pod.breakIt(way);
      const written = await writeCredential();
      const config = await pod.readConfig();
      const report = await pod.run(next);
      await expectHidden(written, report);
      expect(report).toMatchObject({
        outcome: 'rolled-back',
        openclaw: old,
        upgrade: { from: old, to: next },
      });
      const { message } = upgradeOf(report).warnings.at(-1)!;
      expect(message).toMatch(why);
      expect([pod.sessions(), pod.schema()]).toEqual([2, 21]);
      expect(await pod.readConfig()).toEqual(config);
      expect(await pod.record('release.json')).toMatchObject({ version: old });
      // Whatever was typed into it can be found.
      const aside = /kept in (\S+)\./.exec(message)![1]!;
      expect(await readdir(join(aside, 'state'))).toEqual(
        expect.arrayContaining(['agents', 'openclaw.json', 'state']),
      );
      await pod.expectTidy();
      const before = await pod.pid();
      expect((await pod.run(next)).outcome).toBe('rolled-back');
      expect(await pod.pid()).toBe(before);
    },
    120_000,
  );
});

describe('a run that is killed', () => {
  // At its other steps, and again and again: npx projen faults
  test.each(['switch'] as const)(
    'in %s is finished by the next',
    async (step) => {
      await pod.killedAt(step);
      await pod.expectFinished();
    },
    120_000,
  );

  test.each(['roll-back'] as const)(
    'in %s of one that fails goes back',
    async (step) => {
      await pod.breakIt('refuses its state, on the state');
      await pod.killedAt(step);
      await pod.breakIt('refuses its state, on the state');
      const report = await pod.run(next);
      expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect([pod.sessions(), pod.schema()]).toEqual([2, 21]);
      expect(await readFile(join(pod.host.layout.state, 'workspace', 'BOOTSTRAP.md'), 'utf8')).toBe(
        'read me',
      );
      await pod.expectTidy();
    },
    120_000,
  );
});
