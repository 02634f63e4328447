import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/aws/index.ts';

it('wakes at the time, not before, unless it is taken back', async () => {
  const woken: string[] = [];
  const start = systemClock.now();
  systemClock.at(start + 20, () => woken.push('soon'));
  systemClock.at(start - 20, () => woken.push('past'));
  const takeBack = systemClock.at(start + 10, () => woken.push('taken back'));
  // Longer than a timer can count, which Node.js would let end at once.
  const never = systemClock.at(start + 2 ** 40, () => woken.push('in 34 years'));
  takeBack();
  await sleep(60);
  never();
  expect(woken).toEqual(['past', 'soon']);
});
