import { BootstrapError } from './errors.ts';
import type { Host } from './host/host.ts';
import { joinLifecycle, type Lifecycle } from './lifecycle.ts';
import { writeReport, type Outcome, type Report, type StepReport, type StepStatus } from './report.ts';
import { secretEnvironmentOf } from './secrets/secret-environment.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { stepsOf, type PhaseChoice } from './steps/index.ts';
import type { Phase, StepContext, StepResult } from './steps/step.ts';

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
  if (lifecycle) {
    const aborted = options.signal ?? new AbortController().signal;
    const secretEnvironment = secretEnvironmentOf(spec, host);
    await run.steps(phase, { spec, host, secretEnvironment, startedAt, done: run.done, signal: aborted });
  }
  if (lifecycle) await signal(run, lifecycle, phase);
  lifecycle?.close();

  const report: Report = {
    startedAt: startedAt.toISOString(),
    finishedAt: host.now().toISOString(),
    outcome: run.outcome(phase),
    ...(lifecycle?.instanceId === undefined ? {} : { instanceId: lifecycle.instanceId }),
    openclaw: spec.openclaw.version,
    steps: run.reports,
  };
  await writeReport(host.layout, report);
  return report;
}

/** CONTINUE once the instance is what it should be, ABANDON when it failed: then Auto Scaling replaces it. */
async function signal(run: Run, lifecycle: Lifecycle, phase: PhaseChoice): Promise<void> {
  const done = lifecycle.warm || phase !== 'prepare';
  if (lifecycle.instanceId === undefined || (!run.failed && !done)) return;
  await run.step('complete-lifecycle', 'activate', async () => {
    const line = await lifecycle.complete(run.failed ? 'ABANDON' : 'CONTINUE');
    return { changes: line === undefined ? [] : [line] };
  });
}

/** One run: times each step, reports it, and stops at the first failure. */
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

  async steps(choice: PhaseChoice, context: StepContext): Promise<void> {
    for (const step of stepsOf(choice)) {
      if (this.failed) return;
      await this.step(step.name, step.phase, () => step.apply(context));
    }
  }

  /** Runs something that is only reported if it fails. */
  async guard<T>(name: string, phase: Phase, action: () => Promise<T>): Promise<T | undefined> {
    const started = this.#host.now().getTime();
    try {
      return await action();
    } catch (error) {
      this.#record({ name, phase, started, error });
      return undefined;
    }
  }

  async step(name: string, phase: Phase, action: () => Promise<StepResult>): Promise<void> {
    const started = this.#host.now().getTime();
    this.#emit({ event: 'step', step: name, phase, status: 'started' });
    try {
      this.#record({ name, phase, started, result: await action() });
    } catch (error) {
      this.#record({ name, phase, started, error });
    }
  }

  outcome(phase: PhaseChoice): Outcome {
    if (this.failed) return 'failed';
    if (this.#rolledBack) return 'rolled-back';
    if (phase === 'prepare') return 'prepared';
    return this.reports.some(({ status }) => status === 'changed') ? 'ready' : 'unchanged';
  }

  #record(done: { name: string; phase: Phase; started: number; result?: StepResult; error?: unknown }): void {
    const { name, phase, result } = done;
    const error = result ? undefined : describe(done.error);
    const changes = result?.skipped === undefined ? (result?.changes ?? []) : [result.skipped];
    const warnings = result?.warnings ?? [];
    const status = statusOf(result);
    const durationMs = this.#host.now().getTime() - done.started;
    if (result) this.done.set(name, result);
    if (error) this.failed = true;
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
