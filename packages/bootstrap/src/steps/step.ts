import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** `prepare` touches no state, so a warm instance can do it ahead; `activate` makes the pod live. */
export type Phase = 'prepare' | 'activate';

export interface Step {
  /** Stable, kebab-case: appears in reports. */
  readonly name: string;
  readonly phase: Phase;
  /** What it would do, one line each, never a secret value. Empty: nothing to do. Changes nothing. */
  plan(context: StepContext): Promise<string[]>;
  /** Does it. Idempotent: a second run finds nothing to do. */
  apply(context: StepContext): Promise<void>;
}

export interface StepContext {
  readonly spec: PodSpec;
  readonly host: Host;
}
