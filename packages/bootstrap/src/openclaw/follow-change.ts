import type { Effect } from '@clawharbor/config-merge/openclaw';
import type { ReloadVerdict } from './reload-verdict.ts';
import type { Running } from './running-config.ts';

/**
 * A gateway that has not noticed a change in this time has missed it: OpenClaw takes a second, and the first question to it
 * some more where the machine is busy.
 */
export const noticeSeconds = 30;

/**
 * How long OpenClaw puts a restart off for work that is under way; then it forces it. `docs/gateway/restart-recovery.md`:
 * "up to a drain budget (5 minutes by default)".
 */
export const deferralSeconds = 300;

export interface ChangeObservation {
  /** What `/readyz` answered. */
  readonly status: number | undefined;
  /** What it logged of the change. */
  readonly said: ReloadVerdict | undefined;
  /** What it answered when it was asked; undefined while it has not been, or did not answer. */
  readonly running: Running | undefined;
  /** What the table of OpenClaw's reload rules says of the change; undefined: not known. */
  readonly effect: Effect | undefined;
  /** The config had been lost: what it runs with may be nobody's. */
  readonly wasLost: boolean;
  /** Since the first look at it. */
  readonly seconds: number;
  /** How long it may take from a restart to ready, in seconds. */
  readonly readySeconds: number;
}

/** `restart` says why, and continues a sentence that begins with "The gateway". `unknown`: nobody can tell. */
export type ChangeVerdict =
  'in-effect' | 'wait' | 'unknown' | { readonly restart: string } | { readonly refused: string };

/**
 * What becomes of a running gateway whose config has changed. It is let alone as long as it may take the change by itself:
 * in place, or by a restart of its own, which waits for people's turns. Its own answer counts more than its log, which has
 * no word for some changes. One that cannot be asked, as where its machine is too busy, is not restarted for that: nothing
 * speaks against it.
 */
export function followChange(seen: ChangeObservation): ChangeVerdict {
  const { status, said, running, effect, wasLost, seconds, readySeconds } = seen;
  if (running === 'in-effect') return status === 200 ? 'in-effect' : 'wait';
  if (typeof said === 'object') return said;
  if (running === 'invalid') return { refused: 'does not take its config' };
  if (wasLost && (running === 'other' || said === 'restart')) return { restart: 'runs with another config' };
  if (said === 'off') return { restart: 'takes no change while it runs (gateway.reload.mode is off)' };
  if (said === 'restart') {
    const budget = deferralSeconds + readySeconds;
    return seconds < budget ? 'wait' : { restart: `has not restarted by itself within ${budget} s` };
  }
  if (said === 'applied' && running === 'seen') return 'in-effect';
  if (seconds < noticeSeconds) return 'wait';
  if (running === undefined && !wasLost) return 'unknown';
  if (running === 'seen' && effect !== 'restart') return 'in-effect';
  return { restart: `has not taken its config within ${noticeSeconds} s` };
}
