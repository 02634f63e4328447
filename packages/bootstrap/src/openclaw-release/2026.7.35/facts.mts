// Measured by `npx projen openclaw:add`; by hand is only `peopleSchema`, which it leaves as it is.
import type { OpenClawRelease } from '../release.ts';

export const facts = {
  version: '2026.7.35',
  node: '>=22.22.3 <23 || >=24.15.0 <25 || >=25.9.0',
  healthCheckPaths: ['/healthz', '/health'],
  schemas: { state: 1 },
  migratesFrom: [],
  notRun: 'it has no gateway.roles, so that everybody who signs in would be an administrator',
} as const satisfies OpenClawRelease;
