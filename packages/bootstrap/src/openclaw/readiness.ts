import type { UnitState } from '../host/unit.ts';
import { endingOf, type Ending } from './exit-codes.ts';

export interface Observation {
  /** What `/readyz` answered; undefined while nothing does. */
  readonly status: number | undefined;
  readonly state: UnitState;
  /** Restarts since the wait began. */
  readonly restarts: number;
  readonly timedOut: boolean;
  /** The end of its log, oldest first: what it said says what its exit code means. */
  readonly log: readonly string[];
}

export interface Failure {
  readonly code: Ending['code'];
  /** Continues a sentence that begins with "The gateway". */
  readonly why: string;
  /** The same program will not start with the same state: it is not to be tried again. */
  readonly isPermanent?: true;
}

export type Verdict = 'ready' | 'wait' | Failure;

/** A gateway that ends this often before it is ready does not become ready by another try. */
const hopeless = 4;

/** What an observation of a starting gateway means. */
export function judge({ status, state, restarts, timedOut, log }: Observation): Verdict {
  // Whoever answers while the unit does not run is another gateway on the same port.
  if (status === 200 && state.status === 'active') return 'ready';
  const { code, why, mayPass } = endingOf(state.exitCode, log);
  if (state.status === 'failed' || state.status === 'restarting') {
    if (!mayPass) return { code, why, isPermanent: true };
    if (state.status === 'failed') return { code, why: `${why} and is not started again` };
  }
  if (state.status === 'absent' || state.status === 'inactive') {
    return { code: 'GATEWAY_NOT_READY', why: 'was stopped while it was starting' };
  }
  if (restarts >= hopeless) return { code, why: `${why} ${restarts} times in a row` };
  if (!timedOut) return 'wait';
  if (state.status === 'starting') {
    return { code: 'STATE_LOCKED', why: 'still waits for another one that holds the lock of the state' };
  }
  return {
    code: 'GATEWAY_NOT_READY',
    why:
      status === undefined
        ? 'does not answer in time'
        : `answers ${status} to /readyz and is not ready in time`,
  };
}
