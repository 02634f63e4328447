import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { temporaryFolder, unitTests } from './unit-tests.ts';

/** Tests of faults that take too long for each commit, one file at a time: `npx projen faults`. */
export function faultTests(): ViteUserConfig {
  const { resolve, ssr } = unitTests({ coverage: 0 });
  return defineConfig({
    ...(resolve ? { resolve } : {}),
    ...(ssr ? { ssr } : {}),
    test: {
      include: ['faults/**/*.faults.test.ts'],
      globalSetup: [temporaryFolder],
      fileParallelism: false,
      testTimeout: 3_600_000,
      hookTimeout: 600_000,
      bail: 0,
      reporters: ['verbose', 'json'],
      outputFile: { json: 'test-reports/faults.json' },
    },
  });
}
