import { copyFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { amazonLinuxPackages, preinstalled } from './amazon-linux.ts';
import type { Execution } from './execute.ts';
import type { Relay } from './network-namespace.ts';
import { defaultCacheDirectory, rootFileSystem } from './root-file-system.ts';
import { SystemdContainer } from './systemd-container.ts';

/** Where the instance finds AWS: IMDS at its own address, everything else at one of the test's. */
const imds = { address: '169.254.169.254', port: 80 };
const aws = { address: '10.99.0.1', port: 4566 };

const awsEndpoint = `http://${aws.address}:${aws.port}`;

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
  /** Default: below the user's cache directory. */
  readonly cacheDirectory?: string;
}

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
  for (const [file, script] of Object.entries(preinstalled)) {
    await copyFile(script, join(instance.root, file));
    await chmod(join(instance.root, file), 0o755);
  }
  // What systemd starts finds AWS as what a shell starts does.
  const manager = join(instance.root, 'etc/systemd/system.conf.d');
  await mkdir(manager, { recursive: true });
  await writeFile(
    join(manager, 'aws.conf'),
    `[Manager]\nDefaultEnvironment=AWS_ENDPOINT_URL=${awsEndpoint}\n`,
  );
  return instance;
}

/** As of the unit that runs the final stage of cloud-init. */
const cloudFinal = ['--unit=cloud-final.service', '--property=Type=oneshot', '--property=KillMode=process'];

/**
 * Runs the user data that the metadata service has, as cloud-init would: as root, and with nothing in the environment
 * but what systemd gives every service. The exit code is that of the script, unless the instance is switched off
 * meanwhile: then it says nothing.
 */
export function runUserData(instance: SystemdContainer): Promise<Execution> {
  const cloudInit = ['/usr/bin/cloud-init', 'modules', '--mode=final'];
  return instance.execute('systemd-run', ['--quiet', '--wait', '--pipe', ...cloudFinal, ...cloudInit], {
    timeoutSeconds: 600,
  });
}
