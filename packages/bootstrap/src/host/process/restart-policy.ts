import type { Unit } from '../unit.ts';

export interface Exit {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  /** When the unit was started, in milliseconds of a clock that nobody sets, newest last; this run included. */
  readonly starts: readonly number[];
  readonly now: number;
}

export type AfterExit = { readonly restartIn: number } | { readonly failed: string };

/**
 * What follows when a unit ended that nobody stopped: `Restart=always`, `RestartPreventExitStatus=` and
 * `StartLimitBurst=` of https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
 * @returns milliseconds until the restart, or why there is none
 */
export function afterExit(policy: Unit['restart'], exit: Exit): AfterExit {
  if (exit.code !== undefined && policy.neverOn.includes(exit.code)) {
    return { failed: `exit code ${exit.code} is permanent` };
  }
  const window = policy.burst.seconds * 1000;
  const delay = policy.delaySeconds * 1000;
  const recent = exit.starts.filter((start) => start > exit.now + delay - window);
  if (recent.length >= policy.burst.starts) {
    return { failed: `started ${recent.length} times in ${policy.burst.seconds} s` };
  }
  return { restartIn: delay };
}
