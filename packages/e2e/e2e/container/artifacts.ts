import { constants } from 'node:fs';
import { chmod, copyFile, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execute } from '../../src/container/index.ts';
import type { Deployment } from '../../src/pod/deployment.ts';
import { succeeded } from './observe.ts';

/** Artifacts outlive test runs: only the first one needs the npm registry. */
export const artifacts = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'clawharbor-e2e/artifacts',
);

/**
 * Installs a release of OpenClaw once on this machine, by the bootstrap's own step; instances then need no registry.
 * @param version default: the template's
 */
export async function fillArtifactCache(
  directory: string,
  deployment: Deployment,
  version = deployment.spec.openclaw.version,
): Promise<void> {
  const spec = join(directory, 'prepare.json');
  // No more of the spec than says what is installed: the rest is an instance's. Models are those of the instance, too: here
  // the plugin of Bedrock would be looked for each time.
  const { apiVersion, name, region, openclaw } = deployment.spec;
  const { gateway, channels = {} } = openclaw.config;
  const installed = { version, config: { gateway, channels } };
  await writeFile(spec, JSON.stringify({ apiVersion, name, region, openclaw: installed }));
  const folders = [
    '--root',
    join(directory, 'prepare'),
    '--state',
    join(directory, 'prepare/state'),
    '--artifacts',
    artifacts,
  ];
  const prepare = (command: string) =>
    execute(
      process.execPath,
      [deployment.bundle, command, '--host', 'process', '--phase', 'prepare', '--spec', spec, ...folders],
      { timeoutSeconds: 420 },
    );
  if (!(await prepare('plan')).stdout.includes('npm registry')) return;
  await succeeded(prepare('run'));
  await rm(join(directory, 'prepare'), { recursive: true, force: true });
}

/**
 * What is at hand, in a folder of its own: an instance also keeps its backups and the replica of its databases there, and unpacks
 * what it finds. Of a pod of another test it must see nothing.
 */
export async function ownArtifacts(folder: string): Promise<void> {
  // As the access point has it: what replicates the databases is no root, and passes through.
  await chmod(folder, 0o755);
  for (const name of await readdir(artifacts)) {
    if (/^(?!ollama-).*\.tar\.zst(\.sha256)?$/.test(name))
      await copyFile(join(artifacts, name), join(folder, name), constants.COPYFILE_FICLONE);
  }
}
