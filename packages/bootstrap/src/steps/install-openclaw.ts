import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ArtifactCache, artifactName } from '../install/artifact-cache.ts';
import { lockfiles } from '../install/lockfiles.ts';
import { satisfies } from '../install/node-range.ts';
import { npmInstall } from '../install/npm-install.ts';
import { installDirectory } from '../openclaw/gateway-unit.ts';
import { openclawReleases, type OpenClawVersion } from '../openclaw-release.ts';
import type { Step, StepContext, Warning } from './step.ts';

/** Written as the last file before an installation gets its name: without it, nothing is installed. */
const marker = '.clawharbor-installed';

/** The pinned OpenClaw in a folder of its own: from the artifact cache, else from the registry. */
export const installOpenClaw: Step = {
  name: 'install-openclaw',
  phase: 'prepare',
  async plan(context) {
    const artifact = await artifactOf(context);
    if (await isInstalled(context, artifact)) return [];
    const cached = await new ArtifactCache(context.host.layout.artifacts).has(artifact);
    return [
      `install OpenClaw ${context.spec.openclaw.version} from ${cached ? artifact : 'the npm registry'}`,
    ];
  },
  async apply(context) {
    const { host, spec } = context;
    const { version } = spec.openclaw;
    const artifact = await artifactOf(context);
    if (await isInstalled(context, artifact)) return { changes: [] };
    await mkdir(host.layout.install, { recursive: true, mode: 0o755 });
    await removeHalfDone(host);

    const warnings: Warning[] = [];
    const directory = await newDirectory(host);
    const cache = new ArtifactCache(host.layout.artifacts);
    const cached = await cache.restore(artifact, directory).catch(async (error: unknown) => {
      if (!(error instanceof BootstrapError) || error.code !== 'ARTIFACT_CORRUPT') throw error;
      warnings.push({ code: error.code, message: error.message });
      await rm(directory, { recursive: true });
      await mkdir(directory, { mode: 0o755 });
      return false;
    });
    if (!cached) {
      await npmInstall(host, lockfiles[version], directory);
      // A full cache costs the next replacement some time, not this pod its gateway.
      await cache.store(artifact, directory).catch((error: Error) => {
        warnings.push({
          code: 'ARTIFACT_NOT_STORED',
          message: `${artifact} was not stored: ${error.message}`,
        });
      });
    }
    await putInPlace(host, version, directory, artifact);
    return {
      changes: [`OpenClaw ${version} from ${cached ? 'the artifact cache' : 'the npm registry'}`],
      warnings,
    };
  },
};

/** @throws BootstrapError `HOST_UNSUPPORTED` when the host's Node.js cannot run this OpenClaw */
async function artifactOf({ host, spec }: StepContext): Promise<string> {
  const { version } = spec.openclaw;
  const node = (await host.run({ file: host.node, args: ['--version'] })).stdout.trim();
  const range = openclawReleases[version].node;
  if (!satisfies(node, range)) {
    throw new BootstrapError(
      'HOST_UNSUPPORTED',
      `OpenClaw ${version} needs Node.js ${range}; ${host.node} is ${node || 'not there'}.`,
    );
  }
  return artifactName({
    version,
    platform: process.platform,
    arch: process.arch,
    nodeMajor: Number(node.replace('v', '').split('.')[0]),
    lockfile: JSON.stringify(lockfiles[version].lockfile),
  });
}

async function isInstalled({ host, spec }: StepContext, artifact: string): Promise<boolean> {
  const file = join(installDirectory(host.layout, spec.openclaw.version), marker);
  return (await readIfPresent(file)) === artifact;
}

async function newDirectory(host: Host): Promise<string> {
  const directory = join(host.layout.install, `.new-${randomBytes(6).toString('hex')}`);
  await mkdir(directory, { mode: 0o755 });
  return directory;
}

/** What a run that was killed has left behind. */
async function removeHalfDone({ layout }: Host): Promise<void> {
  for (const name of await readdir(layout.install)) {
    if (/^\.(new|old)-/.test(name)) await rm(join(layout.install, name), { recursive: true });
  }
}

async function putInPlace(
  host: Host,
  version: OpenClawVersion,
  directory: string,
  artifact: string,
): Promise<void> {
  // The archive brought the mode of its own top directory along.
  await chmod(directory, 0o755);
  await writeFile(join(directory, marker), artifact);
  const target = installDirectory(host.layout, version);
  const old = join(host.layout.install, `.old-${randomBytes(6).toString('hex')}`);
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(directory, target);
  await rm(old, { recursive: true, force: true });
}
