import { mkdir, rm } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ArtifactCache, artifactName, type ArtifactKey } from './artifact-cache.ts';

export interface Obtained {
  readonly source: 'the artifact cache' | 'the npm registry';
  /** What was wrong with the cache. */
  readonly warnings: readonly {
    readonly code: 'ARTIFACT_CORRUPT' | 'ARTIFACT_NOT_STORED';
    readonly message: string;
  }[];
}

/**
 * Fills an empty directory with an artifact, from the cache, which needs no registry; else lets it be installed, and caches
 * that for the next instance.
 * @throws what installing does; the signal's reason
 */
export async function obtain(
  cache: ArtifactCache,
  {
    artifact,
    directory,
    signal,
  }: { readonly artifact: string; readonly directory: string; readonly signal: AbortSignal },
  install: () => void | Promise<void>,
): Promise<Obtained> {
  const warnings: Obtained['warnings'][number][] = [];
  const cached = await cache.restore(artifact, directory, signal).catch(async (error: unknown) => {
    if (!(error instanceof BootstrapError) || error.code !== 'ARTIFACT_CORRUPT') throw error;
    warnings.push({ code: error.code, message: error.message });
    await rm(directory, { recursive: true });
    await mkdir(directory, { mode: 0o755 });
    return false;
  });
  if (cached) return { source: 'the artifact cache', warnings };
  await install();
  // A full cache costs the next replacement some time, not this pod its gateway.
  await cache.store(artifact, directory, signal).catch((error: Error) => {
    signal.throwIfAborted();
    const message = `${artifact} was not stored: ${error.message}`;
    warnings.push({ code: 'ARTIFACT_NOT_STORED', message });
  });
  return { source: 'the npm registry', warnings };
}

/** Version of the host's Node.js, as in `v24.16.0`; empty where there is none. */
export function nodeVersion(host: Host): Promise<string> {
  const known = versions.get(host);
  if (known !== undefined) return known;
  const version = host.run({ file: host.node, args: ['--version'] }).then(({ stdout }) => stdout.trim());
  versions.set(host, version);
  return version;
}

/** Several steps ask, and it does not change under a run. */
const versions = new WeakMap<Host, Promise<string>>();

/** The name of an artifact for this machine. */
export function artifactHere(node: string, key: Pick<ArtifactKey, 'name' | 'version' | 'lockfile'>): string {
  return artifactName({
    ...key,
    platform: process.platform,
    arch: process.arch,
    nodeMajor: Number(node.replace('v', '').split('.')[0]),
  });
}
