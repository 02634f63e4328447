import * as z from 'zod';
import type { Patience } from '../aws/patience.ts';
import { parseOrNothing } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { joinLifecycle } from '../lifecycle.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { describeHold } from './held-launch.ts';
import { verdictOf } from './verdict.ts';

type Named = Pick<PodSpec, 'lifecycle' | 'region'>;

/** What an instance must know of a spec to say that it is still there; the rest may be as it will. */
const named = z.object({
  region: z.string(),
  lifecycle: z.object({
    autoScalingGroup: z.string(),
    hook: z.string(),
    heartbeatSeconds: z.number(),
    drainHook: z.string().optional(),
  }),
});

/** @returns undefined where the text does not say which hook waits for the instance */
export function hookNamedBy(text: string): Named | undefined {
  return named.safeParse(parseOrNothing(text)).data;
}

/**
 * Holds the launch of an instance whose spec cannot be used, where another one could not use it either.
 * @param spec the last one that could be read, or what can be read of this one
 * @returns the failure with what becomes of the launch; undefined where none waits
 */
export async function holdUnread(
  failure: BootstrapError,
  spec: Named,
  host: Host,
  patience: Patience,
): Promise<string | undefined> {
  if (verdictOf(failure.code, { isHeld: false, hasFailedElsewhere: false }) === 'abandon') return undefined;
  try {
    const joined = await joinLifecycle(spec, host, { ...patience, seconds: 10 });
    joined.close();
    const until = await joined.hold?.();
    return until && `${failure.message}\n${describeHold(failure.code, until)}.`;
  } catch (error) {
    // Whether it waits nobody can say; the next try may.
    if (error instanceof BootstrapError && error.code === 'LIFECYCLE_SIGNAL_FAILED')
      return `${failure.message}\n${error.message}`;
    return undefined;
  }
}
