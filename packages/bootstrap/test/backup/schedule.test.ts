import { describe, expect, test } from 'vitest';
import { backupConditions } from '../../src/backup/conditions.ts';
import { concernsAt, dueAt, type BackupPlan } from '../../src/backup/schedule.ts';
import type { BackupStatus, Drill } from '../../src/backup/status.ts';

const plan: BackupPlan = { prefix: 'pod/', bucket: 'bucket', everyHours: 6, keep: 12, drillEveryDays: 7 };
const start = new Date('2026-11-01T00:00:00Z');
const after = (hours: number): Date => new Date(start.getTime() + hours * 3_600_000);
const at = (hours: number): string => after(hours).toISOString();
const since: BackupStatus = { since: at(0) };
const failed = (hours: number) => ({ at: at(hours), code: 'BACKUP_FAILED', message: 'no room' });
const drillAt = (hours: number, error?: { code: string; message: string }): Drill => ({
  id: 'x',
  at: at(hours),
  openclaw: '2026.9.6',
  seconds: 30,
  databases: 2,
  rows: 10,
  sessions: 1,
  messages: 2,
  ...(error ? { error } : {}),
});

describe('a backup is due', () => {
  test.each<[string, number, BackupStatus | undefined, boolean]>([
    ['not before anybody looked', 1, undefined, false],
    ['not while a new pod gets going', 0.9, since, false],
    ['an hour after the first look', 1, since, true],
    ['not before its time', 5.9, { ...since, lastBackup: at(0) }, false],
    ['when its time has come', 6, { ...since, lastBackup: at(0) }, true],
    ['not right after one failed', 6.2, { ...since, lastBackup: at(0), backupFailure: failed(6) }, false],
    ['a quarter of an hour later', 6.25, { ...since, lastBackup: at(0), backupFailure: failed(6) }, true],
    ['when the last one lies far ahead, by a wrong clock', 6, { ...since, lastBackup: at(900) }, true],
  ])('%s', (_, hours, status, due) => {
    expect(dueAt(after(hours), plan, status).backup).toBe(due);
  });
});

describe('a drill is due', () => {
  const backedUp = { ...since, lastBackup: at(0) };
  test.each<[string, number, BackupStatus, boolean]>([
    ['not before there is a backup', 1000, since, false],
    ['with the first backup', 1, backedUp, true],
    ['not before its time', 167, { ...backedUp, lastGoodDrill: drillAt(0), lastDrill: drillAt(0) }, false],
    ['when its time has come', 168, { ...backedUp, lastGoodDrill: drillAt(0), lastDrill: drillAt(0) }, true],
    ['not within a day of a failure', 20, { ...backedUp, lastDrill: drillAt(0, failed(0)) }, false],
    ['a day after a failure', 24, { ...backedUp, lastDrill: drillAt(0, failed(0)) }, true],
  ])('%s', (_, hours, status, due) => {
    expect(dueAt(after(hours), plan, status).drill).toBe(due);
  });

  test('never without a plan for it', () => {
    const { drillEveryDays: _, ...without } = plan;
    expect(dueAt(after(9999), without, backedUp).drill).toBe(false);
  });
});

