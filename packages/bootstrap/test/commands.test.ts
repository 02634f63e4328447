import { execFileSync } from 'node:child_process';
import { chown, link, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeConfig, openclawPolicy, withOwners } from '@clawharbor/config-merge';
import { checkOpenClawConfig } from '@clawharbor/config-merge/openclaw';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandsOf } from '../src/commands/choice.ts';
import { commandsConfig, commandsOwners, overlaid } from '../src/commands/config.ts';
import { noShell } from '../src/commands/guard.ts';
import { commandsMegabytes, commandsUnit, offered } from '../src/commands/unit.ts';
import { runCommand } from '../src/host/command.ts';
import { giveTree, isTreeGiven, takeTree } from '../src/host/give-to-commands.ts';
import type { Host } from '../src/host/host.ts';
import { instanceLayout } from '../src/host/layout.ts';
import { commandsAccount, gatewayAccount } from '../src/host/systemd/account.ts';
import { SystemdHost } from '../src/host/systemd/systemd-host.ts';
import { renderUnit } from '../src/host/systemd/unit-file.ts';
import { gatewayUnit } from '../src/openclaw/gateway-unit.ts';
import { parsePodSpec } from '../src/spec/parse.ts';

const host: Host = new SystemdHost();
const specOf = (agents?: unknown, version = '2026.9.6') =>
  parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'test',
      region: 'eu-central-1',
      ...(agents === undefined ? {} : { agents }),
      openclaw: { version, config: { gateway: { mode: 'local', port: 5173 } } },
    },
    'the test',
  );
const apart = { run: 'apart', user: 'openclaw-commands' } as const;

describe('where commands of agents run', () => {
  test.each([
    [undefined, { run: 'with-gateway' }],
    [{}, { run: 'with-gateway' }],
    [{ commands: 'with-gateway' }, { run: 'with-gateway' }],
    [{ commands: 'off' }, { run: 'off' }],
    [{ commands: 'apart' }, apart],
  ])('by %j of the spec', (agents, commands) => {
    expect(commandsOf(specOf(agents), host)).toEqual(commands);
  });

  test('is with the gateway where the host has no account for them, and that is said', () => {
    const none = { kind: 'process', commandsAccount: { none: 'No root here.' } } as const;
    expect(commandsOf(specOf({ commands: 'apart' }), none)).toEqual({
      run: 'with-gateway',
      lack: 'No root here.',
    });
    expect(commandsOf(specOf({ commands: 'off' }), none)).toEqual({ run: 'off' });
  });

  test('is with the gateway in a release that was not tried with it, and that is said', () => {
    const commands = commandsOf(specOf({ commands: 'apart' }, '2026.9.5'), host);
    expect(commands).toMatchObject({ run: 'with-gateway', lack: expect.stringContaining('2026.9.5') });
  });

  test.each(['nowhere', true, 'Apart'])('is refused as %j', (commands) => {
    expect(() => specOf({ commands })).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
  });
});

