import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '@clawharbor/bootstrap';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Team } from './support/team.ts';

const isRoot = process.getuid?.() === 0;

/** As the agent has it that has a tool run and says what came of it. */
const use = (tool: string, parameters: object): string => `Use ${tool} ${JSON.stringify(parameters)}`;
const command = (text: string, more: object = {}): string => use('exec', { command: text, ...more });

const conditionOf = ({ conditions }: Report) => conditions.find(({ type }) => type === 'CommandsApart');

describe.skipIf(!isRoot)('commands of agents apart from the gateway, on a laptop whose pod is root’s', () => {
  let team: Team;
  let report: Report;

  beforeAll(async () => {
    team = await Team.open({ chunkDelay: 1, commands: 'apart' });
    // What a pod of yesterday has left: a workspace of the gateway's with a history in it.
    const workspace = join(team.host.layout.state, 'workspace');
    mkdirSync(workspace, { recursive: true, mode: 0o700 });
    const git = (...args: string[]) => execFileSync('git', ['-C', workspace, ...args]);
    git('init', '--quiet');
    writeFileSync(join(workspace, 'notes.md'), 'of yesterday\n', { mode: 0o600 });
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'yesterday');
    report = await team.converge(['ann-sub']);
  });
  afterAll(() => team?.close());

  const ask = async (who: string, message: string): Promise<string> => {
    const client = await team.connect(who);
    try {
      return await client.say(message);
    } finally {
      client.close();
    }
  };

  test('a run brings them there without a person', () => {
    expect(conditionOf(report)).toMatchObject({ status: 'True' });
    const step = report.steps.find(({ name }) => name === 'start-commands');
    console.log(`start-commands ${step?.durationMs} ms`);
    expect(step?.changes).toContain('make the node host known to the gateway');
  });

  test('a second run finds nothing to do', async () => {
    const again = await team.converge(['ann-sub']);
    expect(again.steps.find(({ name }) => name === 'start-commands')?.changes).toEqual([]);
  });

  test('a command has another account, the workspace, and nothing else of the pod', async () => {
    const { state, records, cache, reports } = team.host.layout;
    const gateway = (await team.host.units.state('openclaw')).pid;
    const seen = await ask(
      'bob-sub',
      command(
        `id -u; pwd; cat ${state}/openclaw.json ${state}/state/openclaw.sqlite; ls -d ${records} ${cache} ${reports}; ` +
          `cat /proc/${gateway}/environ; kill -0 ${gateway} && echo killed; env`,
      ),
    );
    expect(seen).toContain(`\n1802\n${state}/workspace\n`);
    expect(seen).not.toMatch(/PASSWORD|"gateway"|killed|SQLite format/);
    expect(seen).not.toContain(`\n${records}\n`);
    expect(seen.match(/No such file or directory/g)?.length).toBeGreaterThanOrEqual(6);
  });

  test('what was in the workspace is there, with its history, and both may go on with it', async () => {
    const seen = await ask(
      'bob-sub',
      command(
        'cat notes.md && echo of today >> notes.md && git log --format=%s && git -c user.name=a -c user.email=a@example.com commit --quiet -a -m today && echo done',
      ),
    );
    expect(seen).toMatch(/of yesterday\nyesterday\ndone/);
    expect(await ask('bob-sub', use('read', { path: 'notes.md' }))).toContain('of today');
  });

  test.each([
    ['the config', () => join(team.host.layout.state, 'openclaw.json')],
    ['the environment of the gateway', () => '/proc/self/environ'],
  ])(
    'a file tool, which runs in the gateway, does not read %s, nor by a link that a command has planted',
    async (_, path) => {
      expect(await ask('bob-sub', use('read', { path: path() }))).toContain('escapes');
      await ask('bob-sub', command(`ln -sfn ${path()} planted`));
      expect(await ask('bob-sub', use('read', { path: 'planted' }))).toContain('escapes');
    },
  );

  test('the model cannot have a command run as the gateway', async () => {
    expect(await ask('bob-sub', command('id -u', { host: 'gateway' }))).toContain('exec host not allowed');
    expect(await ask('bob-sub', command('id -u', { elevated: true }))).toContain('elevated is not available');
  });

  test('nobody has one run as the gateway, not even an administrator, whose /exec holds for everybody in the session', async () => {
    expect(await ask('ann-sub', '/exec host=gateway')).toContain('host=gateway');
    for (const more of [{}, { pty: true }]) {
      const seen = await ask('bob-sub', command('echo ran-$((40+2))', more));
      expect(seen).toContain('do not run as the gateway on this pod');
      expect(seen).not.toContain('ran-42');
    }
    expect(await ask('ann-sub', '/exec host=node')).toContain('host=node');
  });

  test('what somebody sets in the config is taken back by the next run', async () => {
    const ann = await team.connect('ann-sub');
    const { payload } = await ann.call('config.get');
    const raw = JSON.stringify({ tools: { exec: { host: 'gateway' }, fs: { workspaceOnly: false } } });
    expect(
      await ann.call('config.patch', { raw, baseHash: (payload as { hash: string }).hash }),
    ).toMatchObject({ ok: true });
    ann.close();
    await team.converge(['ann-sub']);
    const config = JSON.parse(readFileSync(join(team.host.layout.state, 'openclaw.json'), 'utf8')) as {
      tools: unknown;
    };
    expect(config.tools).toMatchObject({ exec: { host: 'node' }, fs: { workspaceOnly: true } });
  });

  test('a gateway that crashes has them again, without a run', async () => {
    process.kill((await team.host.units.state('openclaw')).pid!, 'SIGKILL');
    await expect
      .poll(async () => (await team.host.probe(team.url('/readyz')))?.status, { timeout: 120_000 })
      .toBe(200);
    await expect
      .poll(() => ask('bob-sub', command('id -u')), { timeout: 120_000, interval: 3000 })
      .toContain('\n1802');
  });

  test('none runs while what runs them is gone, and none outlives it', async () => {
    await ask('bob-sub', command('setsid sleep 424242 >/dev/null 2>&1 & echo begun'));
    const sleeping = () =>
      execFileSync('sh', ['-c', 'pgrep -u 1802 -f "[s]leep 424242" || true'], { encoding: 'utf8' }).trim();
    expect(sleeping()).not.toBe('');
    await team.host.units.stop('openclaw-commands');
    await delay(500);
    expect(sleeping()).toBe('');
    expect(await ask('bob-sub', command('id -u'))).toContain('requires a connected node');
    await team.converge(['ann-sub']);
    expect(await ask('bob-sub', command('id -u'))).toContain('\n1802');
  });

  test('a machine that has nothing of it, as a replacement, has it again without a person', async () => {
    const { commands, reports } = team.host.layout;
    await team.host.units.stop('openclaw-commands');
    rmSync(commands, { recursive: true });
    rmSync(join(reports, 'commands.json'));
    const again = await team.converge(['ann-sub']);
    expect(conditionOf(again)).toMatchObject({ status: 'True' });
    expect(await ask('bob-sub', command('id -u'))).toContain('\n1802');
    const ann = await team.connect('ann-sub');
    const { payload } = await ann.call('node.list');
    ann.close();
    // OpenClaw retires what it has known before.
    expect((payload as { nodes: unknown[] }).nodes).toHaveLength(1);
  });

  test('no secret is in an argument or a file of theirs', () => {
    const { commands } = team.host.layout;
    const password = /[A-Za-z0-9_-]{43}/;
    const lines = execFileSync('ps', ['-u', '1802', '-o', 'args'], { encoding: 'utf8' });
    expect(lines).toContain('openclaw-node');
    expect(lines).not.toMatch(password);
    expect(existsSync(join(team.host.layout.cache, 'commands-enrolment'))).toBe(false);
    expect(existsSync(join(commands, 'state/state/openclaw.sqlite'))).toBe(true);
  });
});

test('commands that are off run nowhere, whoever asks, and the pod answers', async () => {
  const team = await Team.open({ chunkDelay: 1, commands: 'off' });
  try {
    await team.converge(['ann-sub']);
    const ann = await team.connect('ann-sub');
    expect(await ann.say('Say hello')).toBe('You said: hello');
    await ann.say('/exec host=gateway');
    const seen = await ann.say(command('echo ran-$((40+2))'));
    console.log(seen);
    expect(seen).not.toContain('ran-42');
    expect(seen).toMatch(/denied|not found|do not run/i);
    expect((await team.host.units.state('openclaw-commands')).status).toBe('absent');
    ann.close();
  } finally {
    await team.close();
  }
});
