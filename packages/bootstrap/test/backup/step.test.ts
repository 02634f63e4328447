import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GatewayLine } from '../../src/openclaw/gateway-line.ts';
import { begun, remember, rememberStored, storedMark, unstored } from '../../src/backup/keep.ts';
import { idOf } from '../../src/backup/manifest.ts';
import { replacedDirectory } from '../../src/backup/replaced.ts';
import { readStatus } from '../../src/backup/status.ts';
import { BackupStore } from '../../src/backup/store.ts';
import { metricsFile } from '../../src/host/layout.ts';
import { areBackupsDue, backUpState } from '../../src/steps/back-up.ts';
import { drillBackup } from '../../src/steps/drill.ts';
import { measureBackups } from '../../src/steps/measure-backups.ts';
import type { StepContext } from '../../src/steps/step.ts';
import { makePod, type TestPod } from '../stand-ins/pod.ts';

let pod: TestPod;
let now: Date;
beforeEach(async () => {
  pod = await makePod();
  now = new Date('2026-11-29T08:00:00Z');
  pod.host.now = () => now;
  await mkdir(pod.host.layout.cache, { recursive: true });
  await mkdir(pod.host.layout.records, { recursive: true });
});
afterEach(() => pod.close());

const context = (backups?: object): StepContext => ({
  spec: pod.spec(backups ? { backups } : {}),
  host: pod.host,
  secretEnvironment: async () => ({}),
  line: new GatewayLine(pod.host),
  startedAt: now,
  done: new Map(),
  signal: new AbortController().signal,
});
const later = (hours: number): void => {
  now = new Date(now.getTime() + hours * 3_600_000);
};

test('a pod without backups in its spec makes none and drills none', async () => {
  expect(await backUpState.apply(context())).toEqual({ changes: [], skipped: 'the spec has no backups' });
  expect(await drillBackup.apply(context({}))).toEqual({ changes: [], skipped: 'the spec has no drill' });
  expect(await areBackupsDue(pod.host, context().spec)).toBe(false);
});

test('the first look only remembers when it was: a look costs one small file', async () => {
  expect(await backUpState.apply(context({}))).toEqual({ changes: [] });
  expect(await readStatus(pod.host.layout)).toEqual({ since: now.toISOString() });
  expect((await stat(pod.host.layout.backups)).mode & 0o777).toBe(0o700);
  expect(await areBackupsDue(pod.host, context({}).spec)).toBe(false);
  later(1);
  expect(await areBackupsDue(pod.host, context({}).spec)).toBe(true);
  expect(await backUpState.plan(context({}))).toEqual(['back the state up']);
});

test('what fails is remembered, tried again after a while, and said once it is overdue', async () => {
  await backUpState.apply(context({}));
  later(1);
  // No OpenClaw is installed.
  await expect(backUpState.apply(context({}))).rejects.toThrow(
    expect.objectContaining({ code: 'OPENCLAW_UNUSABLE' }),
  );
  const status = await readStatus(pod.host.layout);
  expect(status?.backupFailure).toMatchObject({ at: now.toISOString(), code: 'OPENCLAW_UNUSABLE' });
  later(0.1);
  expect(await backUpState.apply(context({}))).toEqual({ changes: [] });
  later(12);
  await remember(context({}), { backupFailure: { ...status!.backupFailure!, at: now.toISOString() } });
  const { warnings } = await backUpState.apply(context({}));
  expect(warnings).toEqual([
    expect.objectContaining({
      code: 'BACKUP_OVERDUE',
      message: expect.stringContaining('OPENCLAW_UNUSABLE'),
    }),
  ]);
});

test('a damaged memory of it is as none: nothing is overdue, and nothing fails', async () => {
  await backUpState.apply(context({}));
  await writeFile(join(pod.host.layout.backups, 'status.json'), '{ "since": 7');
  expect(await backUpState.apply(context({}))).toEqual({ changes: [] });
  expect(await readFile(join(pod.host.layout.backups, 'status.json'), 'utf8')).toContain('2026-11-29');
});

