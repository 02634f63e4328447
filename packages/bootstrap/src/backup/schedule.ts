import { ageAt } from '../age.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import type { BackupStatus } from './status.ts';

export type BackupPlan = NonNullable<PodSpec['backups']>;

const hour = 3_600_000;
const day = 24 * hour;

/** The first archive is made soon, and not while a new pod and its people get going. */
const firstAfter = hour;
/** What failed is tried again, and not at each look. */
const againAfter = hour / 4;

export interface Due {
  readonly backup: boolean;
  /** Whether what is not in the bucket is to go there, if there is anything. */
  readonly store: boolean;
  readonly drill: boolean;
}

/** What is to be done now: pure, so that a look each minute costs one small file. */
export function dueAt(now: Date, plan: BackupPlan, status: BackupStatus | undefined): Due {
  if (!status) return { backup: false, store: false, drill: false };
  const since = (at: string): number => ageAt(now, at);
  const rests = (failure: { at: string } | undefined): boolean =>
    failure !== undefined && since(failure.at) < againAfter;
  // A run that was killed in the middle has said nothing of it: what ends each run would be tried by each.
  const isTried = (begun: string | undefined, again: number): boolean =>
    begun !== undefined && since(begun) < again;
  const every = plan.everyHours * hour;
  const backup =
    status.lastBackup === undefined
      ? since(status.since) >= Math.min(every, firstAfter)
      : since(status.lastBackup) >= every;
  const { drillEveryDays } = plan;
  const drill =
    drillEveryDays !== undefined &&
    status.lastBackup !== undefined &&
    (status.lastGoodDrill === undefined || since(status.lastGoodDrill.at) >= drillEveryDays * day) &&
    (status.lastDrill?.error === undefined || since(status.lastDrill.at) >= day) &&
    !isTried(status.drillBegun, day);
  return {
    backup: backup && !rests(status.backupFailure) && !isTried(status.backupBegun, againAfter),
    store: plan.bucket !== undefined && !rests(status.storeFailure),
    drill,
  };
}

/** What an operator should know of backups. */
export interface BackupConcern {
  readonly code: 'BACKUP_OVERDUE' | 'DRILL_OVERDUE' | 'DRILL_FAILED' | 'BACKUP_NOT_STORED';
  readonly message: string;
}

const whyCutShort =
  'its run was ended. See the journal whether the machine had the memory and the time for it (an hour a run).';

/** Pure; what holds as well is in `conditions.ts` beside it. */
export function concernsAt(
  now: Date,
  plan: BackupPlan,
  status: BackupStatus | undefined,
): readonly BackupConcern[] {
  if (!status) return [];
  const concerns: BackupConcern[] = [];
  const ageOf = (at: string | undefined): number => ageAt(now, at ?? status.since);
  const told = (at: string | undefined): string => at ?? 'never';
  const because = (failure: { code: string; message: string } | undefined): string =>
    failure === undefined ? '' : ` The last try: ${failure.code}: ${failure.message}`;
  const cutShort = (begun: string | undefined): string =>
    begun === undefined ? '' : ` The one that began at ${begun} has not come to an end: ${whyCutShort}`;
  const slack = 2 * plan.everyHours * hour;
  if (ageOf(status.lastBackup) > slack) {
    concerns.push({
      code: 'BACKUP_OVERDUE',
      message: `The last backup is of ${told(status.lastBackup)}, and there should be one every ${plan.everyHours} h.${because(status.backupFailure)}${cutShort(status.backupBegun)}`,
    });
  }
  if (plan.bucket !== undefined && (status.storeFailure !== undefined || ageOf(status.lastStored) > slack)) {
    // Of one that is damaged all others have got there.
    const rest =
      status.storeFailure?.code === 'BACKUP_CORRUPT'
        ? 'one that is damaged cannot go there'
        : 'what was made later lies on the file system only';
    concerns.push({
      code: 'BACKUP_NOT_STORED',
      message: `The last archive in ${plan.bucket} is of ${told(status.lastStored)}: ${rest}.${because(status.storeFailure)}`,
    });
  }
  if (plan.drillEveryDays === undefined) return concerns;
  if (status.lastDrill?.error !== undefined) {
    concerns.push({
      code: 'DRILL_FAILED',
      message: `The drill of ${status.lastDrill.at} with ${status.lastDrill.id} failed.${because(status.lastDrill.error)}`,
    });
  }
  if (status.drillBegun !== undefined) {
    concerns.push({
      code: 'DRILL_FAILED',
      message: `The drill that began at ${status.drillBegun} has not come to an end: ${whyCutShort}`,
    });
  }
  if (ageOf(status.lastGoodDrill?.at) > 2 * plan.drillEveryDays * day) {
    concerns.push({
      code: 'DRILL_OVERDUE',
      message: `The last good drill is of ${told(status.lastGoodDrill?.at)}, and there should be one every ${plan.drillEveryDays} days.`,
    });
  }
  return concerns;
}
