import type { UnitState } from '../host/unit.ts';
import { permanentFailure } from './gateway-unit.ts';

export interface Observation {
  /** What `/readyz` answered; undefined while nothing does. */
  readonly status: number | undefined;
  readonly state: UnitState;
  /** Restarts since the wait began. */
  readonly restarts: number;
  readonly timedOut: boolean;
}

export interface Failure {
  readonly code: 'GATEWAY_NOT_READY' | 'GATEWAY_CONFIG_REFUSED' | 'STATE_LOCKED';
  /** Continues a sentence that begins with "The gateway". */
  readonly why: string;
}

export type Verdict = 'ready' | 'wait' | Failure;

/** A gateway that ends this often before it is ready does not become ready by another try. */
const hopeless = 4;

/** What an observation of a starting gateway means. */
export function judge({ status, state, restarts, timedOut }: Observation): Verdict {
  // Whoever answers while the unit does not run is another gateway on the same port.
  if (status === 200 && state.status === 'active') return 'ready';
  const exit = state.exitCode === undefined ? 'was killed' : `exited with code ${state.exitCode}`;
  if (state.status === 'failed') {
    return state.exitCode === permanentFailure
      ? { code: 'GATEWAY_CONFIG_REFUSED', why: `refuses to start (exit code ${permanentFailure})` }
      : { code: 'GATEWAY_NOT_READY', why: `${exit} and is not started again` };
  }
  if (state.status === 'absent' || state.status === 'inactive') {
    return { code: 'GATEWAY_NOT_READY', why: 'was stopped while it was starting' };
  }
  if (restarts >= hopeless) return { code: 'GATEWAY_NOT_READY', why: `${exit} ${restarts} times in a row` };
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