test('the last one in the bucket is the newest with its mark, or one that was known and is gone here since', async () => {
  const store = new BackupStore(pod.host, context({ bucket: 'archives' }).spec);
  const { folder } = store;
  const make = async (hour: number, isStored: boolean): Promise<string> => {
    const at = `2026-11-29T0${hour}:00:00.000Z`;
    const none = { databases: [], contents: [], leftOut: [], remarks: [] };
    const of = { pod: 'test', reason: 'scheduled', openclaw: '2026.9.6', ...none } as const;
    await folder.make();
    await folder.describe({ format: 1, id: idOf(at), at, bytes: 1, sha256: '0'.repeat(64), ...of });
    if (isStored) await writeFile(join(folder.directory, storedMark(idOf(at), store.bucket!)), '');
    return at;
  };
  const storeFailure = { at: now.toISOString(), code: 'BACKUP_NOT_STORED', message: 'no' };
  const known = async (failure?: typeof storeFailure): Promise<object | undefined> => {
    await rememberStored(context({}), store, failure);
    return readStatus(pod.host.layout);
  };
  await make(1, false);
  expect(await known(storeFailure)).toEqual({ since: now.toISOString(), storeFailure });
  await make(2, true);
  const newest = await make(3, true);
  await make(4, false);
  expect(await known(storeFailure)).toMatchObject({ lastStored: newest, storeFailure });
  await folder.remove(idOf(newest));
  expect(await known()).toEqual({ since: now.toISOString(), lastStored: newest });
  await remember(context({}), { lastStored: '2038-01-01T00:00:00.000Z' });
  expect(await known()).toMatchObject({ lastStored: '2026-11-29T02:00:00.000Z' });
});

test('what is in one bucket is not in another, nor under another prefix of it', async () => {
  const store = (backups: object) => new BackupStore(pod.host, context(backups).spec);
  const here = store({ bucket: 'archives' });
  const at = '2026-11-29T01:00:00.000Z';
  const none = { databases: [], contents: [], leftOut: [], remarks: [] };
  const of = { pod: 'test', reason: 'scheduled', openclaw: '2026.9.6', ...none } as const;
  await here.folder.make();
  await here.folder.describe({ format: 1, id: idOf(at), at, bytes: 1, sha256: '0'.repeat(64), ...of });
  expect(await unstored(here)).toEqual([idOf(at)]);
  await writeFile(join(here.folder.directory, storedMark(idOf(at), here.bucket!)), '');
  expect(await unstored(here)).toEqual([]);
  for (const other of [{ bucket: 'others' }, { bucket: 'archives', prefix: 'below/' }])
    expect(await unstored(store(other))).toEqual([idOf(at)]);
  expect(await unstored(store({}))).toEqual([]);
  await here.folder.remove(idOf(at));
  expect(await readdir(here.folder.directory)).toEqual([]);
});

describe('a run that is killed in the middle', () => {
  const failing = (mark: 'backupBegun' | 'drillBegun') =>
    begun(context({}), mark, () => Promise.reject(new Error('killed')));

  test('fault (backup): each run is killed while it backs up, as by a limit of time or memory → the next ones do not begin it again until a while has passed, and the report says it', async () => {
    await backUpState.apply(context({}));
    later(1);
    await expect(failing('backupBegun')).rejects.toThrow('killed');
    later(0.02);
    expect(await areBackupsDue(pod.host, context({}).spec)).toBe(false);
    later(0.25);
    expect(await areBackupsDue(pod.host, context({}).spec)).toBe(true);
    later(12);
    await remember(context({}), { backupBegun: now.toISOString() });
    expect((await backUpState.apply(context({}))).warnings).toEqual([
      expect.objectContaining({
        code: 'BACKUP_OVERDUE',
        message: expect.stringMatching(/has not come to an end/),
      }),
    ]);
  });

  test('fault (backup): each run is killed in its drill → the next ones do not begin it again for a day, and the report says it', async () => {
    const plan = { drillEveryDays: 7 };
    await backUpState.apply(context(plan));
    await remember(context({}), { lastBackup: now.toISOString() });
    expect(await drillBackup.plan(context(plan))).toHaveLength(1);
    await expect(failing('drillBegun')).rejects.toThrow('killed');
    expect(await drillBackup.apply(context(plan))).toEqual({ changes: [] });
    expect((await measureBackups.apply(context(plan))).conditions).toContainEqual(
      expect.objectContaining({ type: 'RestoreProved', status: 'False', reason: 'DrillFailed' }),
    );
    later(24.1);
    expect(await drillBackup.plan(context(plan))).toHaveLength(1);
  });

  test('because it is told to stop has not failed: the next one takes it up at once', async () => {
    await backUpState.apply(context({}));
    later(1);
    const stopped = { ...context({}), signal: AbortSignal.abort() };
    await expect(begun(stopped, 'backupBegun', () => Promise.reject(new Error('stopped')))).rejects.toThrow();
    expect(await areBackupsDue(pod.host, context({}).spec)).toBe(true);
  });
});

