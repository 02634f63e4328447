import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeInstance, InstanceMetadata } from './aws/instance-metadata.ts';
import { oneTry, type Patience } from './aws/patience.ts';
import { LifecycleHook, type LifecycleResult } from './aws/lifecycle-hook.ts';
import { writeAtomically } from './config/atomic-file.ts';
import { readIfPresent } from './config/files.ts';
import type { Host } from './host/host.ts';
import { endOfHold, HeldLaunch } from './launch/held-launch.ts';
import type { PodSpec } from './spec/pod-spec.ts';

/** The part that Auto Scaling plays in a run; none where the spec has no lifecycle hook. */
export interface Lifecycle {
  readonly instanceId: string | undefined;
  /** The instance goes to a warm pool: it may prepare, and must not touch the state. */
  readonly warm: boolean;
  /** Auto Scaling takes the instance away and waits until its gateway has ended. */
  readonly leaving: boolean;
  /** Whether a run before this one has held the launch. */
  readonly isHeld: boolean;
  /**
   * Keeps Auto Scaling waiting for longer than this run. Absent where no launch is left to complete.
   * @returns until when at the latest; undefined where it does not wait
   */
  readonly hold?: () => Promise<Date | undefined>;
  /** @returns what was done, in one line; undefined when this launch was completed before */
  complete(result: LifecycleResult): Promise<string | undefined>;
  /**
   * Says that its gateway has ended, where that is waited for: also before it goes back into a warm pool.
   * @returns as {@link complete}
   */
  completeDrain(): Promise<string | undefined>;
  /** Resolves once Auto Scaling takes the instance away, which is looked for every ten seconds until the signal comes. */
  untilLeaving(signal: AbortSignal): Promise<void>;
  close(): void;
}

const lookMilliseconds = 10_000;

const none: Lifecycle = {
  instanceId: undefined,
  warm: false,
  leaving: false,
  isHeld: false,
  complete: async () => undefined,
  completeDrain: async () => undefined,
  untilLeaving: () => new Promise(() => {}),
  close: () => {},
};

/** @throws BootstrapError `HOST_UNSUPPORTED` when there is a hook and no instance metadata */
export async function joinLifecycle(
  spec: Pick<PodSpec, 'lifecycle' | 'region'>,
  host: Host,
  patience: Patience,
): Promise<Lifecycle> {
  if (!spec.lifecycle) return none;
  const began = host.now();
  const { id, target } = await describeInstance(patience);
  const { drainHook } = spec.lifecycle;
  const completeDrain = async (): Promise<string | undefined> => {
    if (drainHook === undefined) return undefined;
    // No heartbeat: whatever becomes of the gateway, the hook has its time-out and no more.
    const drain = new LifecycleHook({ ...spec.lifecycle!, hook: drainHook }, id, spec.region, patience);
    return (await drain.complete('CONTINUE')) ? `CONTINUE for ${id}, whose gateway has ended` : undefined;
  };
  const isLeaving = (state: string | undefined): boolean =>
    drainHook !== undefined && (state?.endsWith('Terminated') ?? false);
  if (isLeaving(target)) return { ...none, instanceId: id, leaving: true, completeDrain };
  const untilLeaving = async (signal: AbortSignal): Promise<void> => {
    const metadata = new InstanceMetadata({ ...oneTry, signal });
    const look = () => metadata.targetLifecycleState().catch(() => undefined);
    do await host.sleep(lookMilliseconds, signal);
    while (!isLeaving(await look()));
  };
  const warm = target?.startsWith('Warmed:') ?? false;
  // The hook fires once on the way into a warm pool and once more on the way out of it.
  const launch = JSON.stringify({ id, target: target ?? 'InService', hook: spec.lifecycle.hook });
  const file = join(host.layout.reports, 'lifecycle.json');
  if ((await readIfPresent(file)) === launch)
    return { ...none, instanceId: id, warm, completeDrain, untilLeaving };

  const held = new HeldLaunch(host.layout, launch);
  const since = await held.since();
  const hook = new LifecycleHook(spec.lifecycle, id, spec.region, patience);
  const { heartbeatSeconds } = spec.lifecycle;
  hook.startHeartbeat(since !== undefined);
  return {
    instanceId: id,
    warm,
    leaving: false,
    isHeld: since !== undefined,
    async hold() {
      if (!(await hook.hold())) return undefined;
      await held.remember(since ?? began);
      return endOfHold(since ?? began, heartbeatSeconds);
    },
    async complete(result) {
      const waited = await hook.complete(result);
      if (result === 'CONTINUE') {
        await mkdir(host.layout.reports, { recursive: true });
        await writeAtomically(file, launch);
        await held.forget();
      }
      return waited ? `${result} for ${id}` : undefined;
    },
    completeDrain,
    untilLeaving,
    close: () => hook.close(),
  };
}
