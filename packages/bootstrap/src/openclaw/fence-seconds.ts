import type { PodSpec } from '../spec/pod-spec.ts';

/**
 * How long a new instance waits for the fence: the one before it has until the time-out of its terminating hook to end its
 * gateway, and then what its shutdown takes (480 and 330 s). The next instance in its place would find the same.
 */
const predecessorSeconds = 900;

/** How long whoever wants the state waits for another gateway that has it. */
export function fenceSeconds({
  lifecycle,
  readyTimeoutSeconds,
}: Pick<PodSpec, 'lifecycle' | 'readyTimeoutSeconds'>): number {
  return lifecycle?.drainHook === undefined
    ? readyTimeoutSeconds
    : Math.max(readyTimeoutSeconds, predecessorSeconds);
}
