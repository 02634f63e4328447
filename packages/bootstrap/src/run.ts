import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Observation } from './conditions.ts';
import { diskError } from './disk-error.ts';
import { BootstrapError } from './errors.ts';
import type { Host } from './host/host.ts';
import type { OpenClawVersion } from './openclaw-release.ts';
import type { Outcome, StepReport, StepStatus } from './report.ts';
import type { PhaseChoice } from './steps/index.ts';
import type { GatewayStart, Phase, Step, StepResult, UpgradeSummary } from './steps/step.ts';

export interface StepEvent {
  readonly event: 'step';
  readonly step: string;
  readonly phase: Phase;
  readonly status: 'started' | StepStatus;
  /** Absent for `started`. */
  readonly durationMs?: number;
  /** Changes, warnings and the error, one line each. */
  readonly detail?: readonly string[];
}

type StepName = Pick<Step, 'name' | 'phase'>;

/** One run: times each step, and reports it. */
export class Run {
  readonly reports: StepReport[] = [];
  readonly done = new Map<string, StepResult>();
  readonly conditions: Observation[] = [];
  failed = false;
  /** The release that the pod goes on with, where it is not the spec's. */
  runs: OpenClawVersion | undefined;
  gateway: GatewayStart | undefined;
  upgrade: UpgradeSummary | undefined;
  #rolledBack = false;
  readonly #host: Host;
  readonly #emit: (event: StepEvent) => void;
  readonly #ended: AbortSignal;
  readonly #began: number;
  #stopped = false;

  constructor(host: Host, emit: (event: StepEvent) => void, ended: AbortSignal) {
    this.#host = host;
    this.#emit = emit;
    this.#ended = ended;
    this.#began = host.elapsed();
  }

  get goesOn(): boolean {
    if (this.#ended.aborted) this.#stopped = true;
    return !this.failed && !this.#stopped;
  }

  /** Code of the first error; undefined while nothing has failed. */
  get failure(): string | undefined {
    return this.failed ? this.reports.find(({ error }) => error)?.error?.code : undefined;
  }

  /** Whether a step went well, or was none of this run: where it did not, what it provides may not even be asked for. */
  hasPassed(step: string): boolean {
    return this.done.has(step) || !this.reports.some(({ name }) => name === step);
  }

  /** Runs something that is only reported if it fails. */
  async guard<T>(name: string, phase: Phase, action: () => Promise<T>): Promise<T | undefined> {
    const started = this.#host.elapsed();
    try {
      return await action();
    } catch (error) {
      this.failed = true;
      this.#record({ name, phase, started, error });
      return undefined;
    }
  }

  async step(step: StepName, action: () => Promise<StepResult>): Promise<void> {
    if ((await this.#run(step, action)) === undefined) this.failed = true;
  }

  /** Runs a step whose failure is only its own, and that is let go of when the instance leaves. */
  async late(
    step: StepName,
    leaving: AbortSignal,
    action: (signal: AbortSignal) => Promise<StepResult>,
  ): Promise<void> {
    const signal = AbortSignal.any([this.#ended, leaving]);
    await this.#run(step, () => Promise.race([action(signal), overdue(leaving)]), leaving);
  }

  /** Writes the report. The pod is what it is without one: a disk that cannot take it has failed nothing else. @returns whether it was written */
  async keep(write: () => Promise<void>): Promise<boolean> {
    const started = this.#host.elapsed();
    try {
      await write();
      return true;
    } catch (error) {
      const name = 'write-report';
      if (!this.reports.some((each) => each.name === name)) {
        this.#record({ name, phase: 'activate', started, error });
      }
      return false;
    }
  }

  outcome(phase: PhaseChoice): Outcome {
    if (this.#stopped) return 'stopped';
    if (this.failed) return 'failed';
    if (this.#rolledBack) return 'rolled-back';
    if (phase === 'prepare') return 'prepared';
    return this.reports.some(({ status }) => status === 'changed') ? 'ready' : 'unchanged';
  }

  async #run(
    { name, phase }: StepName,
    action: () => Promise<StepResult>,
    leaving?: AbortSignal,
  ): Promise<StepResult | undefined> {
    const started = this.#host.elapsed();
    this.#emit({ event: 'step', step: name, phase, status: 'started' });
    try {
      const result = await action();
      this.#record({ name, phase, started, result });
      return result;
    } catch (error) {
      this.#record({ name, phase, started, error, interrupted: leaving?.aborted ?? false });
      return undefined;
    }
  }

  #record(done: {
    name: string;
    phase: Phase;
    started: number;
    result?: StepResult;
    error?: unknown;
    interrupted?: boolean;
  }): void {
    const { name, phase, result } = done;
    const stopped = !result && (this.#ended.aborted || done.interrupted === true);
    if (!result && this.#ended.aborted) this.#stopped = true;
    const error = result || stopped ? undefined : describe(done.error);
    const changes = result?.skipped === undefined ? (result?.changes ?? []) : [result.skipped];
    const warnings = result?.warnings ?? [];
    const status = stopped ? 'stopped' : statusOf(result);
    const durationMs = Math.round(this.#host.elapsed() - done.started);
    if (result) this.done.set(name, result);
    if (result?.rolledBack) this.#rolledBack = true;
    this.conditions.push(...(result?.conditions ?? []));
    this.runs = result?.runs ?? this.runs;
    this.gateway = result?.gateway ?? this.gateway;
    this.upgrade = result?.upgrade ?? this.upgrade;
    const kept = result?.kept ?? [];
    this.reports.push({
      name,
      phase,
      status,
      startMs: Math.round(done.started - this.#began),
      durationMs,
      changes,
      ...(kept.length > 0 ? { kept } : {}),
      warnings,
      ...(error ? { error } : {}),
    });
    const problems = [...warnings, ...(error ? [error] : [])].map(
      ({ code, message }) => `${code}: ${message}`,
    );
    this.#emit({ event: 'step', step: name, phase, status, durationMs, detail: [...changes, ...problems] });
  }
}

/** What hears its signal has ended by then. */
const letGoMilliseconds = 10_000;

async function overdue(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  await sleep(letGoMilliseconds, undefined, { ref: false });
  throw signal.reason;
}

function statusOf(result: StepResult | undefined): StepStatus {
  if (!result) return 'failed';
  if (result.skipped !== undefined) return 'skipped';
  return result.changes.length > 0 ? 'changed' : 'unchanged';
}

function describe(error: unknown): { code: string; message: string } {
  const told = error instanceof BootstrapError ? error : diskError(error);
  if (told) return { code: told.code, message: told.message };
  const known = error as NodeJS.ErrnoException;
  return { code: known.code ?? 'UNEXPECTED', message: known.message };
}
