// Generated from the pinned releases of OpenClaw by `npx projen openclaw:generate`. Do not edit.
export type { OpenClawConfig } from '../2026.9.6/config.ts';

/** The oldest first. */
export const versions = ['2026.9.5', '2026.9.6'] as const;
