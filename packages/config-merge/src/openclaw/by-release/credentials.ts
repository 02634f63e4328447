// Generated from the pinned releases of OpenClaw by `npx projen openclaw:generate`. Do not edit.
import { credentials as of_2026_9_5 } from '../2026.9.5/credentials.ts';
import { credentials as of_2026_9_6 } from '../2026.9.6/credentials.ts';

export const credentials = {
  '2026.9.5': of_2026_9_5,
  '2026.9.6': of_2026_9_6,
} as const;
