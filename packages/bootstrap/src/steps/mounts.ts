import type { Host, Mount } from '../host/host.ts';
import { BootstrapError } from '../errors.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

type FileSystem = NonNullable<PodSpec['fileSystem']>;

export function stateMount({ layout }: Host, { id, stateAccessPoint }: FileSystem): Mount {
  return { at: layout.state, fileSystemId: id, accessPointId: stateAccessPoint };
}

export function artifactsMount({ layout }: Host, { id, artifactsAccessPoint }: FileSystem): Mount {
  return { at: layout.artifacts, fileSystemId: id, accessPointId: artifactsAccessPoint };
}

/** @returns what was done: a line, or nothing when it is there already */
export async function ensureMounted(host: Host, mount: Mount): Promise<string[]> {
  if (await host.isMounted(mount)) return [];
  await host.mount(mount);
  if (await host.isMounted(mount)) return [describeMount(mount)];
  throw new BootstrapError(
    'STATE_NOT_MOUNTED',
    `${mount.fileSystemId} is not mounted at ${mount.at} although mounting it reported no error.`,
  );
}

export function describeMount(mount: Mount): string {
  return `mount ${mount.fileSystemId} (${mount.accessPointId}) at ${mount.at}`;
}
