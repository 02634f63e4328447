import { chmod, chown, link, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigRecords } from '../src/config/config-records.ts';
import { readLive, wantedBy } from '../src/config/live-config.ts';
import { converge } from '../src/converge.ts';
import { planRun } from '../src/plan.ts';
import type { Report, StepReport } from '../src/report.ts';
import type { PodSpec } from '../src/spec/pod-spec.ts';
import { makePod, type TestPod } from './stand-ins/pod.ts';

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(() => pod.close());

const inState = (name: string): string => join(pod.host.layout.state, name);
const textOf = (name: string): Promise<string> => readFile(inState(name), 'utf8');

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(inState(name), '..'), { recursive: true });
    await writeFile(inState(name), text);
  }
}

async function run(spec: PodSpec = pod.spec()): Promise<StepReport & { outcome: Report['outcome'] }> {
  const report = await converge(spec, pod.host);
  const step = report.steps.find(({ name }) => name === 'merge-config');
  if (!step) throw new Error(`merge-config did not run: ${JSON.stringify(report.steps)}`);
  return { ...step, outcome: report.outcome };
}

/** A spec whose gateway has more keys than the port. */
const specWith = (gateway: object, config: Record<string, unknown> = {}): PodSpec => {
  const { gateway: own } = pod.spec().openclaw.config;
  return pod.spec({}, { ...config, gateway: { ...(own as object), ...gateway } });
};

const codes = ({ warnings }: StepReport): string[] => warnings.map(({ code }) => code);

describe('a config of several files', () => {
  test('has at each exclusive path what infrastructure decided, and the report names file and key', async () => {
    await write({
      'openclaw.json': '{ "$include": "./ways.json5" }',
      'ways.json5': '{ "gateway": { "trustedProxies": ["10.200.0.0/16"] }, "messages": { "prefix": "hi" } }',
    });
    const spec = specWith({ trustedProxies: ['10.0.0.0/24'] });
    const [planned] = (await planRun(spec, pod.host)).filter(({ name }) => name === 'merge-config');
    expect(planned?.changes).toContain('overrule ways.json5: gateway.trustedProxies (exclusive)');

    const step = await run(spec);
    expect(step.warnings).toMatchObject([
      {
        code: 'CONFIG_INCLUDE_OVERRULED',
        message: expect.stringContaining('ways.json5: gateway.trustedProxies'),
      },
    ]);
    // Joined they are what infrastructure decided; what is people's is where it was.
    expect(JSON.parse(await textOf('openclaw.json'))).toMatchObject({
      $include: './ways.json5',
      gateway: { trustedProxies: ['10.0.0.0/24'] },
    });
    expect(JSON.parse(await textOf('ways.json5'))).toEqual({ gateway: {}, messages: { prefix: 'hi' } });
    expect((await run(spec)).changes).toEqual([]);
  });

  test('keeps a topic in the file that has it, where OpenClaw writes edits of people', async () => {
    const topic = '// ours\n{ telegram: { enabled: true } }\n';
    await write({
      'openclaw.json': '{ "channels": { "$include": "./topics/channels.json5" } }',
      'topics/channels.json5': '{"telegram":{}}',
    });
    await write({ 'topics/channels.json5': topic.replaceAll(/(\w+):/g, '"$1":') });
    const spec = pod.spec({}, { channels: { irc: { enabled: false } } });
    await run(spec);
    expect(JSON.parse(await textOf('openclaw.json'))).toMatchObject({
      channels: { $include: './topics/channels.json5' },
    });
    expect(await textOf('topics/channels.json5')).toMatch(/^\/\/ ours\n.*"irc"/);
  });

  test('comes back whole: the last good one has its included files', async () => {
    const good = '{ "prefix": "good" }';
    await write({ 'openclaw.json': '{ "messages": { "$include": "m.json5" } }', 'm.json5': good });
    await run();
    for (const bad of ['{ "bogus": true }', '{ oops']) {
      await write({ 'm.json5': bad });
      const step = await run();
      expect(codes(step)).toEqual([bad.includes('bogus') ? 'CONFIG_REJECTED' : 'CONFIG_UNPARSABLE']);
      expect(step.outcome).not.toBe('failed');
      expect(await textOf('m.json5')).toBe(good);
      const kept = await Promise.all(
        (await readdir(pod.host.layout.state))
          .filter((name) => name.startsWith('m.json5.rejected'))
          .map(textOf),
      );
      expect(kept).toContain(bad);
    }
  });

  test.each([
    ['a link that leads out', (file: string) => symlink('/etc/hostname', file), /leads out of the folder/],
    ['a hard link', (file: string) => link(inState('other.json5'), file), /is a hard link/],
    ['a directory', (file: string) => mkdir(file), /not a regular file/],
    ['too large', (file: string) => writeFile(file, ' '.repeat(2 * 1024 * 1024 + 1)), /too large/],
    ['absent', () => Promise.resolve(), /is not there/],
  ])('is not read through %s', async (_, plant, why) => {
    await write({ 'openclaw.json': '{ "messages": { "$include": "m.json5" } }', 'other.json5': '{}' });
    await plant(inState('m.json5'));
    const step = await run();
    expect(step.warnings).toMatchObject([{ code: 'CONFIG_UNPARSABLE', message: expect.stringMatching(why) }]);
    expect(step.outcome).toBe('ready');
  });
});

