import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { retry } from './attempts.ts';

/** Vitest's `globalSetup` of every test run of this repository. */
export const temporaryFolder = new URL('./temporary-folder.ts', import.meta.url).pathname;

/** The same of tests that start no real gateway. */
export const compileCache = new URL('./compile-cache.ts', import.meta.url).pathname;

export interface UnitTestOptions {
  /** Floor of line coverage, in percent, that `npx projen coverage` holds. */
  readonly coverage: number;
  /** Whether tests start programs, which may miss a limit of time on a busy machine. Default: false. */
  readonly startsPrograms?: boolean;
}

/** The packages of this repository are tested as sources, in random order, without a network. */
export function unitTests({ coverage, startsPrograms = false }: UnitTestOptions): ViteUserConfig {
  // Not `module`: the AWS SDK has ES modules for bundlers behind it, which Node.js cannot load.
  const conditions = ['source', 'node', 'development|production'];
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: ['source', 'node', 'import'] } },
    test: {
      include: ['test/**/*.test.ts'],
      exclude: ['test/**/*.e2e.test.ts'],
      globalSetup: [temporaryFolder, compileCache],
      setupFiles: [new URL('./deny-network.ts', import.meta.url).pathname],
      // Files have a process of their own each. Vitest begins with the large ones, which take longest.
      sequence: { shuffle: { tests: true } },
      testTimeout: startsPrograms ? 120_000 : 30_000,
      retry: startsPrograms ? retry : 0,
      // Vitest leaves a core free. Who waits for programs that they started needs none.
      maxWorkers: startsPrograms ? availableParallelism() + 1 : Math.max(2, availableParallelism() - 1),
      reporters: ['default', 'json'],
      outputFile: { json: 'test-reports/unit.json' },
      // Watching what runs takes up to half of the time: `npx projen coverage`.
      coverage: {
        provider: 'v8',
        include: ['src/**/*.ts'],
        exclude: ['src/bin/**'],
        reporter: ['text-summary', 'json-summary'],
        thresholds: { lines: coverage },
      },
    },
  });
}
