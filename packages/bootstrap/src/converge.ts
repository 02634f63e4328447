import { BootstrapError } from './errors.ts';
import type { Host } from './host/host.ts';
import { joinLifecycle, type Lifecycle } from './lifecycle.ts';
import { writeReport, type Outcome, type Report, type StepReport, type StepStatus } from './report.ts';
import { secretEnvironmentOf } from './secrets/secret-environment.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { lateSteps, stepsOf, type PhaseChoice } from './steps/index.ts';
import type { Phase, Step, StepResult } from './steps/step.ts';

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

export interface ConvergeOptions {
  /** Default: `all`; an instance on its way into a warm pool only prepares. */
  readonly phase?: PhaseChoice;
  readonly onEvent?: (event: StepEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes the pod what the spec says: runs the steps, tells Auto Scaling, writes the report. Idempotent. Failures are
 * in the report; it never throws for one.
 */
export async function converge(spec: PodSpec, host: Host, options: ConvergeOptions = {}): Promise<Report> {
  const run = new Run(host, options.onEvent ?? (() => {}));
  const startedAt = host.now();
  const lifecycle = await run.guard('join-lifecycle', 'prepare', () => joinLifecycle(spec, host));
  const phase = lifecycle?.warm ? 'prepare' : (options.phase ?? 'all');
  const report = (): Report => ({
    startedAt: startedAt.toISOString(),
    finishedAt: host.now().toISOString(),
    outcome: run.outcome(phase),
    ...(lifecycle?.instanceId === undefined ? {} : { instanceId: lifecycle.instanceId }),
    openclaw: spec.openclaw.version,
    steps: run.reports,
  });
  if (lifecycle) {
    const context = {
      spec,
      host,
      secretEnvironment: secretEnvironmentOf(spec, host),
      startedAt,
      done: run.done,
      signal: options.signal ?? new AbortController().signal,
    };
    for (const step of stepsOf(phase)) if (!run.failed) await run.step(step, () => step.apply(context));
    await signal(run, lifecycle, phase);
    lifecycle.close();
    await writeReport(host.layout, report());
    for (const step of stepsOf(phase, lateSteps))
      if (!run.failed) await run.late(step, () => step.apply(context));
  }
  const final = report();
  await writeReport(host.layout, final);
  return final;
}

/** CONTINUE once the instance is what it should be, ABANDON when it failed: then Auto Scaling replaces it. */
async function signal(run: Run, lifecycle: Lifecycle, phase: PhaseChoice): Promise<void> {
  const done = lifecycle.warm || phase !== 'prepare';
  if (lifecycle.instanceId === undefined || (!run.failed && !done)) return;
  await run.step({ name: 'complete-lifecycle', phase: 'activate' }, async () => {
    const line = await lifecycle.complete(run.failed ? 'ABANDON' : 'CONTINUE');
    return { changes: line === undefined ? [] : [line] };
  });
}

type StepName = Pick<Step, 'name' | 'phase'>;

/** One run: times each step, and reports it. */
class Run {
  readonly reports: StepReport[] = [];
  readonly done = new Map<string, StepResult>();
  failed = false;
  #rolledBack = false;
  readonly #host: Host;
  readonly #emit: (event: StepEvent) => void;

  constructor(host: Host, emit: (event: StepEvent) => void) {
    this.#host = host;
    this.#emit = emit;
  }

  /** Runs something that is only reported if it fails. */
  async guard<T>(name: string, phase: Phase, action: () => Promise<T>): Promise<T | undefined> {
    const started = this.#host.now().getTime();
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

  /** Runs a step whose failure is only its own. */
  async late(step: StepName, action: () => Promise<StepResult>): Promise<void> {
    await this.#run(step, action);
  }

  outcome(phase: PhaseChoice): Outcome {
    if (this.failed) return 'failed';
    if (this.#rolledBack) return 'rolled-back';
    if (phase === 'prepare') return 'prepared';
    return this.reports.some(({ status }) => status === 'changed') ? 'ready' : 'unchanged';
  }

  async #run({ name, phase }: StepName, action: () => Promise<StepResult>): Promise<StepResult | undefined> {
    const started = this.#host.now().getTime();
    this.#emit({ event: 'step', step: name, phase, status: 'started' });
    try {
      const result = await action();
      this.#record({ name, phase, started, result });
      return result;
    } catch (error) {
      this.#record({ name, phase, started, error });
      return undefined;
    }
  }

  #record(done: { name: string; phase: Phase; started: number; result?: StepResult; error?: unknown }): void {
    const { name, phase, result } = done;
    const error = result ? undefined : describe(done.error);
    const changes = result?.skipped === undefined ? (result?.changes ?? []) : [result.skipped];
    const warnings = result?.warnings ?? [];
    const status = statusOf(result);
    const durationMs = this.#host.now().getTime() - done.started;
    if (result) this.done.set(name, result);
    if (result?.rolledBack) this.#rolledBack = true;
    this.reports.push({ name, phase, status, durationMs, changes, warnings, ...(error ? { error } : {}) });
    const problems = [...warnings, ...(error ? [error] : [])].map(
      ({ code, message }) => `${code}: ${message}`,
    );
    this.#emit({ event: 'step', step: name, phase, status, durationMs, detail: [...changes, ...problems] });
  }
}

function statusOf(result: StepResult | undefined): StepStatus {
  if (!result) return 'failed';
  if (result.skipped !== undefined) return 'skipped';
  return result.changes.length > 0 ? 'changed' : 'unchanged';
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof BootstrapError) return { code: error.code, message: error.message };
  const known = error as NodeJS.ErrnoException;
  return { code: known.code ?? 'UNEXPECTED', message: known.message };
}
