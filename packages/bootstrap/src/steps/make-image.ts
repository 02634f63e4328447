import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explain } from '../aws/explain.ts';
import { readIfPresent } from '../config/files.ts';
import type { Images } from '../host/images.ts';
import { ArtifactCache } from '../install/artifact-cache.ts';
import { imageOf, storeImage } from '../install/image.ts';
import { readInstalled } from '../install/installation.ts';
import { installDirectory } from '../openclaw/gateway-unit.ts';
import { artifactOf } from './install-openclaw.ts';
import type { Step, StepContext, StepResult } from './step.ts';

/**
 * An image of the OpenClaw that runs, for the instances after this one: what they mount, they need not unpack before they
 * are ready. Once for each artifact, and tried once by a machine: docs/decisions/0030.
 */
export const makeImage: Step = {
  name: 'make-image',
  phase: 'activate',
  async plan(context) {
    const { images } = context.host;
    if (images === undefined || (await whyNot(context)) !== undefined) return [];
    return (await isDue(context))
      ? [`make an image of OpenClaw ${context.spec.openclaw.version} for the next instance`]
      : [];
  },
  async apply(context) {
    const { images } = context.host;
    if (images === undefined) return { changes: [], skipped: 'this host mounts no images' };
    if (!(await isDue(context))) return { changes: [] };
    const known = await whyNot(context);
    if (known !== undefined) return { changes: [], skipped: known };
    const why = (await whyNoRoom(context)) ?? (await images.provideTools());
    return why === undefined ? await make(context, images) : await skip(context, why);
  },
};

/** An instance that runs from an image has one, and none that could be made again. */
async function isDue(context: StepContext): Promise<boolean> {
  const artifact = await artifactOf(context);
  const installed = await readInstalled(directoryOf(context));
  const cache = new ArtifactCache(context.host.layout.artifacts);
  return installed?.name === artifact && !(await cache.has(imageOf(artifact)));
}

/** An image of OpenClaw 2026.9.6 has one and a half times the bytes of its artifact; the databases are on the same disk. */
async function whyNoRoom(context: StepContext): Promise<string | undefined> {
  const { artifacts, install } = context.host.layout;
  const artifact = await stat(join(artifacts, await artifactOf(context))).catch(() => undefined);
  const needed = 3 * (artifact?.size ?? 0);
  const { bavail, bsize } = await statfs(install);
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  return bavail * bsize >= needed
    ? undefined
    : `${install} has ${megabytes(bavail * bsize)} of room, and an image wants ${megabytes(needed)}`;
}

async function make(context: StepContext, images: Images): Promise<StepResult> {
  const { host, spec, signal } = context;
  const artifact = await artifactOf(context);
  const cache = new ArtifactCache(host.layout.artifacts);
  // Of a run that is killed nobody is told, and it would be killed by the same thing again.
  await remember(context, 'a run began to make an image here and was ended: see the journal for why');
  try {
    const why = await storeImage(host, { images, cache, artifact, target: directoryOf(context), signal });
    if (why !== undefined) return await skip(context, `this machine does not mount images: ${why}`);
    await forget(context);
    return { changes: [`make an image of OpenClaw ${spec.openclaw.version} for the next instance`] };
  } catch (error) {
    if (signal.aborted) await forget(context);
    signal.throwIfAborted();
    const message = `${imageOf(artifact)} was not stored: ${explain(error)}`;
    await remember(context, message);
    return { changes: [], warnings: [{ code: 'ARTIFACT_NOT_STORED', message }] };
  }
}

async function skip(context: StepContext, why: string): Promise<StepResult> {
  await remember(context, why);
  return { changes: [], skipped: why };
}

/** It takes a processor for seconds to minutes, and a run may come every minute: the next instance tries it again. */
async function remember(context: StepContext, why: string): Promise<void> {
  await writeFile(reasonFile(context), why);
}

async function forget(context: StepContext): Promise<void> {
  await rm(reasonFile(context), { force: true });
}

function whyNot(context: StepContext): Promise<string | undefined> {
  return readIfPresent(reasonFile(context));
}

function reasonFile(context: StepContext): string {
  return join(directoryOf(context), '.clawharbor-no-image');
}

function directoryOf({ host, spec }: StepContext): string {
  return installDirectory(host.layout, spec.openclaw.version);
}
