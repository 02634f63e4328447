import { BootstrapError } from '../errors.ts';
import type { BackupManifest } from './manifest.ts';
import { compareReleases } from './release-order.ts';

/** Which backup somebody wants: by its name, or the last one that has nothing newer than a moment. */
export type Wanted = { readonly id: string } | { readonly at: Date };

/**
 * @param backups oldest first
 * @throws BootstrapError `BACKUP_NOT_FOUND`
 */
export function choose(backups: readonly BackupManifest[], wanted: Wanted): BackupManifest {
  const found =
    'id' in wanted
      ? backups.find(({ id }) => id === wanted.id)
      : backups.findLast(({ at }) => Date.parse(at) <= wanted.at.getTime());
  if (found) return found;
  const asked = 'id' in wanted ? `named ${wanted.id}` : `of ${wanted.at.toISOString()} or before`;
  const there =
    backups.length === 0
      ? 'There is none at all.'
      : `There are ${backups.length}: see "clawharbor-bootstrap backup list".`;
  throw new BootstrapError('BACKUP_NOT_FOUND', `There is no backup ${asked}. ${there}`);
}

export interface Target {
  /** Name of the pod whose backups are taken. */
  readonly pod: string;
  /** The release that it is to run with. */
  readonly openclaw: string;
}

/**
 * Refuses what this pod cannot run with.
 * @throws BootstrapError `BACKUP_FOREIGN`, `BACKUP_NEWER`
 */
export function mustFit(backup: BackupManifest, { pod, openclaw }: Target): void {
  if (backup.pod !== pod) {
    throw new BootstrapError(
      'BACKUP_FOREIGN',
      `${backup.id} is a backup of the pod ${backup.pod}, not of ${pod}. If that is meant, say --pod ${backup.pod}.`,
    );
  }
  if (compareReleases(backup.openclaw, openclaw) <= 0) return;
  throw new BootstrapError(
    'BACKUP_NEWER',
    `${backup.id} was written by OpenClaw ${backup.openclaw}, and the spec asks for ${openclaw}, which cannot read it. ` +
      `Deploy ${backup.openclaw} or later first, or take a backup from before it.`,
  );
}
