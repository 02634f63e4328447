import type { Patience } from '../aws/patience.ts';
import { drainIfLeaving, type ConvergeOptions } from '../converge.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { holdUnread, hookNamedBy } from '../launch/unread-spec.ts';
import { lastSpec } from '../spec/last-spec.ts';
import { parseSpecText } from '../spec/load.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { readSpec } from '../spec/source.ts';
import type { Output } from './output.ts';

/** From one look at a spec that could not be used to the next, well within the least time of a hook. */
const pauseSeconds = 20;

export interface UsableSpec {
  readonly spec: PodSpec;
  readonly text: string;
}

/**
 * The spec to run by. The first run of an instance has nobody who would run it again: where its launch is held for the spec, it
 * waits here for one that can be used.
 * @returns undefined where Auto Scaling takes the instance away, and it is drained
 * @throws BootstrapError as `loadPodSpec`
 */
export async function usableSpec(
  source: string,
  host: Host,
  options: ConvergeOptions & { readonly patience: Patience; readonly signal: AbortSignal },
  output: Pick<Output, 'report' | 'problem'>,
): Promise<UsableSpec | undefined> {
  for (;;) {
    let text: string | undefined;
    try {
      text = await readSpec(source, options.patience);
      return { text, spec: parseSpecText(text, source) };
    } catch (error) {
      const last = await lastSpec(host.layout);
      const drained = last && (await drainIfLeaving(last, host, options));
      if (drained !== undefined) {
        output.report(drained);
        return undefined;
      }
      if (!(error instanceof BootstrapError) || options.isRepeated !== true) throw error;
      const known = (text === undefined ? undefined : hookNamedBy(text)) ?? last;
      const held = known && (await holdUnread(error, known, host, options.patience));
      if (held === undefined) throw error;
      const told = new BootstrapError(error.code, held, { cause: error });
      // Since the first run by a spec there is the timer.
      if (last !== undefined) throw told;
      output.problem(told);
      await host.sleep(pauseSeconds * 1000, options.signal);
    }
  }
}