describe('what moves from an included file to the main one', () => {
  const provider = (id: string) =>
    pod.spec({}, { models: { providers: { p: { baseUrl: 'http://127.0.0.1', models: [{ id }] } } } });
  const mine = '{ "models": { "providers": { "p": { "models": [{ "id": "mine" }] } } } }';
  const include = { 'openclaw.json': '{ "$include": "./a.json5" }\n', 'a.json5': mine };
  const models = async (): Promise<unknown> => {
    const { live } = await readLive(pod.host);
    return live?.joined.value;
  };
  const both = { models: { providers: { p: { models: [{ id: 'mine' }, { id: 'b' }] } } } };

  /** Something happens when the included files are written, and the main one is about to be. */
  function beforeMain(happens: () => Promise<void>): void {
    const { host } = pod;
    const own = host.own.bind(host);
    host.own = async (path, mode) => {
      if (path.startsWith(inState('openclaw.json'))) {
        host.own = own;
        await happens();
      }
      await own(path, mode);
    };
  }

  test('fault (kill): a run is cut short while a setting moves from one config file to another → the next run brings it back', async () => {
    await write(include);
    beforeMain(async () => {
      // What a killed process leaves behind.
      const pending = join(pod.host.layout.records, 'pending.json');
      await writeFile(`${pending}.copy`, await readFile(pending));
      await writeFile(inState('a.json5.copy'), await textOf('a.json5'));
      throw new Error('killed');
    });
    expect((await run(provider('b'))).outcome).toBe('failed');
    const records = pod.host.layout.records;
    await writeFile(join(records, 'pending.json'), await readFile(join(records, 'pending.json.copy')));
    await write({ 'a.json5': await textOf('a.json5.copy') });
    expect(await models()).toEqual({ models: { providers: { p: {} } } });
    const step = await run(provider('b'));
    expect(step.changes[0]).toContain('give a.json5 back');
    expect(await models()).toMatchObject(both);
    expect(codes(step)).toEqual([]);
    expect((await run(provider('b'))).changes).toEqual([]);
  });

  test('fault (config): somebody writes the config during a merge → what they wrote stays, and the merge begins anew', async () => {
    await write(include);
    beforeMain(() =>
      write({ 'openclaw.json': '{ "$include": "./a.json5", "messages": { "prefix": "hi" } }' }),
    );
    expect((await run(provider('b'))).outcome).toBe('ready');
    expect(await models()).toMatchObject({ ...both, messages: { prefix: 'hi' } });
  });
});

