import * as z from 'zod';
import { must } from './must.ts';

const whole = (least: number, most: number, what: string) =>
  z.number().refine(
    ...must<number>(
      (value) => Number.isInteger(value) && value >= least && value <= most,
      'BACKUPS_INVALID',
      (shown) => `${shown}: ${what}, ${least} to ${most}.`,
    ),
  );

/** Checks `BackupProps`. */
export const backupOptions = z
  .strictObject({
    enabled: z.boolean().default(true),
    everyHours: whole(1, 168, 'a backup is made every so many whole hours').default(6),
    keep: whole(2, 1000, 'so many archives stay on the file system').default(12),
    keepDays: whole(1, 3650, 'archives stay in the bucket for so many whole days').default(35),
    objectLockDays: whole(1, 3650, 'archives are locked for so many whole days').optional(),
    drillEveryDays: whole(0, 365, 'a drill is held every so many whole days, 0 for never').default(7),
  })
  .refine(
    ...must<{ keepDays: number; objectLockDays?: number | undefined }>(
      ({ keepDays, objectLockDays = 0 }) => objectLockDays <= keepDays,
      'BACKUPS_INVALID',
      'objectLockDays must not be more than keepDays: what is locked cannot expire.',
    ),
  );
