import { expect, test } from 'vitest';
import { BootstrapError } from '../../src/errors.ts';
import {
  commitLine,
  generationName,
  hasReached,
  parseCommits,
  superfluous,
  timeOf,
  type Generation,
} from '../../src/replica/generation.ts';
import { requireSoundSqlite } from '../../src/replica/sqlite-version.ts';

const now = Date.parse('2026-11-30T09:30:12.345Z');
const hour = 60 * 60 * 1000;

test('names sort by time, also where the clock was put back', () => {
  const first = generationName(now, ['lost+found']);
  expect(first).toMatch(/^20261130T093012345Z-[0-9a-f]{8}$/);
  expect(timeOf(first)).toBe(now);
  const second = generationName(now - hour, [first]);
  expect(timeOf(second)).toBe(now + 1);
  expect(timeOf('lost+found')).toBeUndefined();
});

test('a line of commits that was cut off, or is none, counts for nothing', () => {
  const commits = [
    { wal: 0, frames: 12, at: 1_796_000_000_000, checksum: [0, 0xffffffff] },
    { wal: 1, frames: 3, at: 1_796_000_000_500, checksum: [0x12345678, 10] },
  ] as const;
  const text = commits.map(commitLine).join('x\n');
  expect(text).toContain('1 3 1796000000500 123456780000000a\n');
  expect(parseCommits(`${text}1 4 1796000000750 12345678`)).toEqual(commits);
  expect(hasReached({ wal: 1, frames: 0 }, { wal: 0, frames: 9 })).toBe(true);
  expect(hasReached({ wal: 1, frames: 2 }, { wal: 1, frames: 3 })).toBe(false);
});

/** Each with the hours since it was complete; undefined: it is not. */
const generations = (...hours: (number | undefined)[]): Generation[] =>
  hours.map((ago, index) => ({
    name: String(index),
    directory: `/${index}`,
    ...(ago !== undefined && {
      completion: {
        at: new Date(now - ago * hour).toISOString(),
        database: { bytes: 0, sha256: '' },
        wal: { wal: 0, frames: 0 },
      },
    }),
  }));

test.each([
  { hours: [], gone: [] },
  { hours: [100], gone: [] },
  // The one before covers what is between.
  { hours: [100, 23], gone: [] },
  { hours: [100, 25, 23], gone: [0] },
  { hours: [100, 50, 25, 1], gone: [0, 1] },
  // The one that is being made, and those that nobody will complete.
  { hours: [1, undefined], gone: [] },
  { hours: [undefined, undefined], gone: [0] },
  { hours: [undefined, 1, undefined, undefined], gone: [0, 2] },
])('of generations complete since $hours hours go $gone', ({ hours, gone }) => {
  expect(superfluous(generations(...hours), now).map(({ name }) => Number(name))).toEqual(gone);
});

test('of one copy a minute all day long, as many are kept as a day has times of ten minutes, and none is far from the next', () => {
  const minutes = Array.from({ length: 1440 }, (_, index) => (1439 - index) / 60);
  let kept: Generation[] = [];
  for (const [index, made] of generations(...minutes).entries()) {
    kept.push(made);
    const gone = superfluous(kept, now - minutes[index]! * hour);
    kept = kept.filter((each) => !gone.includes(each));
  }
  const times = kept.map(({ completion }) => (Date.parse(completion!.at) - now) / 60_000);
  expect(times).toHaveLength(144);
  expect([times[0], times.at(-2), times.at(-1)]).toEqual([-1439, -1, 0]);
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(20);
});

test.each([
  ['3.42.0', false],
  ['3.44.5', false],
  ['3.44.6', true],
  ['3.45.3', false],
  ['3.50.6', false],
  ['3.50.7', true],
  ['3.51.2', false],
  ['3.51.3', true],
  ['3.53.4', true],
  ['2.8.17', false],
  [undefined, process.versions['sqlite'] !== undefined],
] as const)('SQLite %s can be trusted with a WAL: %s', (version, isSound) => {
  if (isSound) expect(() => requireSoundSqlite(version)).not.toThrow();
  else
    expect(() => requireSoundSqlite(version)).toThrow(
      expect.objectContaining({ code: 'HOST_UNSUPPORTED', constructor: BootstrapError }),
    );
});