describe('an operator is told', () => {
  const fine: BackupStatus = {
    ...since,
    lastBackup: at(95),
    lastStored: at(95),
    lastDrill: drillAt(90),
    lastGoodDrill: drillAt(90),
  };
  const codesAt = (hours: number, status: BackupStatus) =>
    concernsAt(after(hours), plan, status).map(({ code }) => code);

  test('nothing while all goes well', () => {
    expect(codesAt(100, fine)).toEqual([]);
    expect(codesAt(0.5, since)).toEqual([]);
  });

  test('that backups stay away, and why', () => {
    const status = { ...fine, backupFailure: failed(120) };
    const [concern] = concernsAt(after(121), plan, status);
    expect(concern?.code).toBe('BACKUP_OVERDUE');
    expect(concern?.message).toContain('no room');
    expect(concern?.message).toContain(at(95));
  });

  test('that the bucket refuses them', () => {
    expect(codesAt(100, { ...fine, storeFailure: failed(99) })).toEqual(['BACKUP_NOT_STORED']);
    const [refused] = concernsAt(after(100), plan, { ...fine, storeFailure: failed(99) });
    expect(refused?.message).toContain('what was made later lies on the file system only');
  });

  test('that one that is damaged cannot go there, and not that later ones have not', () => {
    const torn = { ...failed(99), code: 'BACKUP_CORRUPT', message: 'a.tar.gz is torn' };
    const [concern] = concernsAt(after(100), plan, { ...fine, storeFailure: torn });
    expect(concern?.code).toBe('BACKUP_NOT_STORED');
    expect(concern?.message).toMatch(/one that is damaged cannot go there\. .*a\.tar\.gz is torn$/);
    expect(concern?.message).not.toContain('file system only');
  });

  test('that a drill failed, and that the last good one is long ago', () => {
    const status = { ...fine, lastDrill: drillAt(98, { code: 'BACKUP_CORRUPT', message: 'torn' }) };
    expect(codesAt(100, status)).toEqual(['DRILL_FAILED']);
    const later = { ...fine, lastBackup: at(499), lastStored: at(499) };
    expect(codesAt(500, later)).toEqual(['DRILL_OVERDUE']);
  });
});

describe('the report says whether', () => {
  const fine: BackupStatus = {
    ...since,
    lastBackup: at(95),
    lastStored: at(95),
    lastDrill: drillAt(90),
    lastGoodDrill: drillAt(90),
  };
  const saidAt = (hours: number, status: BackupStatus, of: BackupPlan = plan) =>
    backupConditions(after(hours), of, status).map(
      ({ type, status: is, reason }) => `${type}=${is} ${reason}`,
    );

  test.each<[string, number, BackupStatus, string[]]>([
    [
      'all is well',
      100,
      fine,
      ['BackupsMade=True InTime', 'BackupsStored=True InTime', 'RestoreProved=True InTime'],
    ],
    [
      'a pod is new',
      0.5,
      since,
      ['BackupsMade=Unknown NoneYet', 'BackupsStored=Unknown NoneYet', 'RestoreProved=Unknown NoneYet'],
    ],
    [
      'a pod was never backed up',
      24 * 15,
      since,
      [
        'BackupsMade=False BackupOverdue',
        'BackupsStored=False BackupNotStored',
        'RestoreProved=False DrillOverdue',
      ],
    ],
    [
      'the last drill failed',
      100,
      { ...fine, lastDrill: drillAt(98, { code: 'BACKUP_CORRUPT', message: 'torn' }) },
      ['BackupsMade=True InTime', 'BackupsStored=True InTime', 'RestoreProved=False DrillFailed'],
    ],
    [
      'a clock was wrong',
      100,
      { ...fine, lastBackup: at(9000) },
      ['BackupsMade=False BackupOverdue', 'BackupsStored=True InTime', 'RestoreProved=True InTime'],
    ],
  ])('%s', (_, hours, status, said) => {
    expect(saidAt(hours, status)).toEqual(said);
  });

  test('only what the plan promises holds', () => {
    const { drillEveryDays: _, bucket: __, ...less } = plan;
    expect(saidAt(100, fine, less)).toEqual(['BackupsMade=True InTime']);
  });

  test('all that is wrong with a drill, in one message', () => {
    const status = { ...fine, lastDrill: drillAt(498, { code: 'BACKUP_CORRUPT', message: 'torn' }) };
    const proved = backupConditions(after(500), plan, status).find(({ type }) => type === 'RestoreProved');
    expect(proved).toMatchObject({ status: 'False', reason: 'DrillFailed' });
    expect(proved?.message).toContain('torn');
    expect(proved?.message).toContain(`The last good drill is of ${at(90)}`);
  });
});
