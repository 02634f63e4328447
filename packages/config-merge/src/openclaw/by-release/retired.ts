// Generated from the pinned releases of OpenClaw by `npx projen openclaw:generate`. Do not edit.
import { retired as of_2026_9_5 } from '../2026.9.5/retired.ts';
import { retired as of_2026_9_6 } from '../2026.9.6/retired.ts';

export const retired = {
  '2026.9.5': of_2026_9_5,
  '2026.9.6': of_2026_9_6,
} as const;
