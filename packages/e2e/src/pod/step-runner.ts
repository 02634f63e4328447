import type { Listener, StepEvent } from './events.ts';

/** Runs one step of the pod's own, and tells of it. */
export type RunStep = <T>(
  step: string,
  act: () => Promise<T>,
  describe?: (result: T) => readonly string[],
) => Promise<T>;

/** @param signal no further step starts once it has come, and what it interrupts has not failed */
export function stepRunner(listener: Listener, signal: AbortSignal): RunStep {
  return async (step, act, describe) => {
    signal.throwIfAborted();
    const started = performance.now();
    const tell = (status: StepEvent['status'], detail: readonly string[] = []) =>
      listener({ event: 'step', step, status, durationMs: Math.round(performance.now() - started), detail });
    listener({ event: 'step', step, status: 'started' });
    try {
      const result = await act();
      // What takes a while without a pause, such as synth, hears of the signal only now.
      await new Promise((heard) => setImmediate(heard));
      signal.throwIfAborted();
      tell('changed', describe?.(result));
      return result;
    } catch (error) {
      tell(signal.aborted ? 'stopped' : 'failed');
      throw error;
    }
  };
}