describe('one wrong wish', () => {
  test('loses only itself: the ways in stand, and the report names it with the reason', async () => {
    await write({ 'openclaw.json': '{ "gateway": { "auth": { "mode": "token", "token": "an old one" } } }' });
    const spec = specWith({ auth: { mode: 'trusted-proxy' } }, { messages: { bogus: 1, prefix: 'hi' } });
    const step = await run(spec);
    expect(step.outcome).toBe('rolled-back');
    expect(step.warnings).toMatchObject([
      {
        code: 'CONFIG_WISH_LEFT_OUT',
        message: expect.stringMatching(/openclaw\.config\.messages\.bogus .*Unrecognized key.*is not set/),
      },
    ]);
    const config = await pod.readConfig();
    expect(config).toMatchObject({
      gateway: { auth: { mode: 'trusted-proxy' } },
      messages: { prefix: 'hi' },
    });
    expect(config).not.toHaveProperty('gateway.auth.token');
    // The same again asks nobody, says the same, and writes nothing.
    const second = await run(spec);
    expect({ ...second, durationMs: 0 }).toMatchObject({
      outcome: 'rolled-back',
      changes: [],
      warnings: step.warnings,
    });
    expect((await run()).outcome).not.toBe('rolled-back');
  });

  test('below `gateway` is one as any other, where it is not how the gateway is reached', async () => {
    const step = await run(specWith({ push: { bogus: 1 } }));
    expect(step.warnings).toMatchObject([
      { code: 'CONFIG_WISH_LEFT_OUT', message: expect.stringContaining('gateway.push.bogus') },
    ]);
    expect(await pod.readConfig()).toMatchObject({ gateway: pod.spec().openclaw.config['gateway'] });
  });

  test('is told without its value, whatever OpenClaw says of it', async () => {
    const step = await run(pod.spec({}, { messages: { quoted: 'a-marker-8c1f' } }));
    expect(codes(step)).toEqual(['CONFIG_WISH_LEFT_OUT']);
    expect(JSON.stringify(step)).not.toContain('a-marker-8c1f');
    expect(step.warnings[0]?.message).toContain('is no value that OpenClaw knows');
  });

  test('leaves what was applied before in its place', async () => {
    await run(pod.spec({}, { logging: { level: 'debug' }, messages: { prefix: 'before' } }));
    const step = await run(
      pod.spec({}, { logging: { level: 'debug', bogus: 1 }, messages: { prefix: 'before' } }),
    );
    expect(codes(step)).toEqual(['CONFIG_WISH_LEFT_OUT']);
    expect(await pod.readConfig()).toMatchObject({
      logging: { level: 'debug' },
      messages: { prefix: 'before' },
    });
  });

  test.each([
    { auth: { bogus: true } },
    { roles: { default: 'member', definitions: { member: { bogus: true } } } },
  ])('is never one of the ways in: without %j nothing runs, and nothing is written', async (gateway) => {
    const step = await run(specWith(gateway));
    expect(step).toMatchObject({ outcome: 'failed', error: { code: 'CONFIG_REJECTED' } });
    expect(await readdir(pod.host.layout.state)).not.toContain('openclaw.json');
  });
});

describe('what the agent can write', () => {
  const spec = () =>
    specWith(
      {
        trustedProxies: ['10.0.0.0/24'],
        roles: { default: 'member', definitions: { member: { scopes: ['a'] } } },
      },
      { messages: { prefix: 'hi' } },
    );

  test('a record that says that OpenClaw took a config opens no other way in', async () => {
    await run(spec());
    await write({
      'openclaw.json': '{ "$include": "./ways.json5" }',
      'ways.json5': '{ "gateway": { "mode": "local", "trustedProxies": ["10.200.0.0/16"] } }',
    });
    const { live } = await readLive(pod.host);
    if (live === undefined) throw new Error('no config');
    for (const leftOut of [[], [{ code: 'CONFIG_WISH_LEFT_OUT', message: '' } as const]]) {
      await new ConfigRecords(pod.host).saveLastApplied({});
      await new ConfigRecords(pod.host).saveAccepted(
        live,
        await wantedBy(pod.host, spec()),
        '2026.9.6',
        leftOut,
      );
      expect(await run(spec())).toMatchObject({ warnings: [{ code: 'CONFIG_INCLUDE_OVERRULED' }] });
      expect(await pod.readConfig()).toMatchObject({ gateway: { trustedProxies: ['10.0.0.0/24'] } });
      await write({
        'openclaw.json': live.text,
        'ways.json5': live.includes.get('ways.json5') ?? '',
      });
    }
  });

  test('a record that says that the gateway refused a config, beside one of what was applied, changes no role', async () => {
    await run(spec());
    const records = new ConfigRecords(pod.host);
    const applied = structuredClone(await records.lastApplied()) as Record<string, Record<string, unknown>>;
    const forged = { default: 'member', definitions: { member: { scopes: ['everything'] } } };
    await records.saveLastApplied({ ...applied, gateway: { ...applied['gateway'], roles: forged } });
    await records.forgetAccepted();
    const { live } = await readLive(pod.host);
    if (live === undefined) throw new Error('no config');
    await records.saveRefused(live, '2026.9.6');
    await run(spec());
    expect(await pod.readConfig()).toMatchObject({
      gateway: { roles: { definitions: { member: { scopes: ['a'] } } } },
    });
  });

  test('an $include that the spec asks for is none of its files', async () => {
    await write({ 'a.json5': '{ "gateway": { "trustedProxies": ["10.200.0.0/16"] } }' });
    const step = await run(
      pod.spec({}, { $include: './a.json5', messages: { $include: './nowhere.json5' } }),
    );
    expect(step).toMatchObject({ outcome: 'ready', warnings: [{ code: 'CONFIG_MERGE_NOTE' }] });
    expect(await textOf('openclaw.json')).not.toContain('$include');
  });
});

