import fc from 'fast-check';
import { test } from 'vitest';

/** Set FAST_CHECK_SEED to repeat a run. */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);

/** How many cases a law is tried on. */
export const runs = Number(process.env['FAST_CHECK_RUNS'] ?? 1_000);

/** A law is a sentence, tried on many cases. The seed is part of every report, so any run can be repeated. */
export function law<T>(sentence: string, cases: fc.Arbitrary<T>, holds: (example: T) => void): void {
  test(`${sentence} (${runs} runs, seed ${seed})`, { timeout: 120_000 }, () => {
    fc.assert(fc.property(cases, holds), { numRuns: runs, seed });
  });
}

export { seed };
