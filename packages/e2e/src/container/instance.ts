import { copyFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { amazonLinuxPackages, dnf } from './amazon-linux.ts';
import type { Relay } from './network-namespace.ts';
import { defaultCacheDirectory, rootFileSystem } from './root-file-system.ts';
import { SystemdContainer } from './systemd-container.ts';

/** Where the instance finds AWS: IMDS at its own address, everything else at one of the test's. */
const imds = { address: '169.254.169.254', port: 80 };
const aws = { address: '10.99.0.1', port: 4566 };

export const awsEndpoint = `http://${aws.address}:${aws.port}`;

/** A folder of this machine that an instance can mount as an EFS access point. */
export interface AccessPoint {
  readonly fileSystemId: string;
  readonly accessPointId: string;
  readonly folder: string;
}

export interface InstanceOptions {
  readonly name: string;
  /** Folder for what the instance writes to its own disk. */
  readonly directory: string;
  readonly accessPoints: readonly AccessPoint[];
  /** Unix socket of its instance metadata service. */
  readonly imdsSocket: string;
  /** Unix socket of the endpoint of all other AWS services. */
  readonly awsSocket: string;
  /** Other services that it reaches. Default: none. */
  readonly relays?: readonly Relay[];
  /** The bootstrap bundle; the instance finds it at {@link bundleOnInstance}. */
  readonly bundle: string;
  /** Default: below the user's cache directory. */
  readonly cacheDirectory?: string;
}

export const bundleOnInstance = '/opt/clawharbor/clawharbor-bootstrap.mjs';

/** An EC2 instance as Auto Scaling launches it, before its user data has run. Not booted yet. */
export async function createInstance(options: InstanceOptions): Promise<SystemdContainer> {
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory();
  const packages = await amazonLinuxPackages(cacheDirectory);
  const instance = await SystemdContainer.create({
    name: options.name,
    root: await rootFileSystem(cacheDirectory),
    directory: options.directory,
    binds: [
      { from: packages, to: '/srv/packages', readOnly: true },
      ...options.accessPoints.map(({ fileSystemId, accessPointId, folder }) => ({
        from: folder,
        to: `/srv/efs/${fileSystemId}/${accessPointId}`,
      })),
    ],
    relays: [
      { ...imds, socket: options.imdsSocket },
      { ...aws, socket: options.awsSocket },
      ...(options.relays ?? []),
    ],
    environment: { AWS_ENDPOINT_URL: awsEndpoint },
  });
  await place(instance, dnf, '/usr/bin/dnf');
  await place(instance, options.bundle, bundleOnInstance);
  // What systemd starts finds AWS as what a shell starts does.
  const manager = join(instance.root, 'etc/systemd/system.conf.d');
  await mkdir(manager, { recursive: true });
  await writeFile(
    join(manager, 'aws.conf'),
    `[Manager]\nDefaultEnvironment=AWS_ENDPOINT_URL=${awsEndpoint}\n`,
  );
  return instance;
}

async function place(instance: SystemdContainer, from: string, to: string): Promise<void> {
  const file = join(instance.root, to);
  await mkdir(join(file, '..'), { recursive: true });
  await copyFile(from, file);
  await chmod(file, 0o755);
}
