import type { BootstrapErrorCode } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/** `prepare` touches no state, so a warm instance can do it ahead; `activate` makes the pod live. */
export type Phase = 'prepare' | 'activate';

/** Something an operator should know although the step went on. */
export interface Warning {
  readonly code: BootstrapErrorCode;
  readonly message: string;
}

export interface StepResult {
  /** What was done, one line each, never a secret value. Empty: nothing was to do. */
  readonly changes: readonly string[];
  readonly warnings?: readonly Warning[];
  /** Why this pod or this host does not have the step. */
  readonly skipped?: string;
  /** The pod runs, but with what it ran before: what was asked for does not work. */
  readonly rolledBack?: true;
}

export interface Step {
  /** Stable, kebab-case: appears in reports. */
  readonly name: string;
  readonly phase: Phase;
  /** What it would do, one line each, never a secret value. Empty: nothing to do. Changes nothing. */
  plan(context: StepContext): Promise<string[]>;
  /** Does it. Idempotent: a second run finds nothing to do. */
  apply(context: StepContext): Promise<StepResult>;
}

export interface StepContext {
  readonly spec: PodSpec;
  readonly host: Host;
  /** Secret variables of the gateway; read at most once a run. */
  readonly secretEnvironment: () => Promise<Readonly<Record<string, string>>>;
  /** When this run started. */
  readonly startedAt: Date;
  /** What earlier steps of this run did, by name. */
  readonly done: ReadonlyMap<string, StepResult>;
  /** Ends waiting. */
  readonly signal: AbortSignal;
}
