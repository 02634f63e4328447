import { access, mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { converge } from '../src/converge.ts';
import type { ProcessHost } from '../src/host/process/process-host.ts';
import { ArtifactCache, artifactName } from '../src/install/artifact-cache.ts';
import { pluginLockfile } from '../src/official-plugins.ts';
import type { OpenClawVersion } from '../src/openclaw-release.ts';
import { pluginsDirectory } from '../src/openclaw/plugin-project.ts';
import { planRun } from '../src/plan.ts';
import type { Report } from '../src/report.ts';
import { makePod, storeStandIn, type TestPod } from './stand-ins/pod.ts';
import { startRegistry, type Registry } from './stand-ins/registry.ts';

// The installation itself, by npm and by the real OpenClaw, is proved in packages/e2e.
const project = 'openclaw-discord-c0892df945';
const channel = { channels: { discord: { token: { source: 'env', id: 'DISCORD_BOT_TOKEN' } } } };

let pod: TestPod;
beforeEach(async () => {
  pod = await makePod();
});
afterEach(async () => {
  await pod.close();
});

const step = (report: Report, name: string) => report.steps.find((each) => each.name === name);
const changesOf = (report: Report, name: string) => step(report, name)?.changes;
const installed = (host: ProcessHost) => join(pluginsDirectory(host.layout, '2026.9.6'), project);
const shown = (host: ProcessHost) => join(host.layout.state, 'npm/projects', project);
const entries = async () => (await pod.readConfig())['plugins'];

/** A plugin in the artifact cache, as an earlier instance has left it. */
async function storePlugin(version: OpenClawVersion = '2026.9.6'): Promise<string> {
  const tree = join(pod.directory, `plugin-${version}`);
  const folder = join(tree, 'node_modules/@openclaw/discord');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), `{"name":"@openclaw/discord","version":"${version}"}`);
  const { manifest, lockfile } = pluginLockfile(version, 'discord')!;
  await writeFile(join(tree, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(tree, 'package-lock.json'), JSON.stringify(lockfile));
  const name = artifactName({
    name: 'openclaw-plugin-discord',
    version,
    platform: process.platform,
    arch: process.arch,
    nodeMajor: Number(process.versions.node.split('.')[0]),
    lockfile: JSON.stringify(lockfile),
  });
  await new ArtifactCache(join(pod.directory, 'artifacts')).store(name, tree);
  return join(pod.directory, 'artifacts', name);
}

/** As if the last try was two hours ago. */
async function waitTwoHours(host: ProcessHost): Promise<void> {
  const file = join(pluginsDirectory(host.layout, '2026.9.6'), 'missing.json');
  const list = JSON.parse(await readFile(file, 'utf8')) as { at: number }[];
  await writeFile(file, JSON.stringify(list.map((each) => ({ ...each, at: each.at - 2 * 60 * 60 * 1000 }))));
}

describe('a plugin that cannot be had', () => {
  test('is off while the pod runs, is said in each report, and is not asked for each minute', async () => {
    const spec = pod.spec({}, channel);
    const report = await converge(spec, pod.host);
    expect(report.outcome).toBe('ready');
    expect(step(report, 'install-plugins')?.warnings).toMatchObject([
      { code: 'PLUGIN_MISSING', message: expect.stringContaining('discord (@openclaw/discord@2026.9.6)') },
    ]);
    expect(await entries()).toEqual({ entries: { discord: { enabled: false } } });
    expect(await pod.readConfig()).toMatchObject(channel);

    const tried = await stat(join(pluginsDirectory(pod.host.layout, '2026.9.6'), 'missing.json'));
    const again = await converge(spec, pod.host);
    expect(again.outcome).toBe('unchanged');
    expect(step(again, 'install-plugins')?.warnings).toEqual(step(report, 'install-plugins')?.warnings);
    const later = await stat(join(pluginsDirectory(pod.host.layout, '2026.9.6'), 'missing.json'));
    expect(later.mtimeMs).toBe(tried.mtimeMs);
    expect(await planRun(spec, pod.host)).toSatisfy((plan: readonly { changes: readonly string[] }[]) =>
      plan.every(({ changes }) => changes.length === 0),
    );
  });

  test.each(['', '[{"id":"discord"}]'])(
    'is tried again where what was known of it is damaged, and that is written anew: %j',
    async (damaged) => {
      const file = join(pluginsDirectory(pod.host.layout, '2026.9.6'), 'missing.json');
      const spec = pod.spec({}, channel);
      await converge(spec, pod.host);
      await writeFile(file, damaged);
      const again = await converge(spec, pod.host);
      expect(again.outcome).toBe('unchanged');
      expect(step(again, 'install-plugins')?.warnings).toMatchObject([{ code: 'PLUGIN_MISSING' }]);
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject([{ id: 'discord' }]);
      await writeFile(file, damaged);
      await storePlugin();
      expect(changesOf(await converge(spec, pod.host), 'install-plugins')).toHaveLength(1);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([]);
    },
  );

  test('goes on once it is there, with a gateway that starts with it', async () => {
    const spec = pod.spec({}, channel);
    await converge(spec, pod.host);
    const { pid } = await pod.host.units.state('openclaw');
    await storePlugin();
    await waitTwoHours(pod.host);
    const report = await converge(spec, pod.host);
    expect(report.outcome).toBe('ready');
    expect(step(report, 'install-plugins')?.warnings).toEqual([]);
    expect(await entries()).toEqual({ entries: { discord: { enabled: true } } });
    await access(join(shown(pod.host), 'node_modules/@openclaw/discord/package.json'));
    expect((await pod.host.units.state('openclaw')).pid).not.toBe(pid);
  });

  test('leaves what people wrote of it', async () => {
    const theirs = { plugins: { entries: { discord: { config: { voice: true } } } } };
    await pod.writeConfig(JSON.stringify(theirs));
    expect((await converge(pod.spec({}, channel), pod.host)).outcome).toBe('ready');
    expect(await entries()).toEqual({ entries: { discord: { config: { voice: true }, enabled: false } } });
  });
});

