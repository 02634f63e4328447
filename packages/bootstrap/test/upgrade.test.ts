import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { converge } from '../src/converge.ts';
import { ProcessHost } from '../src/host/process/process-host.ts';
import type { OpenClawVersion } from '../src/openclaw-release.ts';
import { planRun } from '../src/plan.ts';
import type { Report } from '../src/report.ts';
import type { PodSpec } from '../src/spec/pod-spec.ts';
import { whyNoOwnWorld } from '../src/host/own-world.ts';
import type { Journal, JournalStep } from '../src/upgrade/records.ts';
import { artifactOfThisMachine, makePod, storeStandIn, type TestPod } from './stand-ins/pod.ts';

const [old, next] = ['2026.9.5', '2026.9.6'] as const;
const watchSeconds = 0.2;

let pod: TestPod;
let host: ProcessHost;
/** Why nothing is rehearsed on this machine; undefined where it is. */
let noWorld: string | undefined;
beforeEach(async () => {
  pod = await makePod();
  host = pod.host;
  await storeStandIn(pod.directory, old, { state: 17, agent: 21 });
  await storeStandIn(pod.directory, next, { state: 18, agent: 23 });
  noWorld = await whyNoOwnWorld(host);
  if (noWorld !== undefined) console.warn(`Without rehearsals: ${noWorld}`);
  expect((await run(old)).outcome).toBe('ready');
  agent((database) =>
    database.exec("INSERT INTO session_nodes VALUES ('agent:main:one'), ('agent:main:two')"),
  );
  // What a release before this change would have left.
  await mkdir(join(host.layout.state, 'workspace'));
  await writeFile(join(host.layout.state, 'workspace', 'BOOTSTRAP.md'), 'read me');
});
afterEach(async () => {
  await host.close();
  await pod.close();
});

function spec(version: OpenClawVersion, changes: Partial<PodSpec> = {}): PodSpec {
  const usual = pod.spec();
  return { ...usual, ...changes, openclaw: { ...usual.openclaw, version } };
}

function run(version: OpenClawVersion, changes: Partial<PodSpec> = {}): Promise<Report> {
  return converge(spec(version, changes), host, { watchSeconds });
}

function agent<T>(action: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(join(host.layout.state, 'agents/main/agent/openclaw-agent.sqlite'));
  try {
    return action(database);
  } finally {
    database.close();
  }
}

const sessions = () =>
  agent((database) => database.prepare('SELECT count(*) AS n FROM session_nodes').get()!['n']);
const schema = () => agent((database) => database.prepare('PRAGMA user_version').get()!['user_version']);
const upgradeOf = (report: Report) => report.steps.find(({ name }) => name === 'upgrade')!;
const record = async (name: string) =>
  JSON.parse(await readFile(join(host.layout.records, name), 'utf8')) as unknown;
const pid = async () => (await host.units.state('openclaw')).pid;

async function breakIt(way: string | undefined): Promise<void> {
  await converge(spec(next), host, { phase: 'prepare' });
  const file = join(host.layout.install, next, 'node_modules/openclaw/broken');
  await (way === undefined ? rm(file, { force: true }) : writeFile(file, way));
}

/** Somebody writes a credential into the config in clear. @returns it */
async function writeCredential(): Promise<string> {
  // No key says of it what it is, only its place.
  const value = 'aKeyOfSome1SpeechService77';
  await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), env: { vars: { SPEECH: value } } }));
  return value;
}

/** Although the release repeated it. */
async function expectHidden(credential: string, report: Report): Promise<void> {
  const records = (await readdir(host.layout.records)).filter((name) =>
    /^(upgrade|release).*\.json$/.test(name),
  );
  const texts = [
    JSON.stringify(report),
    ...(await Promise.all(records.map((name) => record(name).then(JSON.stringify)))),
  ];
  for (const text of texts) expect(text).not.toContain(credential);
}

