// Generated from the pinned releases of OpenClaw by `npx projen openclaw:generate`. Do not edit.
import { effects as of_2026_9_5 } from '../2026.9.5/effects.ts';
import { effects as of_2026_9_6 } from '../2026.9.6/effects.ts';

export const effects = {
  '2026.9.5': of_2026_9_5,
  '2026.9.6': of_2026_9_6,
} as const;