describe('a state that a restore replaced', () => {
  test('goes after seven days, and not before', async () => {
    const directory = replacedDirectory(pod.host.layout, now);
    await mkdir(directory);
    await writeFile(join(directory, 'openclaw.json'), '{}');
    later(7 * 24 - 1);
    await backUpState.apply(context({}));
    await access(directory);
    later(2);
    await remember(context({}), { lastBackup: now.toISOString() });
    expect((await backUpState.apply(context({}))).changes).toEqual([
      'remove the state that a restore replaced at 2026-11-29T08:00:00.000Z',
    ]);
    await expect(access(directory)).rejects.toThrow('ENOENT');
  });
});

describe('how old the last good drill is', () => {
  const plan = { bucket: 'bucket', drillEveryDays: 7 };
  const measuring = (backups: object = plan): StepContext => {
    const { spec, ...rest } = context(backups);
    return { ...rest, spec: { ...spec, logGroup: '/clawharbor/test' } };
  };
  const lines = async () => {
    const text = await readFile(metricsFile(pod.host.layout), 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  beforeEach(async () => {
    await mkdir(pod.host.layout.reports, { recursive: true });
    await backUpState.apply(measuring());
  });

  test('is a metric in the format of CloudWatch, once an hour', async () => {
    later(2);
    const day = now.toISOString();
    const drill = { id: 'x', at: day, openclaw: '2026.9.6', seconds: 30, databases: 2, rows: 9, sessions: 1 };
    await remember(context({}), { lastBackup: day, lastGoodDrill: { ...drill, messages: 2 } });
    later(24);
    for (let run = 0; run < 3; run += 1) {
      await measureBackups.apply(measuring());
      later(0.02);
    }
    expect(await lines()).toEqual([
      {
        _aws: {
          Timestamp: Date.parse('2026-11-30T10:00:00Z'),
          CloudWatchMetrics: [
            {
              Namespace: 'Clawharbor',
              Dimensions: [['Pod']],
              Metrics: [
                { Name: 'LastBackupAge', Unit: 'Seconds' },
                { Name: 'LastStoredBackupAge', Unit: 'Seconds' },
                { Name: 'LastGoodDrillAge', Unit: 'Seconds' },
              ],
            },
          ],
        },
        Pod: 'test',
        LastBackupAge: 86_400,
        // Never yet: since backups were first looked after.
        LastStoredBackupAge: 93_600,
        LastGoodDrillAge: 86_400,
      },
    ]);
    later(1);
    await measureBackups.apply(measuring());
    expect(await lines()).toMatchObject([{}, { LastGoodDrillAge: 90_216 }]);
  });

  test('is a condition at every run, also where nobody collects metrics', async () => {
    later(24 * 15);
    expect((await measureBackups.apply(context(plan))).conditions).toContainEqual(
      expect.objectContaining({ type: 'RestoreProved', status: 'False', reason: 'DrillOverdue' }),
    );
    expect(await lines()).toEqual([]);
  });

  test('is no number when a clock was wrong', async () => {
    await remember(context({}), { lastBackup: '2036-01-01T00:00:00.000Z' });
    await measureBackups.apply(measuring());
    const [line] = await lines();
    expect(line).not.toHaveProperty('LastBackupAge');
    expect(JSON.stringify(line)).not.toMatch(/null|"LastBackupAge"/);
  });
});
