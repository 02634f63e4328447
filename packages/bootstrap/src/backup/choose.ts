import { BootstrapError } from '../errors.ts';
import type { BackupManifest } from './manifest.ts';
import { compareReleases } from './release-order.ts';

/** Which backup somebody wants: by its name, or the last one that has nothing newer than a moment. */
export type Wanted = { readonly id: string } | { readonly at: Date };

/**
 * @param all oldest first
 * @param pod whose backups are looked at when it is wanted by its time. Default: everybody's
 * @throws BootstrapError `BACKUP_NOT_FOUND`
 */
export function choose(all: readonly BackupManifest[], wanted: Wanted, pod?: string): BackupManifest {
  const isById = 'id' in wanted;
  const backups = isById || pod === undefined ? all : all.filter((each) => each.pod === pod);
  const found = isById
    ? backups.find(({ id }) => id === wanted.id)
    : backups.findLast(({ at }) => Date.parse(at) <= wanted.at.getTime());
  if (found) return found;
  const asked = 'id' in wanted ? `named ${wanted.id}` : `of ${wanted.at.toISOString()} or before`;
  const others = [...new Set(all.filter((each) => !backups.includes(each)).map((each) => each.pod))];
  const ofPod = pod === undefined || isById ? '' : ` of the pod ${pod}`;
  const elsewhere =
    others.length === 0 ? '' : ` There are some of ${others.join(', ')}: if one is meant, say --pod.`;
  const there =
    backups.length === 0
      ? `There is none at all${ofPod}.${elsewhere}`
      : `There are ${backups.length}${ofPod}: see "clawharbor-bootstrap backup list".`;
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
