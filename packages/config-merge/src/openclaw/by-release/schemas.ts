// Generated from the pinned releases of OpenClaw by `npx projen openclaw:generate`. Do not edit.
import { definitions as of_2026_9_5 } from '../2026.9.5/schema.ts';
import { definitions as of_2026_9_6 } from '../2026.9.6/schema.ts';

export const schemas = {
  '2026.9.5': of_2026_9_5,
  '2026.9.6': of_2026_9_6,
} as const;
