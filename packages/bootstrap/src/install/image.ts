import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Images } from '../host/images.ts';
import { modulesIn } from '../openclaw/gateway-unit.ts';
import { temporaryOf } from '../temporary/name.ts';
import { checksumOf } from './archive.ts';
import type { ArtifactCache } from './artifact-cache.ts';
import { putInPlace, readInstalled } from './installation.ts';
import type { Lockfile } from './lockfiles.ts';
import { writeManifest } from './npm-install.ts';
import type { Obtained } from './obtain.ts';

/** The name of an image of what an artifact has in it, which lies beside it. */
export function imageOf(artifact: string): string {
  return artifact.replace(/\.tar\.zst$/, '.squashfs');
}

/** Where an installation has its own copy: with it, it goes. */
function fileIn(directory: string): string {
  return join(directory, 'openclaw.squashfs');
}

export interface MountOptions {
  readonly images: Images;
  readonly cache: ArtifactCache;
  readonly artifact: string;
  readonly lockfile: Lockfile;
  /** Where it is to be installed. */
  readonly target: string;
  readonly signal: AbortSignal;
}

export interface Mounted {
  readonly isMounted: boolean;
  /** Why an image that is there could not be mounted. */
  readonly why?: string;
  readonly warnings: Obtained['warnings'];
}

/**
 * Installs OpenClaw by mounting its image, whose copy on this machine is read and checked before each mount: the kernel
 * believes what an image says.
 * @returns not mounted where there is no image, or none that is whole, or where this machine mounts none
 * @throws BootstrapError `DISK_FULL`, `DISK_READ_ONLY`; the signal's reason
 */
export async function mountInstallation(host: Host, options: MountOptions): Promise<Mounted> {
  const { images, artifact, target, signal } = options;
  try {
    const isHere = await hasImage(target, imageOf(artifact), signal);
    if (!isHere && !(await bringImage(host, options))) return { isMounted: false, warnings: [] };
  } catch (error) {
    if (!(error instanceof BootstrapError) || error.code !== 'ARTIFACT_CORRUPT') throw error;
    return { isMounted: false, warnings: [{ code: error.code, message: error.message }] };
  }
  const why = await images.mount(fileIn(target), modulesIn(target));
  return why === undefined ? { isMounted: true, warnings: [] } : { isMounted: false, why, warnings: [] };
}

/** Whether this machine has a whole copy, as after a reboot. Nobody waits for a disk to have it: after a power cut it may not. */
async function hasImage(target: string, image: string, signal: AbortSignal): Promise<boolean> {
  const installed = await readInstalled(target);
  if (installed?.name !== image || installed.checksum === undefined) return false;
  const actual = await checksumOf(fileIn(target), signal).catch(() => undefined);
  signal.throwIfAborted();
  return actual === installed.checksum;
}

/** @returns false if there is none */
async function bringImage(
  host: Host,
  { cache, artifact, lockfile, target, signal }: MountOptions,
): Promise<boolean> {
  const name = imageOf(artifact);
  if (!(await cache.has(name))) return false;
  const directory = temporaryOf(target);
  await mkdir(modulesIn(directory), { recursive: true, mode: 0o755 });
  try {
    const checksum = await cache.copy(name, fileIn(directory), signal);
    if (checksum === undefined) return false;
    await writeManifest(directory, lockfile);
    await putInPlace(host, directory, target, { name, checksum });
    return true;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Makes the image of an unpacked installation and stores it beside the artifact, for the instances after this one.
 * @returns why there is none to store: this machine could not mount it; undefined: it is stored
 * @throws as {@link Images.make} does, and as the file system of the artifacts
 */
export async function storeImage(
  host: Host,
  {
    images,
    cache,
    artifact,
    target,
    signal,
  }: Pick<MountOptions, 'images' | 'cache' | 'artifact' | 'target' | 'signal'>,
): Promise<string | undefined> {
  const name = imageOf(artifact);
  // On the disk of the machine: mksquashfs goes back and forth in what it writes.
  const file = temporaryOf(join(host.layout.install, name));
  try {
    const why = await images.make(modulesIn(target), file, signal);
    if (why === undefined) await cache.storeFile(name, file, signal);
    return why;
  } finally {
    await rm(file, { force: true });
  }
}
