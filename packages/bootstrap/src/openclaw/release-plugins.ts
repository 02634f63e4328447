import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import type { Host } from '../host/host.ts';
import { officialPlugins, type OfficialPlugin } from '../official-plugins.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { neededPlugins } from './needed-plugins.ts';
import { pluginsDirectory, projectName } from './plugin-project.ts';

/** A plugin in the version that belongs to a release. */
export type ReleasePlugin = OfficialPlugin & { readonly version: string };

/** A plugin that this machine could not get. */
export interface MissingPlugin {
  readonly id: string;
  /** Of the last try, in milliseconds of the epoch. */
  readonly at: number;
  readonly why: string;
}

/** Written as the last file before a plugin gets its name: without it, nothing is installed. */
export const installedMarker = '.clawharbor-installed';

/** The plugins that the spec's config needs. */
export function pluginsOf({ openclaw: { version, config } }: PodSpec): readonly ReleasePlugin[] {
  return neededPlugins(config, officialPlugins(version)).map((plugin) => ({ version, ...plugin }));
}

/** Where this machine has a plugin. */
export function pluginDirectory({ layout }: Host, { openclaw }: PodSpec, plugin: OfficialPlugin): string {
  return join(pluginsDirectory(layout, openclaw.version), projectName(plugin.package));
}

export async function isPluginInstalled(host: Host, spec: PodSpec, plugin: OfficialPlugin): Promise<boolean> {
  const file = join(pluginDirectory(host, spec, plugin), installedMarker);
  return (await readIfPresent(file)) !== undefined;
}

/** Those that the spec needs and this machine has: where, by the name that each has in the state. */
export async function installedPlugins(host: Host, spec: PodSpec): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const plugin of pluginsOf(spec)) {
    if (!(await isPluginInstalled(host, spec, plugin))) continue;
    found.set(projectName(plugin.package), pluginDirectory(host, spec, plugin));
  }
  return found;
}

/** Those that the spec needs and this machine could not get when it last tried. */
export async function missingPlugins(host: Host, spec: PodSpec): Promise<readonly MissingPlugin[]> {
  const needed = pluginsOf(spec).map(({ id }) => id);
  return ((await readMissing(host, spec)) ?? []).filter(({ id }) => needed.includes(id));
}

const missingSchema = z.array(z.object({ id: z.string(), at: z.number(), why: z.string() }));

/** With the release: with another one everything is tried at once. */
function missingFile({ layout }: Host, { openclaw }: PodSpec): string {
  return join(pluginsDirectory(layout, openclaw.version), 'missing.json');
}

/** @returns undefined for a damaged one: what it knew is tried again, and it is written anew */
async function readMissing(host: Host, spec: PodSpec): Promise<readonly MissingPlugin[] | undefined> {
  const text = await readIfPresent(missingFile(host, spec));
  return text === undefined ? [] : missingSchema.safeParse(parseOrNothing(text)).data;
}

export async function writeMissing(
  host: Host,
  spec: PodSpec,
  missing: readonly MissingPlugin[],
): Promise<void> {
  if (JSON.stringify(await readMissing(host, spec)) === JSON.stringify(missing)) return;
  await mkdir(pluginsDirectory(host.layout, spec.openclaw.version), { recursive: true, mode: 0o755 });
  await writeAtomically(missingFile(host, spec), `${JSON.stringify(missing)}\n`, { mode: 0o644 });
}
