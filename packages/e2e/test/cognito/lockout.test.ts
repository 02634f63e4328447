import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { Lockout } from '../../src/cognito/lockout.ts';

const second = 1000;
const minute = 60 * second;

test('The first lockout is one second after five failures, and each further failure doubles it up to 15 minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
      const lockout = new Lockout();
      let now = 0;
      let locked = 0;
      for (let failure = 1; failure <= count; failure += 1) {
        lockout.failed('alice', now);
        locked = failure < 5 ? 0 : Math.min(2 ** (failure - 5) * second, 15 * minute);
        expect(lockout.isLocked('alice', Math.max(now, now + locked - 1))).toBe(locked > 0);
        expect(lockout.isLocked('alice', now + locked)).toBe(false);
        now += locked;
      }
    }),
  );
});

test('An attempt during a lockout does not prolong it', () => {
  const lockout = new Lockout();
  for (let failure = 0; failure < 8; failure += 1) lockout.failed('alice', 0);
  for (let now = 0; now < 8 * second; now += 100) expect(lockout.isLocked('alice', now)).toBe(true);
  expect(lockout.isLocked('alice', 8 * second)).toBe(false);
});

test('A successful sign-in, or a quarter of an hour without an attempt, begins anew', () => {
  const lockout = new Lockout();
  const failures = (now: number) => {
    for (let failure = 0; failure < 4; failure += 1) lockout.failed('alice', now);
  };
  failures(0);
  lockout.succeeded('alice');
  failures(0);
  expect(lockout.isLocked('alice', 0)).toBe(false);
  failures(15 * minute);
  expect(lockout.isLocked('alice', 15 * minute)).toBe(false);
});

test('One name does not lock another', () => {
  const lockout = new Lockout();
  for (let failure = 0; failure < 6; failure += 1) lockout.failed('alice', 0);
  expect(lockout.isLocked('bob', 0)).toBe(false);
});
