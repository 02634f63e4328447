import { defineConfig } from 'vitest/config';

/** The tests of the monorepo itself: what is generated, and what is published. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { shuffle: true },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-reports/root.json' },
  },
});
