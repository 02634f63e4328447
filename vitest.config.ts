import { defineConfig } from 'vitest/config';
import { retry } from './testing/attempts.ts';
import { compileCache, temporaryFolder } from './testing/unit-tests.ts';

/** The tests of the monorepo itself: what is generated, and what is published. */
export default defineConfig({
  test: {
    globalSetup: [temporaryFolder, compileCache],
    include: ['test/**/*.test.ts'],
    sequence: { shuffle: true },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One core is left free by default; most of these wait for npm.
    maxWorkers: 2,
    retry,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-reports/root.json' },
  },
});
