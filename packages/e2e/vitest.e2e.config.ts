import { defineConfig } from 'vitest/config';
import { retry } from '../../testing/attempts.ts';
import { temporaryFolder, unitTests } from '../../testing/unit-tests.ts';

const { resolve, ssr } = unitTests({ coverage: 0 });

/**
 * Real gateway, real browser, real systemd: one file at a time. Two would be no faster, because one gateway that starts keeps
 * both cores of a small machine busy, and what has a time limit would miss it.
 */
export default defineConfig({
  ...(resolve ? { resolve } : {}),
  ...(ssr ? { ssr } : {}),
  test: {
    include: ['e2e/**/*.e2e.test.ts'],
    globalSetup: [temporaryFolder],
    fileParallelism: false,
    testTimeout: 480_000,
    hookTimeout: 480_000,
    retry,
    bail: 0,
    reporters: ['verbose', 'json'],
    outputFile: { json: 'test-reports/e2e.json' },
  },
});
