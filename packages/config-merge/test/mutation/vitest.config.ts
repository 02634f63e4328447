import { defineConfig } from 'vitest/config';

// These start programs, which run the sources and not the mutant, or tell nothing of it but cost much.
const slow = ['arbitraries', 'packed', 'program', 'readme', 'size', 'types'];

/** Thousands of mutants, one run each: few cases per law, always the same ones. */
export default defineConfig({
  resolve: { conditions: ['source', 'node', 'development|production'] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: slow.map((name) => `test/${name}.test.ts`),
    env: { FAST_CHECK_RUNS: '60', FAST_CHECK_SEED: '1' },
    setupFiles: ['test/mutation/first-failure.ts'],
    isolate: false,
    testTimeout: 30_000,
  },
});
