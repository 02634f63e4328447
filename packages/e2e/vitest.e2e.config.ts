import { defineConfig } from 'vitest/config';
import { retry } from '../../testing/attempts.ts';
import { temporaryFolder, unitTests } from '../../testing/unit-tests.ts';

const { resolve, ssr } = unitTests({ coverage: 0 });

/**
 * Real gateway, real browser, real systemd: two files at a time. A gateway that starts keeps little more than one core busy, and
 * a third file would make both others miss what has a time limit. `e2e/long/` takes minutes a test, and is left to the night.
 */
export default defineConfig({
  ...(resolve ? { resolve } : {}),
  ...(ssr ? { ssr } : {}),
  test: {
    include: ['e2e/**/*.e2e.test.ts'],
    globalSetup: [temporaryFolder],
    maxWorkers: 2,
    testTimeout: 480_000,
    hookTimeout: 480_000,
    retry,
    bail: 0,
    reporters: ['verbose', 'json'],
    outputFile: { json: 'test-reports/e2e.json' },
  },
});
