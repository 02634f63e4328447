import { mkdir, rm } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';
import { ArtifactCache } from '../install/artifact-cache.ts';
import { imageOf, mountInstallation, type Mounted } from '../install/image.ts';
import { putInPlace, readInstalled } from '../install/installation.ts';
import { lockfiles } from '../install/lockfiles.ts';
import { satisfies } from '../install/node-range.ts';
import { npmInstall, registryPatience } from '../install/npm-install.ts';
import { artifactHere, nodeVersion, obtain } from '../install/obtain.ts';
import { installDirectory, modulesIn } from '../openclaw/gateway-unit.ts';
import { openclawReleases, openclawVersions, podsRun } from '../openclaw-release.ts';
import { temporaryOf } from '../temporary/name.ts';
import { sweep } from '../temporary/sweep.ts';
import type { Step, StepContext, StepResult } from './step.ts';

/**
 * The pinned OpenClaw in a folder of its own: mounted from its image, else unpacked from the artifact cache, else from the
 * registry. Where it cannot be had, and another release is cached, the step goes on: that one may be the one that the state
 * was last run with.
 */
export const installOpenClaw: Step = {
  name: 'install-openclaw',
  phase: 'prepare',
  async plan(context) {
    const artifact = await artifactOf(context);
    if (await isInstalled(context, artifact)) return [];
    const { host, spec } = context;
    const cache = new ArtifactCache(host.layout.artifacts);
    const names = [...(host.images === undefined ? [] : [imageOf(artifact)]), artifact];
    const isCached = await Promise.all(names.map((name) => cache.has(name)));
    const source = names.find((_, index) => isCached[index]) ?? 'the npm registry';
    return [`install OpenClaw ${spec.openclaw.version} from ${source}`];
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
  const { isMounted, why, warnings } = await mounted(context, artifact);
  if (isMounted) return { changes: [`OpenClaw ${version} from its image`], warnings };
  const { changes, ...rest } = await unpacked(context, artifact, patience);
  const lines =
    why === undefined ? changes : changes.map((line) => `${line}; its image was not mounted: ${why}`);
  return { changes: lines, warnings: [...warnings, ...rest.warnings] };
}

async function mounted({ host, spec, signal }: StepContext, artifact: string): Promise<Mounted> {
  const { images, layout } = host;
  if (images === undefined) return { isMounted: false, warnings: [] };
  const { version } = spec.openclaw;
  const [cache, target] = [new ArtifactCache(layout.artifacts), installDirectory(layout, version)];
  return await mountInstallation(host, {
    images,
    cache,
    artifact,
    lockfile: lockfiles[version],
    target,
    signal,
  });
}

async function unpacked(
  context: StepContext,
  artifact: string,
  patience: typeof registryPatience,
): Promise<Unpacked> {
  const { host, spec } = context;
  const directory = temporaryOf(installDirectory(host.layout, spec.openclaw.version));
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

type Unpacked = Pick<StepResult, 'changes'> & Pick<Mounted, 'warnings'>;

interface Installation {
  readonly artifact: string;
  readonly directory: string;
  readonly patience: typeof registryPatience;
}

async function install(
  context: StepContext,
  { artifact, directory, patience }: Installation,
): Promise<Unpacked> {
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
  await putInPlace(host, directory, installDirectory(host.layout, version), { name: artifact });
  return { changes: [`OpenClaw ${version} from ${source}${waited}`], warnings };
}

/** @throws BootstrapError `HOST_UNSUPPORTED` when the host's Node.js cannot run this OpenClaw */
export async function artifactOf({ host, spec }: StepContext): Promise<string> {
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
  const directory = installDirectory(host.layout, spec.openclaw.version);
  const name = (await readInstalled(directory))?.name;
  if (name !== imageOf(artifact)) return name === artifact;
  // A reboot leaves the files of an installation, and no mount.
  return (await host.images?.isMounted(modulesIn(directory))) === true;
}
