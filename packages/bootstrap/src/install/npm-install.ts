import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patiently, type Patience } from '../aws/patience.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Lockfile } from './lockfiles.ts';
import { npm, NpmError, outlookOfNpm, type NpmPatience } from './npm.ts';

/**
 * For a registry, which another instance would wait for in this one's place: as long as for a file system that is late. What
 * is not what the lockfile says, half a package or another one, gets a minute: it may be the same for ever. A try may take
 * long, because half a gigabyte over a slow line does, and so do 700 requests to a slow registry.
 */
export const registryPatience = { seconds: 600, deniedSeconds: 60, trySeconds: 1200 };

/**
 * Installs exactly what a lockfile says into an empty directory, as soon as a registry lets it.
 * @throws BootstrapError `OPENCLAW_NOT_INSTALLABLE` with the last words of npm, `DISK_FULL`, `DISK_READ_ONLY`
 */
export async function npmInstall(
  host: Host,
  lockfile: Lockfile,
  directory: string,
  patience: Patience & NpmPatience,
): Promise<void> {
  await writeManifest(directory, lockfile);
  const install = () => npm(host, ['ci'], directory, patience);
  // It is npm's own limit that ends a try.
  const limits = { ...patience, trySeconds: patience.trySeconds + 60 };
  await patiently(limits, outlookOfNpm, install).catch((error: unknown) => {
    if (!(error instanceof NpmError)) throw error;
    throw new BootstrapError(
      'OPENCLAW_NOT_INSTALLABLE',
      `npm could not install OpenClaw, and there is no artifact of it in ${host.layout.artifacts}. Check that the registry can be reached. npm said: ${error.message}`,
      { cause: error },
    );
  });
  await finishInstallation(host, directory);
}

/** Says what is installed in a directory, for npm and for whoever looks for what its modules belong to. */
export async function writeManifest(directory: string, { manifest, lockfile }: Lockfile): Promise<void> {
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest, undefined, 2));
  await writeFile(join(directory, 'package-lock.json'), JSON.stringify(lockfile, undefined, 2));
}

/**
 * Installed without scripts, OpenClaw finishes its installation at its first start, by writing to its own folder. The
 * gateway may not: it is another account, and the folder is read-only to it.
 */
async function finishInstallation(host: Host, directory: string): Promise<void> {
  const program = join(directory, 'node_modules', 'openclaw', 'openclaw.mjs');
  const result = await host.run({ file: host.node, args: [program, '--version'], timeoutSeconds: 120 });
  if (result.exitCode === 0) return;
  throw new BootstrapError(
    'OPENCLAW_NOT_INSTALLABLE',
    `OpenClaw was installed and does not start: ${result.stderr.trim().slice(-500)}`,
  );
}
