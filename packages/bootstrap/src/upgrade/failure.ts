import { BootstrapError } from '../errors.ts';
import type { JournalStep, UpgradeFailure } from './records.ts';

export const retryHours = 1;

/** What says nothing of the release: a full disk, a registry that is away. It may be over without a change of the spec. */
const passing: readonly string[] = [
  'UPGRADE_NOT_POSSIBLE',
  'OPENCLAW_NOT_INSTALLABLE',
  'BACKUP_FAILED',
  'BACKUP_CORRUPT',
  'DISK_FULL',
  'DISK_READ_ONLY',
  'COMMAND_FAILED',
  'UNIT_FAILED',
];

/** A try that fails later than in these has stopped people's work. */
const undisturbing: readonly JournalStep[] = ['back-up', 'rehearse'];

/**
 * When an upgrade that failed is tried again with the same spec: never, if the release has failed, or everybody was offline for
 * the try. Else it takes half a minute of the machine, so what may pass is not tried each minute. One that was rolled back for
 * want of the release has not been tried, and is not before the release can be had.
 */
export function retryAt(step: JournalStep, code: string, now: Date): { readonly retryAt?: string } {
  const isTried = !undisturbing.includes(step) && code !== 'OPENCLAW_NOT_INSTALLABLE';
  if (isTried || !passing.includes(code)) return {};
  return { retryAt: new Date(now.getTime() + retryHours * 3_600_000).toISOString() };
}

/** The code and the words of whatever was thrown. */
export function failureOf(error: unknown): UpgradeFailure {
  if (error instanceof BootstrapError) return { code: error.code, message: error.message };
  return { code: 'UPGRADE_NOT_POSSIBLE', message: `${(error as Error).message}.` };
}
