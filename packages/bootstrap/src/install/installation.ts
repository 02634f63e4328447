import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../config/files.ts';
import type { Host } from '../host/host.ts';
import { modulesIn } from '../openclaw/gateway-unit.ts';
import { temporaryOf } from '../temporary/name.ts';

/** Written as the last file before an installation gets its name: without it, nothing is installed. */
const marker = '.clawharbor-installed';

/** What an installation is of. */
export interface Installed {
  /** The artifact or the image, by its name. */
  readonly name: string;
  /** SHA-256 of an image, in hex. Absent: it is unpacked. */
  readonly checksum?: string | undefined;
}

/** @returns undefined where nothing is installed */
export async function readInstalled(directory: string): Promise<Installed | undefined> {
  const [name, checksum] = (await readIfPresent(join(directory, marker)))?.split(' ') ?? [];
  return name === undefined ? undefined : { name, checksum };
}

/** Gives a complete installation its name, in the place of what had it. */
export async function putInPlace(
  host: Host,
  directory: string,
  target: string,
  { name, checksum }: Installed,
): Promise<void> {
  // An archive has brought the mode of its own top directory along.
  await chmod(directory, 0o755);
  await writeFile(join(directory, marker), checksum === undefined ? name : `${name} ${checksum}`);
  const old = temporaryOf(target);
  await host.images?.unmount(modulesIn(target));
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(directory, target);
  await rm(old, { recursive: true, force: true });
}

/** Removes an installation, or whatever else is there. */
export async function removeInstallation(host: Host, directory: string): Promise<void> {
  await host.images?.unmount(modulesIn(directory));
  await rm(directory, { recursive: true, force: true });
}