describe('a large config', () => {
  test('is read and asked about whole', async () => {
    const vars = Object.fromEntries(Array.from({ length: 2500 }, (_, at) => [`V${at}`, 'x'.repeat(1000)]));
    // Control characters take six in JSON.
    const comment = `// ${'\u0001'.repeat(1_500_000)}\n`;
    await write({
      'openclaw.json': JSON.stringify({ $include: './a.json5', env: { vars } }),
      'a.json5': `{ "messages": { "$include": "./b.json5" } } ${comment}`,
      'b.json5': `{ "prefix": "hi" } ${comment}`,
    });
    const step = await run();
    expect([step.outcome, codes(step)]).toEqual(['ready', []]);
    expect(await textOf('b.json5')).toContain('"hi"');
  });
});

test('a name of a file may be absolute, however it is spelt', async () => {
  const state = pod.host.layout.state.slice(1);
  const spelt = `{ "messages": { "$include": "\\u002f${state}/x/../m.json5" } }`;
  await write({ 'openclaw.json': spelt, 'm.json5': '{ "prefix": "hi" }' });
  const step = await run();
  expect([step.outcome, codes(step)]).toEqual(['ready', []]);
  expect(await textOf('openclaw.json')).toContain('u002f');
});

describe('a config of another release', () => {
  test('is not what a wish in an old form makes of a new one: no gateway starts for it', async () => {
    await write({ 'openclaw.json': '{ "messages": { "prefix": "hi" } }' });
    let asked = '';
    const { host } = pod;
    const start = host.run.bind(host);
    host.run = (command) => {
      asked += command.args.join(' ');
      return start(command);
    };
    const step = await run(pod.spec({}, { messages: { retired: 'yes' } }));
    expect(codes(step)).toEqual(['CONFIG_WISH_LEFT_OUT']);
    expect(asked).not.toContain('child_process');
  });

  test('is brought up to date as the gateway would, with its comments, and the report says so', async () => {
    const old = '{\n  // ours\n  "messages": {\n    "retired": "yes"\n  }\n}\n';
    await write({ 'openclaw.json': old });
    const step = await run();
    expect(step.outcome).toBe('ready');
    expect(codes(step)).toEqual(['CONFIG_MIGRATED']);
    expect(await textOf('openclaw.json')).toMatch(/\/\/ ours\n {2}"messages": \{\n {4}"modern": "yes"/);
    const history = join(pod.host.layout.records, 'config-history');
    const [kept = ''] = await readdir(history);
    expect(await readFile(join(history, kept), 'utf8')).toBe(old);
    expect((await run()).changes).toEqual([]);
  });
});

describe('the main file', () => {
  test.skipIf(process.getuid?.() === 0)(
    'that cannot be read stops the run, and stays (where the tests do not run as root, who reads all)',
    async () => {
      await write({ 'openclaw.json': '{}' });
      await chmod(inState('openclaw.json'), 0);
      expect(await run()).toMatchObject({ error: { code: 'FILE_UNREADABLE' } });
      await chmod(inState('openclaw.json'), 0o600);
      expect(await textOf('openclaw.json')).toBe('{}');
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    'that is somebody else’s is given to the gateway, which could not write it (where the tests run as root)',
    async () => {
      await write({ 'openclaw.json': '{ "messages": { "prefix": "hi" } }' });
      await chown(inState('openclaw.json'), 12_345, 12_345);
      const step = await run();
      expect(step.changes).toContain("give the config to the gateway's user");
      const [file, state] = await Promise.all([stat(inState('openclaw.json')), stat(pod.host.layout.state)]);
      expect(file.uid).toBe(state.uid);
      expect(await pod.readConfig()).toMatchObject({ messages: { prefix: 'hi' } });
    },
  );

  test('fault (config): a live config that is too large to be one → it is set aside under its code', async () => {
    await write({ 'openclaw.json': `{}${' '.repeat(16 * 1024 * 1024)}` });
    const step = await run();
    expect(codes(step)).toEqual(['FILE_TOO_LARGE']);
    expect(step.outcome).toBe('ready');
  });

  test('with a key twice is what the gateway reads: the last one counts, and nothing is set aside', async () => {
    await write({ 'openclaw.json': '{ "messages": { "prefix": "one" }, "messages": { "prefix": "two" } }' });
    const step = await run();
    expect(codes(step)).toEqual([]);
    expect(await pod.readConfig()).toMatchObject({ messages: { prefix: 'two' } });
  });
});
