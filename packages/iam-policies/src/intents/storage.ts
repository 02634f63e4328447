import type { Arn } from '../arn.ts';
import * as backup from '../catalogue/backup.ts';
import * as elasticfilesystem from '../catalogue/elasticfilesystem.ts';
import * as iam from '../catalogue/iam.ts';
import { anyone } from '../principal.ts';
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
 * For the file system's own policy. It only takes away: what these roles may do, and through which access point, is said
 * in their own policies, see `mountFileSystem`. So it can stand in the file system that its access points are made from,
 * which could not name them, and what it does not say nobody gets from it:
 * - a policy of any kind replaces the default one, which grants everybody who reaches a mount target everything, and an
 *   allow in the policy of a role suffices
 *   ({@link https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html});
 * - the same page is why others are denied in so many words: a role of the account that may do anything would be let in
 *   by its own policy. They are told apart by a condition, and not by a principal, which IAM takes for another one once
 *   its role was deleted and made again
 *   ({@link https://docs.aws.amazon.com/efs/latest/ug/security_iam_resource-based-policy-examples.html}).
 */
export function fileSystemPolicy(
  ...roles: [Arn<'iam:role'>, ...Arn<'iam:role'>[]]
): readonly ResourceStatement[] {
  const { ClientMount, ClientRootAccess, ClientWrite } = elasticfilesystem;
  const nobody = (sid: string) =>
    deny(sid, ClientMount, ClientRootAccess, ClientWrite).onAttached().by(anyone);
  return [
    deny('DenyRoot', ClientRootAccess).onAttached().by(anyone),
    nobody('DenyWithoutTls').when('aws:SecureTransport', 'Bool', false),
    nobody('DenyWithoutAccessPoint').when('elasticfilesystem:AccessPointArn', 'Null', true),
    nobody('DenyBesidesMountTargets').when('elasticfilesystem:AccessedViaMountTarget', 'Bool', false),
    nobody('DenyOthers')
      .when('aws:PrincipalArn', 'ArnNotEquals', ...roles)
      // Whoever has no ARN is nobody's principal, and nothing allows them anything.
      .when('aws:PrincipalArn', 'Null', false),
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
