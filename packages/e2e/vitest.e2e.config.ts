import { defineConfig } from 'vitest/config';
import { temporaryFolder, unitTests } from '../../testing/unit-tests.ts';

const { resolve, ssr } = unitTests({ coverage: 0 });

/** Real gateway, real browser, real systemd: one file at a time, because the machine has one of each. */
export default defineConfig({
  ...(resolve ? { resolve } : {}),
  ...(ssr ? { ssr } : {}),
  test: {
    include: ['e2e/**/*.e2e.test.ts'],
    globalSetup: [temporaryFolder],
    fileParallelism: false,
    testTimeout: 480_000,
    hookTimeout: 480_000,
    bail: 0,
    reporters: ['verbose', 'json'],
    outputFile: { json: 'test-reports/e2e.json' },
  },
});
