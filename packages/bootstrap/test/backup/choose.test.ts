import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choose, mustFit } from '../../src/backup/choose.ts';
import { superfluous, type Held } from '../../src/backup/keep.ts';
import { rowLosses } from '../../src/backup/losses.ts';
import { idOf, type BackupManifest } from '../../src/backup/manifest.ts';
import { newestOf } from '../../src/backup/newest.ts';
import { compareReleases } from '../../src/backup/release-order.ts';

const backup = (at: string, more: Partial<BackupManifest> = {}): BackupManifest => ({
  format: 1,
  id: idOf(at),
  pod: 'team',
  at,
  reason: 'scheduled',
  bytes: 1,
  sha256: '0'.repeat(64),
  openclaw: '2026.9.6',
  databases: [],
  contents: [],
  leftOut: [],
  remarks: [],
  ...more,
});
const days = ['2026-11-01T08:00:00.000Z', '2026-11-02T08:00:00.000Z', '2026-11-03T08:00:00.000Z'];
const backups = days.map((at) => backup(at));

describe('choosing', () => {
  test('by time takes the last one that has nothing newer', () => {
    expect(choose(backups, { at: new Date('2026-11-02T23:00:00Z') }).at).toBe(days[1]);
    expect(choose(backups, { at: new Date(days[2]!) }).at).toBe(days[2]);
  });

  test.each([
    [{ at: new Date('2026-10-01T00:00:00Z') }, /of 2026-10-01.*There are 3/],
    [{ id: 'nonsense' }, /named nonsense/],
  ])('what is not there is refused: %j', (wanted, message) => {
    expect(() => choose(backups, wanted)).toThrow(
      expect.objectContaining({ code: 'BACKUP_NOT_FOUND', message: expect.stringMatching(message) }),
    );
  });
});

test('where there is none of the pod, those of others are named', () => {
  const at = new Date('2026-12-01T00:00:00Z');
  const message = (pod: string, all = backups): string => {
    try {
      return `took ${choose(all, { at }, pod).id}`;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message('team')).toBe(`took ${backups[2]!.id}`);
  expect(message('other')).toMatch(
    /There is none at all of the pod other\. There are some of team: if one is meant, say --pod\.$/,
  );
  expect(message('other', [])).toMatch(/There is none at all of the pod other\.$/);
});

describe('a pod refuses', () => {
  const target = { pod: 'team', openclaw: '2026.9.5' };
  test('the backup of another pod', () => {
    const foreign = backup(days[0]!, { pod: 'other', openclaw: '2026.9.5' });
    expect(() => mustFit(foreign, target)).toThrow(expect.objectContaining({ code: 'BACKUP_FOREIGN' }));
    expect(() => mustFit(foreign, { ...target, pod: 'other' })).not.toThrow();
  });

  test('the backup of a newer release, and takes that of an older one', () => {
    expect(() => mustFit(backup(days[0]!), target)).toThrow(
      expect.objectContaining({ code: 'BACKUP_NEWER' }),
    );
    expect(() => mustFit(backup(days[0]!, { openclaw: '2026.7.35' }), target)).not.toThrow();
  });

  test('releases are ordered by their numbers', () => {
    const release = fc.tuple(fc.nat(3), fc.nat(12), fc.nat(40)).map(([y, m, n]) => `${2025 + y}.${m}.${n}`);
    fc.assert(
      fc.property(release, release, (a, b) => {
        const [one, other] = [a, b].map((text) => text.split('.').map(Number));
        const first = one!.findIndex((value, index) => value !== other![index]);
        const expected = first === -1 ? 0 : Math.sign(one![first]! - other![first]!);
        expect(Math.sign(compareReleases(a, b))).toBe(expected);
      }),
    );
  });
});

describe('what stays', () => {
  const many = Array.from({ length: 10 }, (_, day) => backup(`2026-11-1${day}T08:00:00.000Z`));
  const ids = many.map(({ id }) => id);
  const now = new Date('2026-11-19T09:00:00Z');
  const held = (unstored: readonly string[] = [], wayBack?: string): Held => ({
    unstored: new Set(unstored),
    wayBack,
  });
  test('is the newest', () => expect(superfluous(many, 4, held(), now)).toEqual(ids.slice(0, 6)));
  test('is also what is nowhere else yet', () => {
    expect(superfluous(many, 4, held(ids.slice(0, 2)), now)).toEqual(ids.slice(2, 6));
  });
  test('is not what a clock that was wrong put ahead of all others', () => {
    const ahead = ['2038-01-01T08:00:00.000Z', '2038-01-02T08:00:00.000Z'].map((at) => backup(at));
    expect(superfluous([...many, ...ahead], 4, held(), now)).toEqual([
      ...ahead.map(({ id }) => id),
      ...ids.slice(0, 6),
    ]);
    expect(newestOf([...many, ...ahead], now)?.id).toBe(ids.at(-1));
    expect(newestOf(ahead, now)?.id).toBe(ahead[1]?.id);
  });
  test('is not more than three times as much: a bucket that refuses all must not fill the disk', () => {
    expect(superfluous(many, 3, held(ids), now)).toEqual(ids.slice(0, 1));
  });
  test('is also the way back from an upgrade, however many are newer', () => {
    expect(superfluous(many, 1, held([], ids[0]), now)).toEqual(ids.slice(1, 9));
    expect(superfluous(many, 3, held(ids, ids[0]), now)).toEqual([]);
    expect(superfluous(many, 4, held([], '2026-11-01T08-00-00.000Z'), now)).toEqual(ids.slice(0, 6));
  });
});

test('losses are the rows that came after it', () => {
  const database = (rows: Record<string, number>) => [{ file: 'state/openclaw.sqlite', schema: 18, rows }];
  expect(rowLosses(database({ a: 3, b: 1 }), database({ a: 5, b: 1, c: 2 }))).toEqual([
    'state/openclaw.sqlite: 2 of 5 rows of a came after it',
    'state/openclaw.sqlite: 2 of 2 rows of c came after it',
  ]);
});
