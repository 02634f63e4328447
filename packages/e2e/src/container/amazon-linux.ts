import {
  access,
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed } from './execute.ts';

const fakes = fileURLToPath(new URL('fakes/', import.meta.url));

/** Programs that every Amazon Linux 2023 has, and the shell scripts that play them where Debian has none. */
export const preinstalled: Readonly<Record<string, string>> = {
  '/usr/bin/aws': join(fakes, 'aws'),
  '/usr/bin/cloud-init': join(fakes, 'cloud-init'),
  '/usr/bin/dnf': join(fakes, 'dnf'),
};

/**
 * What the stand-in for dnf installs: a folder per package of Amazon Linux 2023, holding real Node.js and npm of this
 * machine and the few programs that need AWS and are played by a shell script.
 * @param cacheDirectory where they are kept: one copy for each version of Node.js
 */
export async function amazonLinuxPackages(cacheDirectory: string): Promise<string> {
  const packages = join(cacheDirectory, `packages-${process.version}-2`);
  if (await exists(packages)) return packages;
  await mkdir(cacheDirectory, { recursive: true });
  const unfinished = await mkdtemp(join(cacheDirectory, 'unfinished-'));
  const put = async (from: string, to: string): Promise<void> => {
    const file = join(unfinished, to);
    await mkdir(dirname(file), { recursive: true });
    await copyFile(from, file);
    await chmod(file, 0o755);
  };
  try {
    await put(process.execPath, 'nodejs24/usr/bin/node-24');
    await putNpm(join(unfinished, 'nodejs24-npm'));
    await put(join(fakes, 'mount.efs'), 'amazon-efs-utils/usr/sbin/mount.efs');
    const agent = 'opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';
    await put(join(fakes, 'amazon-cloudwatch-agent-ctl'), join('amazon-cloudwatch-agent', agent));
    await chmod(unfinished, 0o755);
    await rename(unfinished, packages);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(packages))) throw error;
  }
  return packages;
}

async function putNpm(target: string): Promise<void> {
  // .../npm/bin/npm-cli.js, wherever the machine has it.
  const installed = await realpath((await succeed('sh', ['-c', 'command -v npm'])).trim());
  await mkdir(join(target, 'usr/bin'), { recursive: true });
  await cp(dirname(dirname(installed)), join(target, 'usr/lib/nodejs24/lib/node_modules/npm'), {
    recursive: true,
  });
  const program = '/usr/lib/nodejs24/lib/node_modules/npm/bin/npm-cli.js';
  await writeFile(join(target, 'usr/bin/npm-24'), `#!/bin/sh\nexec /usr/bin/node-24 ${program} "$@"\n`, {
    mode: 0o755,
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
