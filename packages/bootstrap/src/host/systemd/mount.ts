import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../../config/files.ts';
import type { Mount } from '../host.ts';
import { BootstrapError } from '../../errors.ts';
import { must, type Run } from './command.ts';
import { placeFile } from './place-file.ts';
import { escapePath, plainPath } from './quoting.ts';
import { sections } from './unit-file.ts';
import { unitDirectory } from './units.ts';

/**
 * An EFS access point as a mount unit: encrypted in transit, authorized by the instance's role.
 * A service that needs the path (`RequiresMountsFor=`) cannot start without it.
 * @see https://docs.aws.amazon.com/efs/latest/ug/mounting-access-points.html
 */
export function renderMount(mount: Mount): string {
  const fileSystem = identifier(mount.fileSystemId, /^fs-[0-9a-f]+$/);
  const accessPoint = identifier(mount.accessPointId, /^fsap-[0-9a-f]+$/);
  return sections({
    Unit: [['Description', `EFS access point ${accessPoint} of ${fileSystem}`]],
    Mount: [
      ['What', `${fileSystem}:/`],
      ['Where', plainPath(mount.at, 'mount')],
      ['Type', 'efs'],
      ['Options', `_netdev,tls,iam,accesspoint=${accessPoint}`],
      ['TimeoutSec', '180s'],
    ],
  });
}

export async function isMounted(mount: Mount): Promise<boolean> {
  if ((await readIfPresent(fileOf(mount))) !== renderMount(mount)) return false;
  return mountPoints(await readFile('/proc/self/mountinfo', 'utf8')).has(mount.at);
}

/** @throws BootstrapError `STATE_NOT_MOUNTED` with what mount.efs said */
export async function mountFileSystem(mount: Mount, run: Run): Promise<void> {
  const unit = `${escapePath(mount.at)}.mount`;
  const changed = await placeFile(fileOf(mount), renderMount(mount), 0o644);
  await must(run, { file: 'systemctl', args: ['daemon-reload'] });
  const result = await run({ file: 'systemctl', args: [changed ? 'restart' : 'start', unit] });
  if (result.exitCode === 0) return;
  const journal = await run({
    file: 'journalctl',
    args: ['--no-pager', '-q', '-o', 'cat', '-n', '5', `--unit=${unit}`],
  });
  throw new BootstrapError(
    'STATE_NOT_MOUNTED',
    `${mount.at}: ${mount.fileSystemId} (${mount.accessPointId}) could not be mounted: ${journal.stdout.trim()} ` +
      `See /var/log/amazon/efs/mount.log; check mount targets, security groups and the file system policy.`,
  );
}

/** Field 5 of https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html, with octal escapes for odd characters. */
export function mountPoints(mountinfo: string): Set<string> {
  const fields = mountinfo.split('\n').map((line) => line.split(' ')[4]);
  return new Set(
    fields
      .filter((field) => field !== undefined)
      .map((field) =>
        field.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
      ),
  );
}

function fileOf(mount: Mount): string {
  return join(unitDirectory, `${escapePath(mount.at)}.mount`);
}

function identifier(value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  throw new BootstrapError('STATE_NOT_MOUNTED', `${JSON.stringify(value)} is not the id of an EFS resource`);
}
