import * as fc from 'fast-check';
import { expect, test } from 'vitest';

/** Set FAST_CHECK_SEED to repeat a run. */
export const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);

/** How many cases a law is tried on. */
const runs = Number(process.env['FAST_CHECK_RUNS'] ?? 1_000);

/** A law is a sentence, tried on many cases. The seed is part of its title, so that any run can be repeated. */
export function law<T>(sentence: string, cases: fc.Arbitrary<T>, holds: (example: T) => void): void {
  test(`${sentence} (${runs} runs, seed ${seed})`, { timeout: 300_000 }, () => {
    const outcome = fc.check(fc.property(cases, holds), { numRuns: runs, seed });
    expect(fc.defaultReportMessage(outcome)).toBeUndefined();
  });
}
