import { lstat, mkdir, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { OfficialPlugin } from '../official-plugins.ts';
import { temporaryOf } from '../temporary/name.ts';
import type { Lockfile } from './lockfiles.ts';
import { npm, NpmError } from './npm.ts';

/** What npm is called with for a plugin by OpenClaw's own installer: `docs/plugins/dependency-resolution.md`. */
const ownForm = ['--omit=peer', '--legacy-peer-deps'];

/**
 * Installs a plugin into an empty directory, in the form of OpenClaw's own installer. A registry is asked once: a pod does
 * not wait for a plugin, but asks again within the hour.
 * @param lockfile absent: the version is pinned, and npm writes down what it got
 * @throws BootstrapError `PLUGIN_MISSING` with the last words of npm, or when the package is not what the catalog says
 */
export async function installPlugin(
  host: Host,
  plugin: OfficialPlugin & { readonly version: string },
  lockfile: Lockfile | undefined,
  directory: string,
): Promise<void> {
  const manifest = lockfile?.manifest ?? {
    private: true,
    dependencies: { [plugin.package]: plugin.version },
  };
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  if (lockfile)
    await writeFile(lockFileOf(directory), `${JSON.stringify(lockfile.lockfile, undefined, 2)}\n`);
  const args = [lockfile ? 'ci' : 'install', ...ownForm];
  await npm(host, args, directory, { trySeconds: 300 }).catch((error: unknown) => {
    throw error instanceof NpmError ? pluginMissing(plugin, error.message, error) : error;
  });
  const integrity = await integrityOf(directory, plugin.package);
  if (plugin.integrity !== undefined && integrity !== plugin.integrity) {
    throw pluginMissing(
      plugin,
      `its integrity is ${integrity}, not ${plugin.integrity} as OpenClaw's catalog says`,
    );
  }
}

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ integrity: z.string().optional() })),
});

/** What npm checked the package against, as in `sha512-…`. */
export async function integrityOf(directory: string, packageName: string): Promise<string> {
  const text = (await readIfPresent(lockFileOf(directory))) ?? '{"packages":{}}';
  return lockSchema.parse(JSON.parse(text)).packages[`node_modules/${packageName}`]?.integrity ?? 'unknown';
}

/**
 * Plugins import OpenClaw, and get it by a link to the very one that runs them. OpenClaw makes it where it is missing; the
 * gateway could not write it here.
 */
export async function linkOpenClaw(openclaw: string, directory: string, packageName: string): Promise<void> {
  const modules = join(directory, 'node_modules', ...packageName.split('/'), 'node_modules');
  const link = join(modules, 'openclaw');
  const present = await lstat(link).catch(() => undefined);
  if (present?.isSymbolicLink() && (await readlink(link)) === openclaw) return;
  await mkdir(modules, { recursive: true });
  const temporary = temporaryOf(link);
  await symlink(openclaw, temporary);
  await rename(temporary, link);
}

const lockFileOf = (directory: string): string => join(directory, 'package-lock.json');

/** @param cause where npm has failed */
export function pluginMissing(
  { id, package: name, version }: OfficialPlugin,
  why: string,
  cause?: NpmError,
): BootstrapError {
  const message = `The plugin ${id} (${name}@${String(version)}) could not be had: ${why}`;
  return new BootstrapError('PLUGIN_MISSING', message, { cause });
}
