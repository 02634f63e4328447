import { patienceAtBoot, type Patience } from './aws/patience.ts';
import { readStatus } from './backup/status.ts';
import { BootstrapError } from './errors.ts';
import type { Host } from './host/host.ts';
import { GatewayLine } from './openclaw/gateway-line.ts';
import { FailedLaunches } from './launch/failed-launches.ts';
import { completedCondition } from './launch/held-launch.ts';
import { holdLaunch } from './launch/hold-launch.ts';
import { joinLifecycle, type Lifecycle } from './lifecycle.ts';
import { readReport, writeReport, type Report } from './report.ts';
import { Run, type StepEvent } from './run.ts';
import { secretEnvironmentOf } from './secrets/secret-environment.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { Standing } from './standing.ts';
import { drainGateway } from './steps/drain-gateway.ts';
import { lateSteps, stepsOf, type PhaseChoice } from './steps/index.ts';
import { failedWithout } from './steps/mounts.ts';
import type { Step, StepContext } from './steps/step.ts';

export interface ConvergeOptions {
  /** Default: `all`; an instance on its way into a warm pool only prepares. */
  readonly phase?: PhaseChoice;
  readonly onEvent?: (event: StepEvent) => void;
  /** Ends the run: no further step starts, and what that interrupts is `stopped`, not `failed`. */
  readonly signal?: AbortSignal;
  /** With AWS. Default: two minutes for what passes by itself. */
  readonly patience?: Patience;
  /** Whether the same is run again each minute, as on an instance: then a launch can be held. Default: false. */
  readonly isRepeated?: boolean;
  /** How long a new release is watched before it is kept, in seconds. Default: 30. */
  readonly watchSeconds?: number;
}

/**
 * Makes the pod what the spec says: runs the steps, tells Auto Scaling, writes the report. Idempotent. Failures are
 * in the report; it never throws for one.
 */
export async function converge(spec: PodSpec, host: Host, options: ConvergeOptions = {}): Promise<Report> {
  const ended = options.signal ?? new AbortController().signal;
  const run = new Run(host, options.onEvent ?? (() => {}), ended);
  const startedAt = host.now();
  const patience = { ...patienceAtBoot, signal: ended, ...options.patience };
  const context = {
    spec,
    host,
    secretEnvironment: secretEnvironmentOf(spec, host, patience),
    line: new GatewayLine(host),
    startedAt,
    done: run.done,
    signal: ended,
    watchSeconds: options.watchSeconds,
    ...(patience.onWait ? { onWait: patience.onWait } : {}),
  };
  const join = (): Promise<Lifecycle> => joinLifecycle(spec, host, patience);
  let lifecycle = await join().catch((error: unknown) => joinLate(run, context, error, options.phase, join));
  const phase = lifecycle?.warm ? 'prepare' : (options.phase ?? 'all');
  const before = await readReport(host.layout).catch(() => undefined);
  const isToServe = phase !== 'prepare' && lifecycle?.leaving !== true;
  const standing = await Standing.begin(run, context, { isToServe, before });
  // A minute later there is another report, and nobody would have seen it.
  const withUpgrade = () => {
    const upgrade = run.upgrade ?? before?.upgrade;
    return upgrade === undefined ? {} : { upgrade };
  };
  const report = (): Report => ({
    startedAt: startedAt.toISOString(),
    finishedAt: host.now().toISOString(),
    outcome: lifecycle?.leaving && !run.failed ? 'drained' : run.outcome(phase),
    generation: standing.generation,
    ...(lifecycle?.instanceId === undefined ? {} : { instanceId: lifecycle.instanceId }),
    openclaw: run.runs ?? spec.openclaw.version,
    ...(run.gateway === undefined ? {} : { gateway: run.gateway }),
    ...(lifecycle?.leaving ? {} : healthCheckOf(spec, run)),
    ...withUpgrade(),
    conditions: standing.conditions,
    steps: run.reports,
  });
  /** A release that was not kept is out of sight for the steps after it. */
  const seen = (): StepContext =>
    run.runs === undefined
      ? context
      : { ...context, spec: { ...spec, openclaw: { ...spec.openclaw, version: run.runs } } };
  const applied = (step: Step) =>
    step.apply(seen()).catch(async (error: unknown) => {
      throw run.done.has('mount-state') ? await failedWithout(context, error) : error;
    });
  if (lifecycle) {
    const left = stepsOf(phase).filter(({ name }) => !run.done.has(name));
    // What goes back into a warm pool leaves, too: its gateway would keep the fence.
    if (lifecycle.leaving || lifecycle.warm) await run.step(drain, () => drainGateway(context));
    if (!lifecycle.leaving)
      for (const step of left) if (run.goesOn) await run.step(step, () => applied(step));
    // A run that was stopped has decided nothing about the instance: the next one does, or the hook's timeout.
    if (!ended.aborted) {
      const known = run.done.has('mount-state') ? new FailedLaunches(host.layout, spec) : undefined;
      const isHeld = options.isRepeated === true && (await holdLaunch(run, lifecycle, known));
      await standing.tell(lifecycle, isHeld);
      if (!isHeld) await tellAutoScaling(run, lifecycle, phase);
      if (hasLaunched(run)) await known?.forget();
    }
    lifecycle.close();
    await run.keep(() => writeReport(host.layout, report()));
    const isTakenAway = !lifecycle.leaving && (await runLate(run, lifecycle, phase, seen));
    if (isTakenAway) {
      lifecycle = { ...lifecycle, leaving: true };
      await run.step(drain, () => drainGateway(context));
      await tellAutoScaling(run, lifecycle, phase);
    }
    await standing.end(!isTakenAway && run.goesOn);
  } else {
    await standing.tell(undefined, false);
    await standing.end(false);
  }
  // Whatever ails the file system of the backups, the step of backups says; one that is silent is not asked.
  const readable = spec.backups && run.hasPassed('mount-artifacts');
  await context.line.close();
  const backups = readable && (await readStatus(host.layout).catch(() => undefined));
  const final = (): Report => ({ ...report(), ...(backups ? { backups } : {}) });
  const written = final();
  return (await run.keep(() => writeReport(host.layout, written))) ? written : final();
}

