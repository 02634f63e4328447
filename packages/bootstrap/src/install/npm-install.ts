import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Lockfile } from './lockfiles.ts';

/**
 * Installs exactly what a lockfile says into an empty directory. No install script runs: OpenClaw needs none, and
 * 330 packages could bring one.
 * @throws BootstrapError `OPENCLAW_NOT_INSTALLABLE` with the last words of npm
 */
export async function npmInstall(
  host: Host,
  { manifest, lockfile }: Lockfile,
  directory: string,
): Promise<void> {
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest, undefined, 2));
  await writeFile(join(directory, 'package-lock.json'), JSON.stringify(lockfile, undefined, 2));
  const [file, ...args] = host.npm;
  const result = await host.run({
    file,
    args: [
      ...args,
      'ci',
      '--ignore-scripts',
      '--omit=dev',
      '--no-audit',
      '--no-fund',
      '--no-update-notifier',
    ],
    cwd: directory,
    timeoutSeconds: 1200,
  });
  if (result.exitCode === 0) return finishInstallation(host, directory);
  const last = `${result.stdout}\n${result.stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !/npm warn|complete log of this run|-debug-0\.log/i.test(line))
    .slice(-6)
    .join('\n');
  throw new BootstrapError(
    'OPENCLAW_NOT_INSTALLABLE',
    `npm could not install OpenClaw, and there is no artifact of it in ${host.layout.artifacts}. Check that the registry can be reached. npm said:\n${last}`,
  );
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