/** Nothing of an upgrade is left but its record. */
async function expectTidy(): Promise<void> {
  expect(existsSync(join(host.layout.records, 'upgrade-copy'))).toBe(false);
  expect((await readdir(host.layout.cache)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}

test('fault (release): an upgrade is to be rolled back, and the copy of the state is gone → the old release is started, and the report says that the state was not put back', async () => {
  const wanted = spec(next);
  const [at, digest] = [
    new Date().toISOString(),
    createHash('sha256').update(JSON.stringify(wanted)).digest('hex'),
  ];
  const journal: Journal = {
    state: 'under-way',
    step: 'check',
    from: old,
    to: next,
    goal: old,
    spec: digest,
    startedAt: at,
    backup: { id: '2026-11-29T07-00-00.000Z', file: 'archive.tar.gz', at },
  };
  await writeFile(join(host.layout.records, 'upgrade.json'), JSON.stringify(journal));
  const report = await run(next);
  expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
  const [{ message } = { message: '' }] = upgradeOf(report).warnings;
  expect(message).not.toMatch(/was rolled back|state are those of 2026\.9\.5 again/);
  expect(message).toMatch(
    /copy of the state is gone.* as 2026\.9\.6 has left them.*--from 2026-11-29T07-00-00\.000Z/,
  );
  expect(sessions()).toBe(2);
});

test('fault (release): a new instance cannot get the release of the spec, and that of the state is cached → the pod comes up with that, says so, and upgrades once it can', async () => {
  await host.close();
  const { artifacts } = host.layout;
  const name = artifactOfThisMachine(next);
  const away = join(pod.directory, 'away');
  await mkdir(away);
  const files = (await readdir(artifacts)).filter((file) => file.startsWith(name));
  for (const file of files) await rename(join(artifacts, file), join(away, file));
  host = pod.replace();
  const report = await run(next);
  expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
  expect(upgradeOf(report).warnings).toMatchObject([
    { code: 'OPENCLAW_NOT_INSTALLABLE', message: expect.stringContaining(`goes on with ${old}`) },
  ]);
  expect(report.conditions).toContainEqual(
    expect.objectContaining({ type: 'ReleaseInstalled', status: 'False', reason: 'NotInstallable' }),
  );
  const before = await pid();
  expect(await run(next)).toMatchObject({ outcome: 'rolled-back', openclaw: old });
  expect(await pid()).toBe(before);
  for (const file of files) await rename(join(away, file), join(artifacts, file));
  expect(await run(next)).toMatchObject({
    outcome: 'ready',
    openclaw: next,
    upgrade: { from: old, to: next },
  });
  expect(sessions()).toBe(2);
});

test('a new instance that cannot get the release of the state does not take another one', async () => {
  const { artifacts } = host.layout;
  await host.close();
  for (const file of await readdir(artifacts))
    if (file.startsWith(artifactOfThisMachine(old))) await rm(join(artifacts, file));
  host = pod.replace();
  const report = await run(old);
  expect(report).toMatchObject({ outcome: 'failed', openclaw: old });
  expect(upgradeOf(report).error?.code).toBe('OPENCLAW_NOT_INSTALLABLE');
});

describe('an upgrade', () => {
  test('is planned, done, reported and recorded, and a second run finds nothing to do', async () => {
    const plan = (await planRun(spec(next), host)).find(({ name }) => name === 'upgrade');
    expect(plan?.changes).toEqual([
      expect.stringMatching(/^upgrade OpenClaw 2026\.9\.5 to 2026\.9\.6 .*offline/),
    ]);

    const report = await run(next);
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next, upgrade: { from: old, to: next } });
    expect(report.upgrade?.downtimeMs).toBeGreaterThan(0);
    expect(upgradeOf(report).warnings.map(({ code }) => code)).toEqual(
      noWorld === undefined ? [] : ['UPGRADE_NOT_REHEARSED'],
    );
    expect([sessions(), schema()]).toEqual([2, 23]);
    expect(await record('release.json')).toMatchObject({
      version: next,
      upgraded: { from: old, backup: { id: expect.any(String) } },
    });
    await expectTidy();
    const before = await pid();
    expect((await run(next)).outcome).toBe('unchanged');
    expect(await pid()).toBe(before);
  });

  test('fault (instance): the clock jumps back by an hour again and again during an upgrade → it is done, and what its report says of times is right', async () => {
    let hours = 0;
    host.now = () => new Date(Date.now() - 3_600_000 * (hours += 1));
    const began = performance.now();
    const report = await run(next);
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
    const asUsual = host.run.bind(host);
    host.run = async (command) =>
      command.input?.includes('"task":"forget"')
        ? { exitCode: 1, stdout: '', stderr: 'EIO: i/o error' }
        : await asUsual(command);
    const report = await run(next);
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
    expect(upgradeOf(report).warnings.at(-1)?.message).toMatch(/copy of the state .* failed \(forget\): EIO/);
    expect([sessions(), schema()]).toEqual([2, 23]);
    host.run = asUsual;
    expect((await run(next)).openclaw).toBe(next);
    await expectTidy();
  });

  test('fault (storage): the copy of before an upgrade that failed cannot be removed → the old release runs, and so does every step after it, until the copy can go', async () => {
    const asUsual = host.run.bind(host);
    host.run = async (command) =>
      command.input?.includes('"task":"forget"')
        ? { exitCode: 1, stdout: '', stderr: 'EIO: i/o error' }
        : await asUsual(command);
    await breakIt('refuses its state, on the state');
    for (let round = 1; round <= 2; round += 1) {
      const report = await run(next);
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(JSON.stringify(upgradeOf(report).warnings)).toMatch(
        /copy of the state .* failed \(forget\): EIO/,
      );
    }
    host.run = asUsual;
    await run(next);
    await expectTidy();
  });

  test('of a state without a record is found by its databases', async () => {
    await rm(join(host.layout.records, 'release.json'));
    expect((await run(next)).upgrade).toMatchObject({ from: old, to: next });
  });

  test('on another instance waits for the fence, and goes the same way', async () => {
    const other = pod.replace();
    setTimeout(() => void host.close(), 500);
    const report = await converge(spec(next), other, { watchSeconds });
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next, upgrade: { from: old, to: next } });
    expect(sessions()).toBe(2);
  });

  test('leaves the old release for a week, and no longer', async () => {
    await run(next);
    const left = join(host.layout.state, 'state', 'openclaw.sqlite.pre-startup-migration-1.bak');
    await writeFile(left, '');
    const [week, file] = [new Date(Date.now() - 8 * 86_400_000), join(host.layout.records, 'release.json')];
    await utimes(left, week, week);
    expect((await run(next)).outcome).toBe('unchanged');
    const last = (await record('release.json')) as { upgraded: object };
    await writeFile(
      file,
      JSON.stringify({ ...last, upgraded: { ...last.upgraded, at: week.toISOString() } }),
    );
    const plugin = join(host.layout.artifacts, `openclaw-plugin-discord-${old}-linux-x64-0.tar.zst`);
    await writeFile(plugin, '');
    const { changes } = upgradeOf(await run(next));
    expect(existsSync(plugin)).toBe(false);
    expect(changes.join('\n')).toMatch(
      /install\/2026\.9\.5.*\n.*artifacts\/openclaw-2026\.9\.5.*\n[^]*\.bak/,
    );
    expect(existsSync(left)).toBe(false);
    expect(await readdir(host.layout.install)).toEqual([next]);
    expect((await run(next)).outcome).toBe('unchanged');
  });

  test('that is refused for the release is one that nothing is done for', async () => {
    await run(next);
    const before = await pid();
    const report = await run(old);
    expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: next });
    expect(upgradeOf(report)).toMatchObject({
      status: 'unchanged',
      warnings: [{ code: 'DOWNGRADE_REFUSED', message: expect.stringMatching(/restore --from 20/) }],
    });
    expect(await pid()).toBe(before);
    expect((await planRun(spec(old), host)).find(({ name }) => name === 'upgrade')?.kept).toHaveLength(1);
    // Nor on an instance that never had the release which the pod goes on with.
    await host.close();
    host = pod.replace();
    expect(await run(old)).toMatchObject({ outcome: 'rolled-back', openclaw: next });
  });
});

