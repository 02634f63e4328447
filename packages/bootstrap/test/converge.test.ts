import { writeFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import type { StepEvent } from '../src/run.ts';
import { gatewayPort } from '../src/spec/pod-spec.ts';
import { planRun } from '../src/plan.ts';
import { readReport, type Report } from '../src/report.ts';
import { temporaryOf } from '../src/temporary/name.ts';
import { artifactOfThisMachine, freePort, makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await pod.close();
});

const step = (report: Report, name: string) => report.steps.find((each) => each.name === name);
const allWarnings = (report: Report) => report.steps.flatMap(({ warnings }) => warnings);

describe('a run', () => {
  test('brings up a pod from nothing, and a second run changes nothing', async () => {
    const first = await converge(pod.spec(), pod.host);
    expect(first.outcome).toBe('ready');
    expect(step(first, 'install-openclaw')?.changes).toEqual(['OpenClaw 2026.9.6 from the artifact cache']);

    const { pid } = await pod.host.units.state('openclaw');
    const second = await converge(pod.spec(), pod.host);
    expect(second.outcome).toBe('unchanged');
    expect(second.steps.flatMap(({ changes, status }) => (status === 'skipped' ? [] : changes))).toEqual([]);
    expect((await pod.host.units.state('openclaw')).pid).toBe(pid);
    expect(await planRun(pod.spec(), pod.host)).toSatisfy((plan: readonly { changes: readonly string[] }[]) =>
      plan.every(({ changes }) => changes.length === 0),
    );
  });

  test('says in a plan what it would do, and changes nothing for it', async () => {
    const before = await readdir(pod.directory, { recursive: true });
    const plan = await planRun(pod.spec(), pod.host);
    expect(plan.filter(({ changes }) => changes.length > 0).map(({ name }) => name)).toEqual([
      'prepare-machine',
      'install-openclaw',
      'merge-config',
      'start-gateway',
    ]);
    expect(await readdir(pod.directory, { recursive: true })).toEqual(before);
  });

  test('reports each step as it goes, and writes the report', async () => {
    const events: StepEvent[] = [];
    const report = await converge(pod.spec(), pod.host, { onEvent: (event) => events.push(event) });
    const names = report.steps.map(({ name }) => name);
    expect(
      events.map(({ step: name, status }) => `${name} ${status === 'started' ? 'started' : 'ended'}`),
    ).toEqual(names.flatMap((name) => [`${name} started`, `${name} ended`]));
    expect(await readReport(pod.host.layout)).toEqual(report);
  });

  test('prepares without touching the state', async () => {
    const report = await converge(pod.spec(), pod.host, { phase: 'prepare' });
    expect(report.outcome).toBe('prepared');
    expect(await readdir(pod.directory)).not.toContain('state');
  });

  test('stops at the first failure and names it', async () => {
    // A way in is never left out.
    const report = await converge(pod.spec({}, { discovery: { bogus: true } }), pod.host);
    expect(report.outcome).toBe('failed');
    expect(report.steps.at(-1)).toMatchObject({
      name: 'merge-config',
      status: 'failed',
      error: { code: 'CONFIG_REJECTED', message: expect.stringContaining('bogus') },
    });
    expect((await pod.host.units.state('openclaw')).status).toBe('absent');
  });
});

describe('the installation', () => {
  test('fault (storage): a corrupt artifact in the cache → it is set aside, and the registry is asked instead', async () => {
    vi.stubEnv('npm_config_cache', join(pod.directory, 'npm'));
    const file = join(pod.host.layout.artifacts, artifactOfThisMachine());
    await truncate(file, 200);
    const report = await converge(pod.spec(), pod.host, { phase: 'prepare' });
    const install = step(report, 'install-openclaw');
    // npm may not reach a registry here, and says why it fails.
    expect(install?.error?.code).toBe('OPENCLAW_NOT_INSTALLABLE');
    expect(install?.error?.message).toMatch(/npm said: ENOTCACHED: \w/);
    expect(await readdir(pod.host.layout.artifacts)).toEqual([`${artifactOfThisMachine()}.corrupt`]);
    expect(await readdir(pod.host.layout.install)).toEqual([]);
  });

  test('fault (kill): an installation that was cut short → it does not count, and is removed', async () => {
    await converge(pod.spec(), pod.host, { phase: 'prepare' });
    const { install } = pod.host.layout;
    await writeFile(join(install, '2026.9.6', '.clawharbor-installed'), 'something else');
    const left = temporaryOf(join(install, '2026.9.6'));
    await writeFile(left, '');
    await utimes(left, 0, 0);
    const report = await converge(pod.spec(), pod.host, { phase: 'prepare' });
    expect(step(report, 'install-openclaw')?.status).toBe('changed');
    expect(await readdir(install)).toEqual(['2026.9.6']);
  });
});