describe('the config of it', () => {
  test.each(['apart', 'off', 'with-gateway'] as const)('is one that OpenClaw takes: %s', (run) => {
    expect(checkOpenClawConfig(commandsConfig({ run }), { release: '2026.9.6', partial: true })).toEqual([]);
  });

  test('is taken back from people and from agents, for all and for one of them, and nothing else is', () => {
    const desired = { gateway: { mode: 'local' }, ...commandsConfig(apart) };
    const others = { exec: { timeoutSeconds: 7 } };
    const live = {
      agents: { entries: { main: { name: 'Ann', tools: { exec: { host: 'gateway', timeoutSeconds: 5 } } } } },
      tools: {
        exec: { host: 'gateway', ...others.exec },
        fs: { workspaceOnly: false },
        elevated: { enabled: true },
      },
    };
    const policy = withOwners(openclawPolicy, commandsOwners(apart));
    const { config } = mergeConfig({ live, desired, lastApplied: desired, policy });
    expect(config).toMatchObject({
      tools: { ...others, fs: { workspaceOnly: true }, elevated: { enabled: false } },
    });
    expect(config).toHaveProperty('tools.exec', { host: 'node', timeoutSeconds: 7, node: 'commands' });
    expect(config).toHaveProperty('agents.entries.main.tools.exec', { timeoutSeconds: 5 });
    expect(config).toHaveProperty('agents.entries.main.name', 'Ann');
  });

  test('says nothing where they run with the gateway', () => {
    expect(commandsConfig({ run: 'with-gateway' })).toEqual({});
    expect(commandsOwners({ run: 'with-gateway' })).toEqual({});
  });

  test('is laid over what the spec says', () => {
    const config = {
      tools: { exec: { host: 'gateway', timeoutSeconds: 7 }, deny: ['x'] },
      gateway: { port: 1 },
    };
    expect(overlaid(config, commandsConfig(apart))).toMatchObject({
      tools: { exec: { host: 'node', timeoutSeconds: 7 }, deny: ['x'], fs: { workspaceOnly: true } },
      gateway: { port: 1, nodes: { pluginTools: { enabled: false } } },
    });
  });
});

