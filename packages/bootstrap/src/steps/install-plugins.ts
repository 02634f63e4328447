import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Observation } from '../conditions.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ArtifactCache } from '../install/artifact-cache.ts';
import { artifactHere, nodeVersion, obtain } from '../install/obtain.ts';
import { NpmError, outlookOfNpm } from '../install/npm.ts';
import { installPlugin, integrityOf, linkOpenClaw, pluginMissing } from '../install/plugin-install.ts';
import { pluginLockfile } from '../official-plugins.ts';
import { installDirectory, openclawProgram } from '../openclaw/gateway-unit.ts';
import { pluginsDirectory } from '../openclaw/plugin-project.ts';
import {
  installedMarker,
  isPluginInstalled,
  missingPlugins,
  pluginDirectory,
  pluginsOf,
  writeMissing,
  type MissingPlugin,
  type ReleasePlugin,
} from '../openclaw/release-plugins.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { temporaryOf } from '../temporary/name.ts';
import { sweep } from '../temporary/sweep.ts';
import type { Step, StepContext, StepResult, Warning } from './step.ts';

/** From a failure to the next try: the bootstrap may run every minute. */
const patienceMilliseconds = 60 * 60 * 1000;

/**
 * The plugins that the spec's config needs, as a part of the release: on this machine, beside OpenClaw, so that the gateway
 * may read and not write them. One that cannot be had is no reason to do without a pod: docs/decisions/0020.
 */
export const installPlugins: Step = {
  name: 'install-plugins',
  phase: 'prepare',
  async plan(context) {
    const lines: string[] = [];
    for (const plugin of await toInstall(context)) {
      const artifact = await artifactOf(context.host, context.spec, plugin);
      const cached = await new ArtifactCache(context.host.layout.artifacts).has(artifact);
      lines.push(`install the plugin ${nameOf(plugin)} from ${cached ? artifact : 'the npm registry'}`);
    }
    return lines;
  },
  async apply(context) {
    const { host, spec } = context;
    const { version } = spec.openclaw;
    if (!existsSync(openclawProgram(host.layout, version)))
      return { changes: [], skipped: `OpenClaw ${version} is not installed` };
    const missing = new Map((await missingPlugins(host, spec)).map((each) => [each.id, each]));
    const changes: string[] = [];
    const warnings: Warning[] = [];
    const registry: Registry = {};
    for (const plugin of await toInstall(context)) {
      const tried = await tryInstall(context, plugin, registry);
      missing.delete(plugin.id);
      if ('why' in tried) missing.set(plugin.id, tried);
      else {
        changes.push(...tried.changes);
        warnings.push(...(tried.warnings ?? []));
      }
    }
    await writeMissing(host, spec, [...missing.values()]);
    return {
      changes,
      warnings: [...warnings, ...[...missing.values()].map(warningOf)],
      conditions: conditionsOf(pluginsOf(spec), [...missing.keys()]),
    };
  },
};

/** What a run has found out: a registry that is away for one plugin is so for the next, after a minute and a half each. */
interface Registry {
  away?: NpmError;
}

/** What is not there, but for what was tried a short time ago. */
async function toInstall({ host, spec }: StepContext): Promise<readonly ReleasePlugin[]> {
  const now = host.now().getTime();
  // One that lies far ahead is of a clock that was wrong.
  const isRecent = ({ at }: MissingPlugin): boolean => Math.abs(now - at) < patienceMilliseconds;
  const tried = (await missingPlugins(host, spec)).filter(isRecent).map(({ id }) => id);
  const list: ReleasePlugin[] = [];
  for (const plugin of pluginsOf(spec)) {
    if (!tried.includes(plugin.id) && !(await isPluginInstalled(host, spec, plugin))) list.push(plugin);
  }
  return list;
}

async function tryInstall(
  context: StepContext,
  plugin: ReleasePlugin,
  registry: Registry,
): Promise<StepResult | MissingPlugin> {
  const { host, spec } = context;
  const base = pluginsDirectory(host.layout, spec.openclaw.version);
  await mkdir(base, { recursive: true, mode: 0o755 });
  await sweep({ base }, host.now().getTime());
  const temporary = temporaryOf(pluginDirectory(host, spec, plugin));
  await mkdir(temporary, { mode: 0o755 });
  try {
    return await install(context, plugin, temporary, registry);
  } catch (error) {
    if (!(error instanceof BootstrapError) || error.code !== 'PLUGIN_MISSING') throw error;
    if (error.cause instanceof NpmError && outlookOfNpm(error.cause) === 'passing')
      registry.away = error.cause;
    return { id: plugin.id, at: host.now().getTime(), why: error.message };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function install(
  { host, spec, signal }: StepContext,
  plugin: ReleasePlugin,
  directory: string,
  { away }: Registry,
): Promise<StepResult> {
  const { version } = spec.openclaw;
  const artifact = await artifactOf(host, spec, plugin);
  const cache = new ArtifactCache(host.layout.artifacts);
  const { source, warnings } = await obtain(cache, { artifact, directory, signal }, () => {
    if (away) throw pluginMissing(plugin, away.message, away);
    return installPlugin(host, plugin, pluginLockfile(version, plugin.id), directory);
  });
  const openclaw = join(installDirectory(host.layout, version), 'node_modules', 'openclaw');
  await linkOpenClaw(openclaw, directory, plugin.package);
  // The archive brought the mode of its own top directory along.
  await chmod(directory, 0o755);
  await writeFile(join(directory, installedMarker), artifact);
  await rename(directory, pluginDirectory(host, spec, plugin));
  const integrity = await integrityOf(pluginDirectory(host, spec, plugin), plugin.package);
  return { changes: [`the plugin ${nameOf(plugin)} from ${source}, ${integrity}`], warnings };
}

async function artifactOf(host: Host, spec: PodSpec, plugin: ReleasePlugin): Promise<string> {
  const lockfile = pluginLockfile(spec.openclaw.version, plugin.id)?.lockfile;
  return artifactHere(await nodeVersion(host), {
    name: `openclaw-plugin-${plugin.id}`,
    version: plugin.version,
    lockfile:
      lockfile === undefined ? `${nameOf(plugin)} ${plugin.integrity ?? ''}` : JSON.stringify(lockfile),
  });
}

const nameOf = ({ id, package: name, version }: ReleasePlugin): string => `${id} (${name}@${version})`;

function conditionsOf(needed: readonly ReleasePlugin[], missing: readonly string[]): readonly Observation[] {
  if (needed.length === 0) return [];
  const [status, reason] =
    missing.length === 0 ? (['True', 'Installed'] as const) : (['False', 'Missing'] as const);
  const message =
    missing.length === 0
      ? `All that the config needs are there: ${needed.map(({ id }) => id).join(', ')}.`
      : `The pod runs without ${missing.join(', ')}: what the config says of them has no effect until they can be had.`;
  return [{ type: 'PluginsInstalled', status, reason, message }];
}

function warningOf({ id, why }: MissingPlugin): Warning {
  const message =
    `${why}. plugins.entries.${id} is off for now: with it, each start of the gateway would wait for npm. ` +
    'It is tried again within the hour, and goes on once the plugin is there.';
  return { code: 'PLUGIN_MISSING', message };
}
