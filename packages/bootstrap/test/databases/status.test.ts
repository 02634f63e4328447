import { expect, test } from 'vitest';
import { replicaAge, type KeeperStatus } from '../../src/databases/status.ts';

const now = 1_800_000_000_000;
const ago = (seconds: number): number => now - seconds * 1000;
const status = (more: Partial<KeeperStatus> = {}): KeeperStatus => ({
  at: ago(2),
  epoch: 'epoch',
  databases: {},
  ...more,
});
const database = (shippedAt: number, problem?: string): KeeperStatus['databases'][string] => ({
  shippedAt,
  since: ago(600),
  pendingBytes: 0,
  ...(problem === undefined ? {} : { problem }),
});

test('a replica is as old as that of the database that is behind most, which says why', () => {
  const databases = { a: database(ago(3)), b: database(ago(70), 'no answer') };
  expect(replicaAge(status({ databases }), now)).toEqual({ seconds: 70, why: 'b: no answer' });
});

test('a database of which nothing could be replicated is behind since somebody tried', () => {
  const databases = { a: database(ago(3)), junk: database(0, 'file is not a database') };
  expect(replicaAge(status({ databases }), now)).toEqual({
    seconds: 600,
    why: 'junk: file is not a database',
  });
});

test('once nothing is said any more, it ages', () => {
  expect(replicaAge(status({ at: ago(120), databases: { a: database(ago(121)) } }), now)).toEqual({
    seconds: 121,
    why: undefined,
  });
  expect(replicaAge(status({ at: ago(120) }), now).seconds).toBe(120);
});

test('what keeps other files from following is said where no database is behind for a reason', () => {
  const databases = { a: database(ago(1)) };
  expect(replicaAge(status({ databases, problem: 'no room' }), now).why).toBe('no room');
});
