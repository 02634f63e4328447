import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Difference } from './compare.ts';
import { releasesFolder } from './folders.ts';
import { lockedPlugins, pluginsFile } from './sources.ts';

const run = promisify(execFile);
const generator = fileURLToPath(new URL('../../../bootstrap/generator/official-plugins.ts', import.meta.url));

/** What a release says of the plugins that are packages of their own. */
export interface PluginFindings {
  /** Ids; one whose package is another one has gone and come. */
  readonly changed: Difference;
  readonly pinned: readonly string[];
  /** Those that the release before has pinned and this one has not, and why: mostly, nobody serves the package. */
  readonly notPinned: readonly { readonly id: string; readonly why: string }[];
}

interface Plugin {
  readonly id: string;
  readonly package: string;
}

/**
 * Writes the catalog of a release, and pins the plugins that the release before has pinned.
 *
 * @param folder with `node_modules/openclaw`
 * @param before a release that pods run. Absent: it is the first
 */
export async function writePlugins(
  version: string,
  folder: string,
  before: string | undefined,
): Promise<PluginFindings> {
  await run(process.execPath, [generator, folder]);
  const [old, now] = [before === undefined ? [] : await catalogOf(before), await catalogOf(version)];
  const wanted = before === undefined ? [] : await lockedPlugins(before);
  const notPinned: { id: string; why: string }[] = [];
  for (const id of wanted) {
    await run(process.execPath, [generator, folder, '--lock', id]).catch((error: Error) => {
      notPinned.push({ id, why: lastLineOf(error.message) });
    });
  }
  return { changed: comparePlugins(old, now), pinned: await lockedPlugins(version), notPinned };
}

export function comparePlugins(before: readonly Plugin[], after: readonly Plugin[]): Difference {
  const names = (plugins: readonly Plugin[]) => plugins.map((plugin) => `${plugin.id} (${plugin.package})`);
  const [old, now] = [names(before), names(after)];
  return {
    came: now.filter((name) => !old.includes(name)),
    went: old.filter((name) => !now.includes(name)),
  };
}

async function catalogOf(version: string): Promise<Plugin[]> {
  return JSON.parse(await readFile(join(releasesFolder, version, pluginsFile), 'utf8')) as Plugin[];
}

function lastLineOf(said: string): string {
  return said.trim().split('\n').at(-1)?.slice(0, 240) ?? '';
}
