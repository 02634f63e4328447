import { describe, expect, test } from 'vitest';
import { timesOffline, type Look } from '../bench/timeline.ts';

const old = { isReady: true, pid: 1 };
const gone = { isReady: false };

/** Looks at these times. */
const at = (looks: Record<number, Omit<Look, 'at'>>): Look[] =>
  Object.entries(looks).map(([time, look]) => ({ at: Number(time), ...look }));

describe('what the bench sees of a pod', () => {
  test('is no time offline while somebody answers, nor before anybody has, nor when nobody comes back', () => {
    expect(timesOffline(at({ 0: gone, 10: old, 20: old, 30: gone }))).toEqual([]);
  });

  test('is the time from the last answer to the next, and how much of it the new process needed', () => {
    const looks = {
      0: old,
      10: old,
      20: gone,
      30: { isReady: false, pid: 2 },
      40: { isReady: true, pid: 2 },
    };
    expect(timesOffline(at({ ...looks, 50: { isReady: true, pid: 2 } }))).toEqual([
      { offline: 30, start: 10, tried: 0 },
    ]);
  });

  test('is how long a release was tried that did not do, and then the start of the old one', () => {
    const looks = at({
      0: old,
      10: { isReady: false, step: 'copy' },
      20: { isReady: false, step: 'switch' },
      30: { isReady: false, step: 'switch', pid: 2 },
      40: { isReady: false, step: 'roll-back' },
      50: { isReady: false, pid: 3 },
      60: { isReady: true, pid: 3 },
    });
    expect(timesOffline(looks)).toEqual([{ offline: 60, start: 10, tried: 20 }]);
  });

  test('is each time apart', () => {
    expect(timesOffline(at({ 0: old, 10: gone, 20: old, 30: gone, 50: old }))).toMatchObject([
      { offline: 20 },
      { offline: 30 },
    ]);
  });
});