describe('a release that fails', () => {
  test('on the copy leaves the pod alone, and is not tried again until the spec changes', async () => {
    if (noWorld !== undefined) return console.warn(`Not tested: ${noWorld}`);
    await breakIt('does not start');
    const written = await writeCredential();
    const before = await pid();
    const report = await run(next);
    await expectHidden(written, report);
    expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
    expect(upgradeOf(report).warnings).toEqual([
      {
        code: 'UPGRADE_REHEARSAL_FAILED',
        message: expect.stringMatching(/exited with code 1.*not touched/s),
      },
    ]);
    expect(await pid()).toBe(before);
    await breakIt(undefined);
    expect(upgradeOf(await run(next)).changes).toEqual([]);
    expect(await pid()).toBe(before);
    expect((await run(next, { readyTimeoutSeconds: 21 })).openclaw).toBe(next);
  });

  test('to answer on the copy leaves the pod alone', async () => {
    if (noWorld !== undefined) return console.warn(`Not tested: ${noWorld}`);
    await breakIt('answers no message');
    const before = await pid();
    const report = await run(next);
    expect(upgradeOf(report).warnings).toEqual([
      {
        code: 'UPGRADE_REHEARSAL_FAILED',
        message: expect.stringContaining('it answers no message: the model was not asked'),
      },
    ]);
    expect(await pid()).toBe(before);
  });

  test('and leaves an old one that does not start any more either, says both', async () => {
    await breakIt('refuses its state, on the state');
    await writeFile(
      join(host.layout.install, old, 'node_modules/openclaw/broken'),
      'refuses its state, on the state',
    );
    const report = await run(next);
    expect(report).toMatchObject({ outcome: 'failed', openclaw: old, upgrade: { from: old, to: next } });
    expect(upgradeOf(report).warnings.at(-1)?.message).toMatch(/2026\.9\.6 was rolled back/);
    expect(report.steps.find(({ error }) => error !== undefined)?.name).toMatch(/start-gateway|wait-ready/);
    await expectTidy();
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
      await breakIt('answers no message, on the state');
    });
    afterEach(() => void model.close());

    test('although the old one did, is rolled back, and people are back within the same step', async () => {
      const report = await run(next, { smokeTest: true });
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
      const stop = host.units.stop.bind(host.units);
      host.units.stop = async (...stopped) => {
        journals.push(await record('upgrade.json').catch(() => undefined));
        return await stop(...stopped);
      };
      await run(next, { smokeTest: true });
      expect(journals).toContainEqual(expect.objectContaining({ step: 'drain', answered: true }));
    }, 60_000);

    test('as little as the old one did, is not its fault', async () => {
      model.close();
      model.closeAllConnections();
      const report = await run(next, { smokeTest: true });
      expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
      expect(report.upgrade).not.toHaveProperty('rollbackDowntimeMs');
    });

    test('is not asked where the spec turns questions off', async () => {
      expect(await run(next)).toMatchObject({ outcome: 'ready', openclaw: next });
    });
  });

  test.each([
    ['refuses its state, on the state', /exit code 78/],
    ['loses sessions, on the state', /0 of 2 sessions/],
  ])(
    'because it %s, is rolled back with config and state',
    async (way, why) => {
      await breakIt(way);
      const written = await writeCredential();
      const config = await pod.readConfig();
      const report = await run(next);
      await expectHidden(written, report);
      expect(report).toMatchObject({
        outcome: 'rolled-back',
        openclaw: old,
        upgrade: { from: old, to: next },
      });
      const { message } = upgradeOf(report).warnings.at(-1)!;
      expect(message).toMatch(why);
      expect([sessions(), schema()]).toEqual([2, 21]);
      expect(await pod.readConfig()).toEqual(config);
      expect(await record('release.json')).toMatchObject({ version: old });
      // Whatever was typed into it can be found.
      const aside = /kept in (\S+)\./.exec(message)![1]!;
      expect(await readdir(join(aside, 'state'))).toEqual(
        expect.arrayContaining(['agents', 'openclaw.json', 'state']),
      );
      await expectTidy();
      const before = await pid();
      expect((await run(next)).outcome).toBe('rolled-back');
      expect(await pid()).toBe(before);
    },
    120_000,
  );
});

