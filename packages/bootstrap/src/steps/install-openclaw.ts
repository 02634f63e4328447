import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ArtifactCache } from '../install/artifact-cache.ts';
import { lockfiles } from '../install/lockfiles.ts';
import { satisfies } from '../install/node-range.ts';
import { npmInstall, registryPatience } from '../install/npm-install.ts';
import { artifactHere, nodeVersion, obtain } from '../install/obtain.ts';
import { installDirectory } from '../openclaw/gateway-unit.ts';
import { openclawReleases, openclawVersions, podsRun, type OpenClawVersion } from '../openclaw-release.ts';
import { temporaryOf } from '../temporary/name.ts';
import { sweep } from '../temporary/sweep.ts';
import type { Step, StepContext, StepResult } from './step.ts';

/** Written as the last file before an installation gets its name: without it, nothing is installed. */
const marker = '.clawharbor-installed';

/**
 * The pinned OpenClaw in a folder of its own: from the artifact cache, else from the registry. Where it cannot be had, and
 * another release is cached, the step goes on: that one may be the one that the state was last run with.
 */
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
    // As a rule this is all.
    if (await isInstalled(context, await artifactOf(context))) return { changes: [] };
    if (!(await isAnotherCached(context))) return await ensureInstalled(context);
    try {
      return await ensureInstalled(context, { ...registryPatience, seconds: 60 });
    } catch (error) {
      if (!(error instanceof BootstrapError) || error.code !== 'OPENCLAW_NOT_INSTALLABLE') throw error;
      const { code, message } = error;
      const type = 'ReleaseInstalled';
      return {
        changes: [],
        missingRelease: { code, message },
        conditions: [{ type, status: 'False', reason: 'NotInstallable', message }],
      };
    }
  },
};

/** The same for whoever cannot do without. @throws BootstrapError `OPENCLAW_NOT_INSTALLABLE` */
export async function ensureInstalled(
  context: StepContext,
  patience: typeof registryPatience = registryPatience,
): Promise<StepResult> {
  const { host, spec } = context;
  const { version } = spec.openclaw;
  const artifact = await artifactOf(context);
  if (await isInstalled(context, artifact)) return { changes: [] };
  await mkdir(host.layout.install, { recursive: true, mode: 0o755 });
  // Half an installation is more than half a gigabyte: it goes before there is another.
  await sweep({ base: host.layout.install, isLocal: true }, host.now().getTime());
  const directory = temporaryOf(installDirectory(host.layout, version));
  await mkdir(directory, { mode: 0o755 });
  try {
    return await install(context, { artifact, directory, patience });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of a release that pods run, for this machine. */
async function isAnotherCached({ host, spec }: StepContext): Promise<boolean> {
  const node = await nodeVersion(host);
  const cache = new ArtifactCache(host.layout.artifacts);
  for (const version of openclawVersions) {
    if (version === spec.openclaw.version || !podsRun(version)) continue;
    const { lockfile } = lockfiles[version];
    if (await cache.has(artifactHere(node, { version, lockfile: JSON.stringify(lockfile) }))) return true;
  }
  return false;
}

interface Installation {
  readonly artifact: string;
  readonly directory: string;
  readonly patience: typeof registryPatience;
}

async function install(
  context: StepContext,
  { artifact, directory, patience }: Installation,
): Promise<StepResult> {
  const { host, spec, signal } = context;
  const { version } = spec.openclaw;
  let waited = '';
  const onWait = (why: string): void => {
    waited = `, waited for: ${why}`;
    context.onWait?.(why);
  };
  const cache = new ArtifactCache(host.layout.artifacts);
  const { source, warnings } = await obtain(cache, { artifact, directory, signal }, () =>
    npmInstall(host, lockfiles[version], directory, { ...patience, signal, onWait }),
  );
  await putInPlace(host, version, directory, artifact);
  return { changes: [`OpenClaw ${version} from ${source}${waited}`], warnings };
}

/** @throws BootstrapError `HOST_UNSUPPORTED` when the host's Node.js cannot run this OpenClaw */
async function artifactOf({ host, spec }: StepContext): Promise<string> {
  const { version } = spec.openclaw;
  const node = await nodeVersion(host);
  const range = openclawReleases[version].node;
  if (!satisfies(node, range)) {
    throw new BootstrapError(
      'HOST_UNSUPPORTED',
      `OpenClaw ${version} needs Node.js ${range}; ${host.node} is ${node || 'not there'}.`,
    );
  }
  return artifactHere(node, { version, lockfile: JSON.stringify(lockfiles[version].lockfile) });
}

async function isInstalled({ host, spec }: StepContext, artifact: string): Promise<boolean> {
  const file = join(installDirectory(host.layout, spec.openclaw.version), marker);
  return (await readIfPresent(file)) === artifact;
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
  const old = temporaryOf(target);
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(directory, target);
  await rm(old, { recursive: true, force: true });
}