/**
 * An instance whose metadata is late does what needs none, above all the timer that tries again, and asks once more. It
 * does not touch the state before: it may be on its way into a warm pool.
 */
async function joinLate(
  run: Run,
  context: StepContext,
  error: unknown,
  phase: PhaseChoice = 'all',
  join: () => Promise<Lifecycle>,
): Promise<Lifecycle | undefined> {
  if (!(error instanceof BootstrapError) || error.code !== 'HOST_UNSUPPORTED' || phase === 'activate') {
    return run.guard('join-lifecycle', 'prepare', () => Promise.reject(error as Error));
  }
  run.conditions.push({ ...metadata, status: 'False', reason: 'NoAnswer', message: error.message });
  for (const step of stepsOf('prepare')) if (run.goesOn) await run.step(step, () => step.apply(context));
  if (!run.goesOn) return undefined;
  const late = await run.guard('join-lifecycle', 'prepare', join);
  if (late)
    run.conditions.push({ ...metadata, status: 'True', reason: 'AnsweredLate', message: 'It answers.' });
  return late;
}

const metadata = { type: 'InstanceMetadata' } as const;

/**
 * Nobody waits for the late steps, and they may take an hour. Whoever takes the instance away meanwhile waits for its gateway
 * to end, and no other run begins before this one is over.
 * @returns whether the instance is taken away
 */
async function runLate(
  run: Run,
  lifecycle: Lifecycle,
  phase: PhaseChoice,
  seen: () => StepContext,
): Promise<boolean> {
  const over = new AbortController();
  const leaving = new AbortController();
  lifecycle.untilLeaving(over.signal).then(
    () => leaving.abort(),
    () => {},
  );
  for (const step of stepsOf(phase, lateSteps)) {
    if (!run.goesOn || leaving.signal.aborted) break;
    await run.late(step, leaving.signal, (signal) => step.apply({ ...seen(), signal }));
  }
  over.abort();
  return leaving.signal.aborted;
}

/** Whether it was this run that has let the instance into service. */
function hasLaunched(run: Run): boolean {
  return (run.done.get('complete-lifecycle')?.changes.length ?? 0) > 0 && !run.failed;
}

/** People come once the load balancer has looked at an instance that has just come into service. */
function healthCheckOf({ lifecycle }: PodSpec, run: Run): Pick<Report, 'healthCheckSeconds'> {
  const healthCheckSeconds = lifecycle?.healthCheckSeconds;
  return hasLaunched(run) && healthCheckSeconds !== undefined ? { healthCheckSeconds } : {};
}

/** CONTINUE once the instance is what it should be, ABANDON when it failed: then Auto Scaling replaces it. */
async function tellAutoScaling(run: Run, lifecycle: Lifecycle, phase: PhaseChoice): Promise<void> {
  const done = lifecycle.warm || phase !== 'prepare';
  if (lifecycle.instanceId === undefined || (!run.failed && !done)) return;
  // What could not be drained is tried again by the next run, until the hook's timeout.
  if (lifecycle.leaving && run.failed) return;
  await run.step({ name: 'complete-lifecycle', phase: 'activate' }, async () => {
    const hasDrained = (run.done.get(drain.name)?.changes.length ?? 0) > 0;
    const lines = [
      lifecycle.leaving || hasDrained ? await lifecycle.completeDrain() : undefined,
      lifecycle.leaving ? undefined : await lifecycle.complete(run.failed ? 'ABANDON' : 'CONTINUE'),
    ];
    const changes = lines.filter((line) => line !== undefined);
    const isMended = lifecycle.isHeld && !run.failed && changes.length > 0;
    return {
      changes,
      ...(isMended ? { conditions: [completedCondition] } : {}),
    };
  });
}

/**
 * What is left to do for an instance whose spec cannot be read, as one that a deployment has written for the instance
 * after it: one that Auto Scaling takes away ends its gateway all the same.
 * @param spec the last one that could be read
 * @returns undefined where it stays; then nothing was done
 */
export async function drainIfLeaving(
  spec: PodSpec,
  host: Host,
  options: ConvergeOptions = {},
): Promise<Report | undefined> {
  const patience = { ...patienceAtBoot, ...options.patience, seconds: 10 };
  const lifecycle = await joinLifecycle(spec, host, patience).catch(() => undefined);
  lifecycle?.close();
  return lifecycle?.leaving ? await converge(spec, host, options) : undefined;
}

const drain = { name: 'drain-gateway', phase: 'activate' } as const;