describe('the unit of commands', () => {
  const workspace = join(instanceLayout.state, 'workspace');
  const unit = commandsUnit(host, specOf({ commands: 'apart' }), 'openclaw-commands', [workspace]);
  const text = renderUnit(unit);

  test.each([
    'User=openclaw-commands',
    'UMask=0007',
    'IPAddressDeny=169.254.0.0/16 fd00:ec2::254/128',
    `BindPaths=${workspace}:${workspace}`,
    `ReadWritePaths=/var/lib/openclaw-commands ${workspace}`,
    'ProtectHome=tmpfs',
    `MemoryMax=${commandsMegabytes(host.memory)}M`,
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    `WorkingDirectory=${workspace}`,
  ])('%s', (line) => {
    expect(text.split('\n')).toContain(line);
  });

  test('sees no part of the layout but the program, its home and the workspaces', () => {
    const { install, commands, state, records, home, ...others } = instanceLayout;
    const hidden = unit.hidden ?? [];
    for (const path of Object.values(others)) expect(hidden.some((each) => path.startsWith(each))).toBe(true);
    // What is below /home is seen only where it is bound.
    for (const path of [state, records, home]) expect(path).toMatch(/^\/home\//);
    expect([install, commands]).toEqual(['/opt/openclaw', '/var/lib/openclaw-commands']);
  });

  test('has no secret, and offers to run commands and nothing else', () => {
    expect(JSON.stringify(unit)).not.toMatch(/PASSWORD|TOKEN|KEY_ID|SECRET/);
    expect(unit.command.at(-1)).toBe(offered.join(','));
    expect(offered.every((each) => each.startsWith('system.'))).toBe(true);
  });
});

test.each([
  [2, 1024],
  [4, 1024],
  [8, 2048],
  [64, 16_384],
])('of %i GiB commands have %i MB at most', (gib, megabytes) => {
  expect(commandsMegabytes(gib * 1024 ** 3)).toBe(megabytes);
});

describe('the unit of the gateway', () => {
  const unitFor = (commands: string) => gatewayUnit(host, specOf({ commands }), 4 * 1024 ** 3);

  test.each(['apart', 'off'])('has a shell that runs nothing, where commands run %s', (commands) => {
    expect(unitFor(commands).environment['SHELL']).toBe(noShell(instanceLayout));
  });

  test('shares what it writes with the account of commands, and with nobody else', () => {
    expect(unitFor('apart')).toMatchObject({ groups: ['openclaw-commands'], umask: 0o007 });
    expect(renderUnit(unitFor('apart'))).toContain('SupplementaryGroups=openclaw-commands\n');
    expect(renderUnit(unitFor('off'))).toContain('UMask=0077\n');
  });

  test('is as it was where they run with it', () => {
    expect(unitFor('with-gateway')).toEqual(gatewayUnit(host, specOf(), 4 * 1024 ** 3));
    expect(unitFor('with-gateway').environment).not.toHaveProperty('SHELL');
  });
});

describe.skipIf(process.getuid?.() !== 0)('a workspace that is given to the account of commands', () => {
  let directory: string;
  let workspace: string;
  const { uid, gid } = commandsAccount;
  const run = (command: Parameters<typeof runCommand>[0]) => runCommand(command, { PATH: '/usr/bin:/bin' });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clawharbor-given-'));
    workspace = join(directory, 'workspace');
    await mkdir(join(workspace, '.git'), { recursive: true, mode: 0o700 });
    await writeFile(join(workspace, '.git/config'), 'x', { mode: 0o600 });
    await writeFile(join(workspace, 'run.sh'), 'x', { mode: 0o700 });
    await writeFile(join(directory, 'openclaw.json'), 'x', { mode: 0o600 });
    await chown(join(directory, 'openclaw.json'), 1800, 1800);
    await link(join(directory, 'openclaw.json'), join(workspace, 'second-name'));
    await symlink(join(directory, 'openclaw.json'), join(workspace, 'link'));
    expect(await isTreeGiven(commandsAccount, workspace)).toBe(false);
    await giveTree(run, commandsAccount, workspace);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test.each([
    ['', 0o2770],
    ['.git', 0o2770],
    ['.git/config', 0o660],
    ['run.sh', 0o770],
  ])('is its own and may be written by its group: /%s', async (path, mode) => {
    expect(await stat(join(workspace, path))).toMatchObject({ uid, gid });
    expect((await stat(join(workspace, path))).mode & 0o7777).toBe(mode);
  });

  test('takes along nothing that a link or a second name leads to', async () => {
    const found = await stat(join(directory, 'openclaw.json'));
    expect([found.uid, found.gid, found.mode & 0o777]).toEqual([1800, 1800, 0o600]);
  });

  test('counts as given', async () => {
    expect(await isTreeGiven(commandsAccount, workspace)).toBe(true);
  });

  test('is given back, once, where commands no longer run apart', async () => {
    const other = join(directory, 'workspace-other');
    await mkdir(join(other, '.git'), { recursive: true });
    await writeFile(join(other, 'run.sh'), 'x', { mode: 0o700 });
    await giveTree(run, commandsAccount, other);
    expect(await takeTree(run, commandsAccount, gatewayAccount, other)).toBe(true);
    for (const path of ['', '.git', 'run.sh']) {
      const { uid: owner, gid: group, mode } = await stat(join(other, path));
      expect([path, owner, group, mode & 0o7777]).toEqual([path, 1800, 1800, 0o700]);
    }
    expect(await takeTree(run, commandsAccount, gatewayAccount, other)).toBe(false);
  });
});

describe('a laptop', () => {
  const tell = `
    import { ProcessHost } from ${JSON.stringify(new URL('../src/host/process/process-host.ts', import.meta.url).href)};
    const host = new ProcessHost({ root: '/tmp/nowhere/root', state: '/tmp/nowhere/state', artifacts: '/tmp/nowhere/artifacts' });
    process.stdout.write(JSON.stringify(host.commandsAccount));
  `;
  const node = [process.execPath, '--conditions=source', '--input-type=module', '--eval', tell];
  const asked = (...as: string[]): unknown =>
    JSON.parse(execFileSync('env', [...as, ...node], { encoding: 'utf8', cwd: import.meta.dirname }));

  test.skipIf(process.getuid?.() !== 0)('has an account for commands where the pod is root’s', () => {
    expect(asked()).toEqual({ user: '1802' });
  });

  test('says that it has none where the pod is a person’s', () => {
    const person =
      process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    expect(asked(...person)).toEqual({ none: expect.stringContaining('only root') });
  });
});
