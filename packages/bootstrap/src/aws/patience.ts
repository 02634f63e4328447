import { setTimeout as sleep } from 'node:timers/promises';
import { explain } from './explain.ts';
import type { Outlook } from './outlook.ts';

/** How long AWS is asked again before a failure counts. */
export interface Patience {
  /** For what passes by itself: a network or metadata that are not there yet, a busy service. In seconds; 0: one try. */
  readonly seconds: number;
  /** For a refusal: a role that was just made is not known everywhere yet. In seconds. Default: as `seconds`. */
  readonly deniedSeconds?: number;
  /** After so long without an answer a try is given up and counts as one that passes. In seconds. Default: 10. */
  readonly trySeconds?: number;
  /** Ends waiting, and the try that is under way. */
  readonly signal?: AbortSignal;
  /** Told once for each reason, in a sentence. */
  readonly onWait?: (why: string) => void;
}

export const oneTry: Patience = { seconds: 0 };

/**
 * For what a run reads first. A machine that has just booted may have no network, no metadata and no credentials for a
 * while; whoever replaces it gets a machine in the same place. Well within the heartbeat that a lifecycle hook has by default.
 * A refusal gets less: IAM takes seconds to reach everywhere
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
 */
export const patienceAtBoot: Patience = { seconds: 120, deniedSeconds: 20, trySeconds: 10 };

/**
 * Asks until there is an answer, a failure that will not pass, or no patience left; then the last failure is thrown.
 * Each time is a new start: a client of the SDK keeps what it once made of the metadata service.
 * @param ask lets go of all that it holds when its signal says so: it is not waited for any longer
 */
export async function patiently<T>(
  patience: Patience,
  outlookOf: (error: unknown) => Outlook,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const told = new Set<string>();
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5000)) {
    try {
      return await withinItsTime(patience, ask);
    } catch (error) {
      const budget = budgetOf(outlookOf(error), patience);
      const left = budget * 1000 - (performance.now() - start);
      if (left <= 0 || patience.signal?.aborted) throw error;
      const why = explain(error);
      if (!told.has(why)) patience.onWait?.(`${why}; asked again for up to ${Math.ceil(left / 1000)} s`);
      told.add(why);
      await sleep(Math.min(pause, left), undefined, patience).catch(() => {});
    }
  }
}

/**
 * Whatever asks has time-outs of its own for some of what can hang: the SDK has none for a server that accepts a request
 * and says nothing, and none of its time-outs covers an answer that stops in the middle.
 */
async function withinItsTime<T>(
  { trySeconds = 10, signal }: Patience,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(trySeconds * 1000);
  const ended = signal ? AbortSignal.any([signal, limit]) : limit;
  // One that has come tells nobody again.
  ended.throwIfAborted();
  let giveUp = (): void => {};
  const overdue = new Promise<never>((_, reject) => {
    giveUp = () => {
      const why = limit.aborted ? `no answer within ${trySeconds} s` : 'it was told to stop';
      reject(Object.assign(new Error(why), { name: 'TimeoutError' }));
    };
  });
  ended.addEventListener('abort', giveUp);
  try {
    return await Promise.race([ask(ended), overdue]);
  } finally {
    ended.removeEventListener('abort', giveUp);
  }
}

function budgetOf(outlook: Outlook, { seconds, deniedSeconds = seconds }: Patience): number {
  if (outlook === 'final') return 0;
  return outlook === 'denied' ? Math.min(deniedSeconds, seconds) : seconds;
}
