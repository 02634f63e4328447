// Measured by `npx projen openclaw:add`; by hand is only `peopleSchema`, which it leaves as it is.
import type { OpenClawRelease } from '../release.ts';

export const facts = {
  version: '2026.9.5',
  node: '>=24.16.0 <25 || >=26.1.0',
  healthCheckPaths: ['/healthz', '/health'],
  schemas: { state: 17, agent: 21 },
  migratesFrom: [],
} as const satisfies OpenClawRelease;
