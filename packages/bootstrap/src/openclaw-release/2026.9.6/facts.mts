// Measured by `npx projen openclaw:add`; by hand is only `peopleSchema`, which it leaves as it is.
import type { OpenClawRelease } from '../release.ts';

export const facts = {
  version: '2026.9.6',
  node: '>=24.16.0 <25 || >=26.1.0',
  healthCheckPaths: ['/healthz', '/health'],
  schemas: { state: 18, agent: 23 },
  migratesFrom: ['2026.7.35', '2026.9.5'],
  peopleSchema: 18,
} as const satisfies OpenClawRelease;