describe('the live config', () => {
  const notes = '// mine\n{ "messages": { "prefix": "hi", }, "gateway": { "port": 1, }, }';

  test('keeps what people set, and infrastructure keys win', async () => {
    await pod.writeConfig(notes);
    await converge(pod.spec(), pod.host);
    const spec = pod.spec();
    expect(await pod.readConfig()).toMatchObject({
      messages: { prefix: 'hi' },
      gateway: spec.openclaw.config['gateway'],
    });
    const history = await readdir(join(pod.host.layout.records, 'config-history'));
    expect(history).toHaveLength(1);
    expect(await readFile(join(pod.host.layout.records, 'config-history', history[0] ?? ''), 'utf8')).toBe(
      notes,
    );
  });

  test('keeps its comments as long as nothing has to change', async () => {
    await converge(pod.spec(), pod.host);
    const commented = `// a comment\n${JSON.stringify(await pod.readConfig())}`;
    await pod.writeConfig(commented);
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('unchanged');
    expect(await readFile(join(pod.host.layout.state, 'openclaw.json'), 'utf8')).toBe(commented);
  });

  test('fault (instance): the instance is replaced → the next one has the config of people and infrastructure', async () => {
    await converge(pod.spec(), pod.host);
    await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'kept' } }));
    await pod.host.close();
    const report = await converge(pod.spec(), pod.replace());
    expect(report.outcome).toBe('ready');
    // Nothing in it belongs to one instance only.
    expect(step(report, 'merge-config')).toMatchObject({ status: 'unchanged', changes: [], warnings: [] });
    expect(await pod.readConfig()).toMatchObject({ messages: { prefix: 'kept' } });
  });

  test('fault (config): the live config cannot be parsed → it is set aside whole, and the last good one comes back', async () => {
    await converge(pod.spec(), pod.host);
    await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'kept' } }));
    await pod.host.units.stop('openclaw');
    await converge(pod.spec(), pod.host);
    const broken = '{ "gateway": { oops';
    await pod.writeConfig(broken);
    const report = await converge(pod.spec(), pod.host);
    expect(allWarnings(report)).toMatchObject([{ code: 'CONFIG_UNPARSABLE' }]);
    expect(await pod.readConfig()).toMatchObject({ messages: { prefix: 'kept' } });
    const aside = (await readdir(pod.host.layout.state)).find((name) => name.includes('unparsable'));
    expect(await readFile(join(pod.host.layout.state, aside ?? ''), 'utf8')).toBe(broken);
  });

  test('fault (config): the gateway refuses the config at its start → the last good one comes back, and the refused one is not tried again', async () => {
    await converge(pod.spec(), pod.host);
    await pod.host.units.stop('openclaw');
    const bad = pod.spec({}, { messages: { test: 'refuse' } });
    const report = await converge(bad, pod.host);
    expect(report.outcome).toBe('rolled-back');
    expect(allWarnings(report)).toMatchObject([
      { code: 'CONFIG_WISH_LEFT_OUT', message: expect.stringContaining('messages.test') },
      { code: 'GATEWAY_CONFIG_REFUSED' },
    ]);
    expect(await pod.readConfig()).not.toHaveProperty('messages');
    expect((await pod.host.units.state('openclaw')).status).toBe('active');
    const { pid } = await pod.host.units.state('openclaw');
    const again = await converge(bad, pod.host);
    expect(again.outcome).toBe('rolled-back');
    expect(allWarnings(again)).toMatchObject([
      { code: 'CONFIG_WISH_LEFT_OUT', message: expect.stringContaining('messages.test') },
    ]);
    expect((await pod.host.units.state('openclaw')).pid).toBe(pid);
  });

  test('fault (config): the gateway refuses even the last good config → it is not given to it again until something changes', async () => {
    await converge(pod.spec(), pod.host);
    const good = JSON.stringify(await pod.readConfig());
    await pod.writeConfig(`${good} // "test": "refuse"`);
    await pod.host.units.stop('openclaw');
    await rm(join(pod.host.layout.records, 'last-good.json'));
    const refused = await converge(pod.spec(), pod.host);
    expect(refused.steps.at(-1)).toMatchObject({
      name: 'wait-ready',
      error: { code: 'GATEWAY_CONFIG_REFUSED' },
    });
    const again = await converge(pod.spec(), pod.host);
    expect(again.steps.at(-1)).toMatchObject({
      name: 'start-gateway',
      error: { code: 'GATEWAY_CONFIG_REFUSED' },
    });
    await pod.writeConfig(good);
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
  });

  test('fault (config): the config is put right while the gateway starts with a broken one → its refusal is not of the good one, and it is started again', async () => {
    await converge(pod.spec(), pod.host);
    const good = JSON.stringify(await pod.readConfig());
    await pod.host.units.stop('openclaw');
    await pod.writeConfig(`${good} // "test": "refusesLate"`);
    await pod.host.units.start('openclaw');
    const starts = async () =>
      (await pod.host.units.tail('openclaw', 100)).filter((line) => line.includes('[gateway] key'));
    await vi.waitFor(async () => expect(await starts()).toHaveLength(2), { timeout: 10_000 });
    await pod.writeConfig(good);
    const report = await converge(pod.spec(), pod.host, {
      onEvent: ({ step: name, status }) => {
        if (name === 'wait-ready' && status === 'started')
          writeFileSync(join(pod.host.layout.state, 'refuse-now'), '');
      },
    });
    expect(step(report, 'wait-ready')).toMatchObject({
      status: 'changed',
      changes: [expect.stringContaining('start openclaw again')],
    });
    expect((await pod.host.units.state('openclaw')).status).toBe('active');
    expect(report.outcome).toBe('ready');
    await pod.host.units.stop('openclaw');
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
  });

  test('fault (config): there is no good config yet, and the broken one is put right while the gateway starts with it once more → the good one is not taken for the refused one', async () => {
    const { state, records } = pod.host.layout;
    await converge(pod.spec(), pod.host);
    const good = JSON.stringify(await pod.readConfig());
    await pod.host.units.stop('openclaw');
    await rm(join(records, 'last-good.json'));
    await pod.writeConfig(`${good} // "test": "refusesLate"`);
    await pod.host.units.start('openclaw');
    const refuse = (): void => writeFileSync(join(state, 'refuse-now'), '');
    const start = pod.host.units.start.bind(pod.host.units);
    pod.host.units.start = async (name) => {
      await rm(join(state, 'refuse-now'));
      await start(name);
      setTimeout(() => {
        writeFileSync(join(state, 'openclaw.json'), good);
        refuse();
      }, 2000);
    };
    const report = await converge(pod.spec(), pod.host, {
      onEvent: ({ step: name, status }) => {
        if (name === 'wait-ready' && status === 'started') refuse();
      },
    });
    expect(step(report, 'wait-ready')).toMatchObject({ error: { code: 'GATEWAY_CONFIG_REFUSED' } });
    pod.host.units.start = start;
    expect((await converge(pod.spec(), pod.host)).outcome).toBe('ready');
  });

  describe('that OpenClaw rejects', () => {
    test('fault (config): OpenClaw rejects one wish of the spec → the pod runs without that wish, on this instance and on the next', async () => {
      await converge(pod.spec(), pod.host);
      await pod.writeConfig(JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'kept' } }));
      const bad = pod.spec({}, { bogus: true });
      for (const host of [pod.host, pod.replace()]) {
        const before = await pod.readConfig();
        const report = await converge(bad, host);
        expect(report.outcome).toBe('rolled-back');
        expect(allWarnings(report)).toMatchObject([
          { code: 'CONFIG_WISH_LEFT_OUT', message: expect.stringContaining('bogus') },
        ]);
        const { messages, gateway } = await pod.readConfig();
        expect({ messages, gateway }).toEqual({ messages: { prefix: 'kept' }, gateway: before['gateway'] });
        expect((await host.units.state('openclaw')).status).toBe('active');
        await host.close();
      }
      expect((await converge(pod.spec(), pod.replace())).outcome).toBe('ready');
    });

    test('fault (config): OpenClaw rejects what people wrote → the last good config comes back, with what infrastructure decides by now', async () => {
      await converge(pod.spec(), pod.host);
      await pod.host.close();
      const bogus = JSON.stringify({ ...(await pod.readConfig()), bogus: true });
      await pod.writeConfig(bogus);
      const report = await converge(pod.spec({}, { discovery: { mdns: { mode: 'off' } } }), pod.replace());
      expect(report.outcome).toBe('ready');
      expect(allWarnings(report)).toMatchObject([{ code: 'CONFIG_REJECTED' }]);
      expect(await pod.readConfig()).toMatchObject({ discovery: { mdns: { mode: 'off' } } });
      expect(await pod.readConfig()).not.toHaveProperty('bogus');
      const aside = (await readdir(pod.host.layout.state)).find((name) => name.includes('rejected'));
      expect(await readFile(join(pod.host.layout.state, aside ?? ''), 'utf8')).toBe(bogus);
    });

    test('for what people wrote and for a wish gives way to the last good one without the wish', async () => {
      await converge(pod.spec(), pod.host);
      await pod.host.close();
      const good = await pod.readConfig();
      await pod.writeConfig(JSON.stringify({ ...good, bogus: true }));
      const report = await converge(pod.spec({}, { messages: { bogus: true } }), pod.replace());
      expect(report.outcome).toBe('rolled-back');
      expect(allWarnings(report)).toMatchObject([
        { code: 'CONFIG_REJECTED' },
        { code: 'CONFIG_WISH_LEFT_OUT' },
      ]);
      const { logging, ...config } = await pod.readConfig();
      expect({ ...config, logging: good['logging'] }).toEqual(good);
      expect(logging).toBeDefined();
    });

    test('fault (config): OpenClaw rejects how people get in → CONFIG_REJECTED, and nothing is written', async () => {
      const report = await converge(pod.spec({}, { discovery: { bogus: true } }), pod.host);
      expect(report.steps.at(-1)).toMatchObject({ name: 'merge-config', error: { code: 'CONFIG_REJECTED' } });
      expect(await readdir(pod.host.layout.state)).not.toContain('openclaw.json');
    });
  });

  test('fault (config): the live config was replaced by a link or a directory → it is set aside, and the last good one comes back', async () => {
    await converge(pod.spec(), pod.host);
    const file = join(pod.host.layout.state, 'openclaw.json');
    const mine = JSON.stringify({ ...(await pod.readConfig()), messages: { prefix: 'kept' } });
    await pod.writeConfig(mine);
    await pod.host.units.stop('openclaw');
    await converge(pod.spec(), pod.host);
    const plant = [async () => symlink(join(pod.directory, 'elsewhere.json'), file), async () => mkdir(file)];
    for (const put of plant) {
      await rm(file);
      await put();
      const report = await converge(pod.spec(), pod.host);
      expect(allWarnings(report)).toMatchObject([{ code: 'FILE_NOT_REGULAR' }]);
      expect(await pod.readConfig()).toMatchObject({ messages: { prefix: 'kept' } });
    }
    const aside = (await readdir(pod.host.layout.state)).filter((name) => name.includes('unparsable'));
    expect(aside).toHaveLength(2);
  });

  test.each([['.clawharbor'], ['.clawharbor/config-history'], ['npm'], ['npm/projects']])(
    'fault (instance): the agent puts a link or a file in the place of %s in the state → it is set aside, nothing is written where it leads, and the run goes on',
    async (path) => {
      await pod.writeConfig(notes);
      const elsewhere = join(pod.directory, 'elsewhere');
      await mkdir(elsewhere);
      const place = join(pod.host.layout.state, path);
      const plant = [() => symlink(elsewhere, place), () => writeFile(place, 'of the agent')];
      for (const [round, put] of plant.entries()) {
        await rm(place, { recursive: true, force: true });
        await mkdir(dirname(place), { recursive: true });
        await put();
        const report = await converge(pod.spec({}, { discovery: { round: String(round) } }), pod.host);
        expect(report.outcome).toBe('ready');
        expect(allWarnings(report)).toMatchObject([
          { code: 'FILE_NOT_REGULAR', message: expect.stringContaining(`${place} must be a directory`) },
          // The lock of the gateway, which runs by then, went with it.
          ...(path === '.clawharbor' && round > 0 && process.platform === 'linux'
            ? [{ code: 'STATE_UNLOCKED' }]
            : []),
        ]);
        expect(await readdir(elsewhere)).toEqual([]);
        expect(
          allWarnings(await converge(pod.spec({}, { discovery: { round: String(round) } }), pod.host)),
        ).toEqual([]);
      }
      const aside = (await readdir(dirname(place))).filter((name) => name.includes('.no-directory-'));
      expect(aside.length).toBeGreaterThan(0);
    },
  );

  test.each([
    ['a directory', (path: string) => mkdir(path)],
    ['a link', (path: string) => symlink('/etc/passwd', path)],
    ['17 MB', (path: string) => writeFile(path, 'x'.repeat(17_000_000))],
  ])(
    'fault (instance): the agent puts %s in the place of each record of Clawharbor in the state → they are set aside, the run goes on, and the next one finds nothing to say',
    async (_, plant) => {
      await pod.writeConfig(notes);
      await converge(pod.spec(), pod.host);
      const { records } = pod.host.layout;
      const present = (await readdir(records)).filter((name) => name.endsWith('.json'));
      const names = [...new Set([...present, 'upgrade.json', 'restore.json'])];
      expect(names).toContain('release.json');
      for (const name of names) {
        await rm(join(records, name), { recursive: true, force: true });
        await plant(join(records, name));
      }
      const report = await converge(pod.spec({}, { discovery: { round: '1' } }), pod.host);
      expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
      expect(allWarnings(report).filter(({ code }) => code === 'FILE_NOT_REGULAR')).toHaveLength(
        names.length,
      );
      expect(allWarnings(await converge(pod.spec({}, { discovery: { round: '1' } }), pod.host))).toEqual([]);
    },
  );

  test('fault (instance): the agent writes that a restore was cut short, while the gateway runs → what it wrote is set aside, and the run goes on', async () => {
    await converge(pod.spec(), pod.host);
    const { records } = pod.host.layout;
    const [staging, kept] = [join(records, 'restore.tmp'), join(records, 'replaced.tmp')];
    const config = { name: 'openclaw.json', comes: false };
    const untrue = {
      id: 'x',
      staged: join(staging, 'state'),
      staging,
      kept,
      entries: [],
      records: [],
      config,
    };
    await writeFile(join(records, 'restore.json'), JSON.stringify(untrue));
    const report = await converge(pod.spec({}, { discovery: { round: '1' } }), pod.host);
    expect(report.outcome).toBe('ready');
    expect(allWarnings(report)).toMatchObject([{ code: 'RECORD_FOREIGN' }]);
    expect(allWarnings(await converge(pod.spec(), pod.host))).toEqual([]);
  });

  test('fault (config): a running gateway refuses a changed config → the one before comes back', async () => {
    await converge(pod.spec(), pod.host);
    const report = await converge(pod.spec({}, { messages: { test: 'refuse' } }), pod.host);
    expect(report.outcome).toBe('rolled-back');
    expect(await pod.readConfig()).not.toHaveProperty('messages');
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'ConfigInEffect', status: 'True' }),
    );
  });

  test('fault (instance): another program has the port → PORT_TAKEN, and no gateway is started', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(gatewayPort(pod.spec()), '127.0.0.1', resolve));
    const report = await converge(pod.spec(), pod.host);
    expect(report.steps.at(-1)).toMatchObject({ name: 'start-gateway', error: { code: 'PORT_TAKEN' } });
    expect((await pod.host.units.state('openclaw')).status).toBe('absent');
    taken.close();
  });

  test('fault (instance): a second instance while the first one lives → STATE_LOCKED, it waits at the fence and starts when the first has ended', async () => {
    await converge(pod.spec(), pod.host);
    const other = pod.replace();
    // On a port of its own, as another machine would have.
    const spec = pod.spec(
      { readyTimeoutSeconds: 10 },
      { gateway: { mode: 'local', port: await freePort() } },
    );
    const report = await converge(spec, other);
    expect(report.steps.at(-1)?.error?.code).toBe('STATE_LOCKED');
    expect((await other.units.state('openclaw')).status).toBe('starting');
    await pod.host.close();
    expect((await converge(spec, other)).outcome).toBe('unchanged');
  });
});