describe('a registry', () => {
  /** Npm of the pod asks it, and nobody else. */
  async function misbehaving(): Promise<Registry> {
    const folder = join(pod.directory, 'package');
    await mkdir(folder);
    const registry = await startRegistry(folder, '@openclaw/discord', '2026.9.6');
    for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) vi.stubEnv(name, undefined);
    vi.stubEnv('npm_config_offline', 'false');
    vi.stubEnv('npm_config_registry', registry.url);
    vi.stubEnv('npm_config_cache', join(pod.directory, 'npm'));
    registry.instead = () => 'reset';
    return registry;
  }
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('fault (release): the npm registry is away while two plugins are missing → the pod runs without them and says so; nobody waits for the second, once the first was not to be had', async () => {
    const registry = await misbehaving();
    const two = { channels: { ...channel.channels, irc: { host: 'irc.example.com' } } };
    const report = await converge(pod.spec({}, two), pod.host);
    await registry.close();
    expect(report.outcome).toBe('ready');
    expect(registry.requests).not.toEqual([]);
    expect(registry.requests.filter((path) => path.includes('irc'))).toEqual([]);
    const said = expect.stringMatching(/could not be had: ECONNRESET: .*read ECONNRESET/) as string;
    expect(step(report, 'install-plugins')?.warnings).toMatchObject([{ message: said }, { message: said }]);
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'PluginsInstalled', status: 'False', reason: 'Missing' }),
    );
    expect(await entries()).toEqual({ entries: { discord: { enabled: false }, irc: { enabled: false } } });
  });

  test('fault (release): the npm registry is away, and OpenClaw and its plugins are in the artifact cache → it is not asked at all', async () => {
    await storePlugin();
    const registry = await misbehaving();
    const report = await converge(pod.spec({}, channel), pod.host);
    await registry.close();
    expect(report.outcome).toBe('ready');
    expect(registry.requests).toEqual([]);
    expect(report.conditions).toContainEqual(
      expect.objectContaining({ type: 'PluginsInstalled', status: 'True' }),
    );
  });
});

