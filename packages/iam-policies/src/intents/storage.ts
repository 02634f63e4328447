import type { Arn } from '../arn.ts';
import * as backup from '../catalogue/backup.ts';
import * as elasticfilesystem from '../catalogue/elasticfilesystem.ts';
import * as iam from '../catalogue/iam.ts';
import { anyone, type Principal } from '../principal.ts';
import { allow, deny, type IdentityStatement, type ResourceStatement } from '../statement.ts';

type AccessPoint = Arn<'elasticfilesystem:access-point'>;

export interface MountOptions {
  readonly fileSystem: Arn<'elasticfilesystem:file-system'>;
  /** The only way in, or the only ways. */
  readonly accessPoint: AccessPoint | readonly [AccessPoint, ...AccessPoint[]];
  /** Default: false. */
  readonly readOnly?: boolean;
}

/**
 * Mounts the file system through its access point and a mount target, without root access.
 * {@link https://docs.aws.amazon.com/efs/latest/ug/access-points-iam-policy.html}
 */
export function mountFileSystem({
  fileSystem,
  accessPoint,
  readOnly = false,
}: MountOptions): IdentityStatement {
  const accessPoints = typeof accessPoint === 'string' ? ([accessPoint] as const) : accessPoint;
  return mountActions('MountFileSystem', readOnly)
    .on(fileSystem)
    .when('elasticfilesystem:AccessPointArn', 'ArnEquals', ...accessPoints)
    .when('elasticfilesystem:AccessedViaMountTarget', 'Bool', true);
}

/**
 * For the file system's own policy: these roles may mount it through a mount target, nobody may without TLS. Which
 * access point a role must use is said in its own policy, see `mountFileSystem`: an access point's ARN cannot stand
 * in the policy of the file system that it is made from.
 * {@link https://docs.aws.amazon.com/efs/latest/ug/security_iam_resource-based-policy-examples.html}
 */
export function fileSystemPolicy(...roles: [Principal, ...Principal[]]): readonly ResourceStatement[] {
  return [
    mountActions('MountThroughMountTarget', false)
      .onAttached()
      .when('elasticfilesystem:AccessedViaMountTarget', 'Bool', true)
      .by(...roles),
    deny(
      'DenyWithoutTls',
      elasticfilesystem.ClientMount,
      elasticfilesystem.ClientRootAccess,
      elasticfilesystem.ClientWrite,
    )
      .onAttached()
      .when('aws:SecureTransport', 'Bool', false)
      .by(anyone),
  ];
}

function mountActions(sid: string, readOnly: boolean) {
  const { ClientMount, ClientWrite } = elasticfilesystem;
  return allow(sid, ClientMount, ...(readOnly ? [] : [ClientWrite]));
}

export interface BackupOptions {
  readonly vault: Arn<'backup:backupVault'>;
  /** The role that AWS Backup takes on. */
  readonly role: Arn<'iam:role'>;
}

/**
 * Starts backups into one vault and watches them.
 * {@link https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html}
 */
export function backupTo({ vault, role }: BackupOptions): readonly IdentityStatement[] {
  return [
    allow('StartBackup', backup.StartBackupJob).on(vault),
    allow('WatchBackup', backup.DescribeBackupJob).onAll(),
    allow('PassBackupRole', iam.PassRole)
      .on(role)
      .when('iam:PassedToService', 'StringEquals', 'backup.amazonaws.com'),
  ];
}