/** Where the first run was: whatever that has left running is ended by the next. */
function sameInstance() {
  const { state, artifacts, logs } = pod.host.layout;
  return { root: join(pod.directory, 'instance-0'), state, artifacts, logs };
}

/**
 * A run of its own, which is killed as soon as the journal says that this step begins.
 * @param resumed how many runs have gone on with it by then
 */
async function killedAt(step: JournalStep, resumed = 0): Promise<void> {
  const program = `
    import { converge, ProcessHost } from '${new URL('../src/index.ts', import.meta.url).href}';
    await converge(${JSON.stringify(spec(next))}, new ProcessHost(${JSON.stringify(sameInstance())}), { watchSeconds: ${watchSeconds} });`;
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', program]);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const isThere = async () =>
    (await record('upgrade.json').catch(() => undefined)) as { step?: string; resumed?: number } | undefined;
  for (
    let found = await isThere();
    (found?.step !== step || (found.resumed ?? 0) !== resumed) && child.exitCode === null;
    found = await isThere()
  ) {
    await sleep(1);
  }
  // A step is cut short at its begin, or in the middle of it.
  await sleep(Math.random() * 200);
  child.kill('SIGKILL');
  await ended;
  // A backup that nobody waits for any more ends by itself; until then it writes to what the next run sweeps.
  while ((await processesWith('\0backup\0')).length > 0) await sleep(50);
  // Between the start of a gateway and its record, nobody can know of it: only a laptop has such a moment.
  const recorded = await readFile(join(sameInstance().root, 'units', 'openclaw.json'), 'utf8').catch(
    () => '{}',
  );
  const { process: running } = JSON.parse(recorded) as { process?: { pid: number } };
  const left = (await processesWith('\0gateway\0')).filter((each) => each !== running?.pid);
  for (const each of left) process.kill(each, 'SIGKILL');
}