describe('a plugin in the artifact cache', () => {
  test('is installed and shown without a registry, with the OpenClaw that runs it, and once', async () => {
    await storePlugin();
    const spec = pod.spec({}, channel);
    const report = await converge(spec, pod.host);
    expect(report.outcome).toBe('ready');
    expect(changesOf(report, 'install-plugins')).toEqual([
      expect.stringMatching(
        /^the plugin discord \(@openclaw\/discord@2026\.9\.6\) from the artifact cache, sha512-/,
      ),
    ]);
    expect(changesOf(report, 'show-plugins')).toEqual([`show the plugin ${project} in the state`]);
    const link = join(shown(pod.host), 'node_modules/@openclaw/discord/node_modules/openclaw');
    expect(await readlink(link)).toBe(join(pod.host.layout.install, '2026.9.6/node_modules/openclaw'));
    expect((await converge(spec, pod.host)).outcome).toBe('unchanged');
  });

  test('is there on the next instance, which has its own', async () => {
    await storePlugin();
    const spec = pod.spec({}, channel);
    await converge(spec, pod.host);
    await pod.host.close();
    const next = pod.replace();
    const report = await converge(spec, next);
    expect(report.outcome).toBe('ready');
    const link = join(shown(next), 'node_modules/@openclaw/discord/node_modules/openclaw');
    expect(await readlink(link)).toBe(join(next.layout.install, '2026.9.6/node_modules/openclaw'));
  });

  test('is taken out of the state when the spec needs it no more, and what people installed stays', async () => {
    await storePlugin();
    await converge(pod.spec({}, channel), pod.host);
    const theirs = join(pod.host.layout.state, 'npm/projects/their-own');
    await mkdir(theirs, { recursive: true });
    const report = await converge(pod.spec(), pod.host);
    expect(changesOf(report, 'show-plugins')).toEqual([`take the plugin ${project} out of the state`]);
    await expect(access(shown(pod.host))).rejects.toThrow('ENOENT');
    await access(theirs);
  });

  test('is not used when its checksum is wrong', async () => {
    const file = await storePlugin();
    await writeFile(file, 'torn');
    const report = await converge(pod.spec({}, channel), pod.host);
    expect(step(report, 'install-plugins')?.warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['PLUGIN_MISSING']),
    );
    await expect(access(installed(pod.host))).rejects.toThrow('ENOENT');
    await access(`${file}.corrupt`);
  });
});

describe('an upgrade', { timeout: 120_000 }, () => {
  const [old, next] = ['2026.9.5', '2026.9.6'] as const;
  const watchSeconds = 0.2;
  const plugin = 'node_modules/@openclaw/discord';
  const spec = (version: OpenClawVersion) => {
    const usual = pod.spec({}, channel);
    return { ...usual, openclaw: { ...usual.openclaw, version } };
  };
  /** Of the plugin in the state, and of the OpenClaw that it is linked to. */
  async function versionsShown(host: ProcessHost): Promise<unknown[]> {
    const link = await readlink(join(shown(host), plugin, 'node_modules/openclaw'));
    const manifest = await readFile(join(shown(host), plugin, 'package.json'), 'utf8');
    return [(JSON.parse(manifest) as { version: string }).version, relative(host.layout.install, link)];
  }
  const of = (version: string) => [version, join(version, 'node_modules/openclaw')];

  beforeEach(async () => {
    await storeStandIn(pod.directory, old, { state: 17, agent: 21 });
    await storeStandIn(pod.directory, next, { state: 18, agent: 23 });
    await storePlugin(old);
    await storePlugin(next);
    expect((await converge(spec(old), pod.host)).outcome).toBe('ready');
    expect(await versionsShown(pod.host)).toEqual(of(old));
  });

  test('brings the plugins of its release along, in the same start of the gateway', async () => {
    const report = await converge(spec(next), pod.host, { watchSeconds });
    expect(report).toMatchObject({ outcome: 'ready', openclaw: next });
    expect(changesOf(report, 'upgrade')).toContain(`show the plugin ${project} in the state`);
    expect(changesOf(report, 'show-plugins')).toEqual([]);
    expect(changesOf(report, 'start-gateway')).toEqual([]);
    expect(await versionsShown(pod.host)).toEqual(of(next));
    expect((await converge(spec(next), pod.host)).outcome).toBe('unchanged');
  });

  test('fault (release): a new release that does not start, of a pod with a plugin → the plugins are those of the release that runs, on this instance and on the next', async () => {
    await converge(spec(next), pod.host, { phase: 'prepare' });
    const broken = (host: ProcessHost) => join(host.layout.install, next, 'node_modules/openclaw/broken');
    await writeFile(broken(pod.host), 'does not start, on the state');
    const report = await converge(spec(next), pod.host, { watchSeconds });
    expect(report).toMatchObject({ outcome: 'rolled-back', openclaw: old });
    expect(await versionsShown(pod.host)).toEqual(of(old));
    expect(await entries()).toEqual({ entries: { discord: { enabled: true } } });

    const { pid } = await pod.host.units.state('openclaw');
    const held = await converge(spec(next), pod.host);
    expect(held).toMatchObject({ outcome: 'rolled-back', openclaw: old });
    expect((await planRun(spec(next), pod.host)).flatMap(({ changes }) => changes)).toEqual([]);
    expect(await versionsShown(pod.host)).toEqual(of(old));
    expect((await pod.host.units.state('openclaw')).pid).toBe(pid);

    await pod.host.close();
    const other = pod.replace();
    expect(await converge(spec(next), other)).toMatchObject({ outcome: 'rolled-back', openclaw: old });
    expect(await versionsShown(other)).toEqual(of(old));
  });
});
