import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';
import { BootstrapError } from '../errors.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { explain } from './explain.ts';
import { outlookOfCall } from './outlook.ts';
import { patiently, type Patience } from './patience.ts';
import { whileOpen } from './while-open.ts';

export type LifecycleResult = 'CONTINUE' | 'ABANDON';

/**
 * How long the shortest hook waits, in seconds. Beats are made for it whatever the spec says: a spec is there at once, and whether
 * a hook of a group ever hears of another time-out, Auto Scaling does not say.
 * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html
 */
const shortestHookSeconds = 30;

/** A heartbeat that is not answered in this time was missed. */
const beatSeconds = 10;

/**
 * The launch hook of this instance.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
 */
export class LifecycleHook {
  readonly #region: string;
  readonly #action: { AutoScalingGroupName: string; LifecycleHookName: string; InstanceId: string };
  readonly #patience: Patience;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    lifecycle: NonNullable<PodSpec['lifecycle']>,
    instanceId: string,
    region: string,
    patience: Patience,
  ) {
    this.#patience = patience;
    this.#region = region;
    this.#action = {
      AutoScalingGroupName: lifecycle.autoScalingGroup,
      LifecycleHookName: lifecycle.hook,
      InstanceId: instanceId,
    };
  }

  /**
   * Keeps the hook waiting until {@link complete} or {@link close}.
   * @param atOnce the hook has waited for a while before this run
   */
  startHeartbeat(atOnce: boolean): void {
    if (atOnce) void this.#beat();
    this.#timer ??= setInterval(() => void this.#beat(), (shortestHookSeconds * 1000) / 3).unref();
  }

  /**
   * Lets the instance go into service, or be replaced.
   * @returns false when the hook was not waiting, as for an instance that is in service already
   * @throws BootstrapError `LIFECYCLE_SIGNAL_FAILED`
   */
  async complete(result: LifecycleResult): Promise<boolean> {
    const command = new CompleteLifecycleActionCommand({ ...this.#action, LifecycleActionResult: result });
    try {
      return await this.#tell(result, (signal) =>
        this.#ask(signal, (client) => client.send(command, { abortSignal: signal })),
      );
    } finally {
      clearInterval(this.#timer);
    }
  }

  /**
   * Has the hook wait anew for as long as it does.
   * @returns as {@link complete}
   * @throws as {@link complete}
   */
  async hold(): Promise<boolean> {
    return await this.#tell('A heartbeat', (signal) => this.#sendBeat(signal));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    // A missed beat is no failure: there are two more before the hook times out.
    await this.#sendBeat(AbortSignal.timeout(beatSeconds * 1000)).catch(() => {});
  }

  async #sendBeat(signal: AbortSignal): Promise<void> {
    const command = new RecordLifecycleActionHeartbeatCommand(this.#action);
    await this.#ask(signal, (client) => client.send(command, { abortSignal: signal }));
  }

  async #tell(what: string, send: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
    try {
      await patiently(this.#patience, outlookOfCall, send);
      return true;
    } catch (error) {
      if (isNotWaiting(error)) return false;
      throw new BootstrapError(
        'LIFECYCLE_SIGNAL_FAILED',
        `${what} could not be sent to the hook ${this.#action.LifecycleHookName} of ${this.#action.AutoScalingGroupName}: ${explain(error)}`,
        { cause: error },
      );
    }
  }

  #ask<T>(signal: AbortSignal, use: (client: AutoScalingClient) => Promise<T>): Promise<T> {
    return whileOpen(new AutoScalingClient({ region: this.#region }), signal, use);
  }
}

/** Auto Scaling answers ValidationError: "No active Lifecycle Action found with instance ID ...". */
function isNotWaiting(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name.startsWith('ValidationError') &&
    /no active lifecycle action/i.test(error.message)
  );
}