/** Processes of this pod whose command line has these words in it. */
async function processesWith(words: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(pod.directory) && line.includes(words)) found.push(Number(name));
  }
  return found;
}

describe('a run that is killed', () => {
  // Each step of the real one: npx projen faults
  test.each(['rehearse', 'copy', 'switch'] as const)(
    'in %s is finished by the next',
    async (step) => {
      await host.close();
      await killedAt(step);
      host = new ProcessHost(sameInstance());
      const report = await run(next);
      expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(report).toMatchObject({ openclaw: next });
      expect([sessions(), schema()]).toEqual([2, 23]);
      expect(await record('release.json')).toMatchObject({ version: next });
      await expectTidy();
      expect((await run(next)).outcome).toBe('unchanged');
    },
    120_000,
  );

  test.each(['roll-back'] as const)(
    'in %s of one that fails goes back',
    async (step) => {
      await breakIt('refuses its state, on the state');
      await host.close();
      await killedAt(step);
      host = new ProcessHost(sameInstance());
      await breakIt('refuses its state, on the state');
      const report = await run(next);
      expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
      expect([sessions(), schema()]).toEqual([2, 21]);
      expect(await readFile(join(host.layout.state, 'workspace', 'BOOTSTRAP.md'), 'utf8')).toBe('read me');
      await expectTidy();
    },
    120_000,
  );

  test('fault (release): each run is cut short in the same step, as by a release that ends its machine → after the third it is rolled back, and not tried again', async () => {
    await host.close();
    for (const resumed of [0, 1, 2]) await killedAt('switch', resumed);
    host = new ProcessHost(sameInstance());
    const report = await run(next);
    expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
    expect(upgradeOf(report).warnings.at(-1)).toMatchObject({
      code: 'UPGRADE_NOT_POSSIBLE',
      message: expect.stringMatching(/was rolled back: it was cut short 3 times/),
    });
    expect([sessions(), schema()]).toEqual([2, 21]);
    await expectTidy();
    expect((await run(next)).openclaw).toBe(old);
  }, 120_000);

  test('while it rolls back is rolled back, and then upgraded with the spec that was mended meanwhile', async () => {
    await breakIt('refuses its state, on the state');
    await host.close();
    await killedAt('roll-back');
    host = new ProcessHost(sameInstance());
    await breakIt(undefined);
    const report = await run(next, { readyTimeoutSeconds: 21 });
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
    expect([sessions(), schema()]).toEqual([2, 23]);
    expect((await run(next, { readyTimeoutSeconds: 21 })).outcome).toBe('unchanged');
  }, 120_000);

  test('when the new release has had a state without a record is not taken for one that was kept', async () => {
    await host.close();
    await rm(join(host.layout.records, 'release.json'));
    await killedAt('check');
    expect(schema()).toBe(23);
    host = new ProcessHost(sameInstance());
    const report = await run(old);
    expect(report.openclaw).toBe(old);
    expect([sessions(), schema()]).toEqual([2, 21]);
  }, 120_000);

  test('after the switch, when nobody wants the release any more, goes back', async () => {
    await host.close();
    await killedAt('switch');
    host = new ProcessHost(sameInstance());
    const report = await run(old);
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(report.openclaw).toBe(old);
    expect([sessions(), schema()]).toEqual([2, 21]);
    await expectTidy();
  }, 120_000);
});
