import type { Observation } from '../conditions.ts';
import { concernsAt, type BackupConcern, type BackupPlan } from './schedule.ts';
import type { BackupStatus } from './status.ts';

type Proof = Extract<Observation['type'], 'BackupsMade' | 'BackupsStored' | 'RestoreProved'>;

/** What a concern speaks against, and its reason in the form of conditions. */
const against: Readonly<Record<BackupConcern['code'], readonly [type: Proof, reason: string]>> = {
  BACKUP_OVERDUE: ['BackupsMade', 'BackupOverdue'],
  BACKUP_NOT_STORED: ['BackupsStored', 'BackupNotStored'],
  DRILL_FAILED: ['RestoreProved', 'DrillFailed'],
  DRILL_OVERDUE: ['RestoreProved', 'DrillOverdue'],
};

/** What the plan promises, and when it was last true. */
export interface Kept {
  readonly type: Proof;
  /** As in `The last good drill`. */
  readonly what: string;
  /** ISO 8601; undefined: never yet. */
  readonly at: string | undefined;
}

/** In the order of how much they prove. Pure. */
export function keptBy({ bucket, drillEveryDays }: BackupPlan, status: BackupStatus): readonly Kept[] {
  return [
    { type: 'BackupsMade', what: 'backup', at: status.lastBackup },
    ...(bucket === undefined
      ? []
      : [{ type: 'BackupsStored', what: `archive in ${bucket}`, at: status.lastStored } as const]),
    ...(drillEveryDays === undefined
      ? []
      : [{ type: 'RestoreProved', what: 'good drill', at: status.lastGoodDrill?.at } as const]),
  ];
}

/**
 * Whether backups are made, stored and proved, one condition for each that the plan promises. `Unknown` as long as there was
 * none and none is overdue, as on a new pod. Pure.
 */
export function backupConditions(now: Date, plan: BackupPlan, status: BackupStatus): readonly Observation[] {
  const concerns = concernsAt(now, plan, status);
  return keptBy(plan, status).map(({ type, what, at }) => {
    const [first, ...more] = concerns.filter(({ code }) => against[code][0] === type);
    if (first) {
      const message = [first, ...more].map((each) => each.message).join(' ');
      return { type, status: 'False', reason: against[first.code][1], message };
    }
    return at === undefined
      ? { type, status: 'Unknown', reason: 'NoneYet', message: `There was no ${what} yet.` }
      : { type, status: 'True', reason: 'InTime', message: `The last ${what} is of ${at}.` };
  });
}
