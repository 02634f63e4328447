import type { Effect } from '@clawharbor/config-merge/openclaw';
import type { Observation } from '../conditions.ts';
import type { BootstrapErrorCode } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { GatewayLine } from '../openclaw/gateway-line.ts';
import type { OpenClawVersion } from '../openclaw-release.ts';
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
  /** What people decided otherwise than infrastructure wished and keep, one line each, never a value. */
  readonly kept?: readonly string[];
  readonly warnings?: readonly Warning[];
  /** What it saw of the pod; see {@link Observation}. */
  readonly conditions?: readonly Observation[];
  /** What its changes of the config do to a gateway that runs. Absent: it changed none, or there was none before. */
  readonly effect?: Effect;
  /** Why this pod or this host does not have the step. */
  readonly skipped?: string;
  /** The pod runs, but with what it ran before: what was asked for does not work. */
  readonly rolledBack?: true;
  /** The release that the steps after this one work with, where it is not the spec's. */
  readonly runs?: OpenClawVersion;
  /** Why the release of the spec is not here, where another one may be: the upgrade decides what runs. */
  readonly missingRelease?: Warning;
  /** How the gateway started; absent where it runs as before. */
  readonly gateway?: GatewayStart;
  /** What came of an upgrade; absent where there was none. */
  readonly upgrade?: UpgradeSummary;
}

export interface GatewayStart {
  /** For the lock of the state, which an instance before this one may have. */
  readonly fenceMs: number;
  /** From its exec to ready. */
  readonly startMs: number;
}

export interface UpgradeSummary {
  readonly from: string;
  readonly to: string;
  /** From the last answer of the old release to the first of the new one. Absent: it was not switched, or nobody answered. */
  readonly downtimeMs?: number;
  /** From the start of the new release's gateway to ready: what no upgrade can do without. Absent as above. */
  readonly startMs?: number;
  /**
   * From the last answer of the old release to its first again, if it was rolled back; the new one may have answered in
   * between. Absent: it was not, or nobody answered before it in this run.
   */
  readonly rollbackDowntimeMs?: number;
  /** From the start of the old release's gateway to ready. Absent as above. */
  readonly rollbackStartMs?: number;
}

export interface Step {
  /** Stable, kebab-case: appears in reports. */
  readonly name: string;
  readonly phase: Phase;
  /** What it would do, one line each, never a secret value. Empty: nothing to do. Changes nothing. */
  plan(context: StepContext): Promise<string[]>;
  /** What it would leave as it is, as `kept` of {@link StepResult}. Changes nothing. */
  kept?(context: StepContext): Promise<readonly string[]>;
  /** Does it. Idempotent: a second run finds nothing to do. */
  apply(context: StepContext): Promise<StepResult>;
}

export interface StepContext {
  readonly spec: PodSpec;
  readonly host: Host;
  /** Secret variables of the gateway; read at most once a run. */
  readonly secretEnvironment: () => Promise<Readonly<Record<string, string>>>;
  /** To the running gateway. */
  readonly line: GatewayLine;
  /** When this run started. */
  readonly startedAt: Date;
  /** What earlier steps of this run did, by name. */
  readonly done: ReadonlyMap<string, StepResult>;
  /** Ends waiting. */
  readonly signal: AbortSignal;
  /** How long a new release is watched before it is kept. Default: 30. */
  readonly watchSeconds?: number | undefined;
  /** Told what is waited for, in a sentence. */
  readonly onWait?: (why: string) => void;
}
