import { statfs } from 'node:fs/promises';
import { notHere, type Condition } from './conditions.ts';
import { runMetrics, type EmbeddedMetric, type RunMetric } from './embedded-metrics.ts';
import type { BootstrapErrorCode } from './errors.ts';
import type { Host } from './host/host.ts';
import { writeMetrics } from './metrics-file.ts';
import type { GatewayEndings } from './openclaw/gateway-endings.ts';
import { memoryOf } from './openclaw/gateway-memory.ts';
import { gatewayUnitName } from './openclaw/gateway-unit.ts';
import type { StepReport } from './report.ts';
import { rolledBack } from './run-conditions.ts';
import type { PodSpec } from './spec/pod-spec.ts';
import { startGateway } from './steps/start-gateway.ts';

export interface Measured {
  readonly endings: GatewayEndings;
  readonly steps: readonly StepReport[];
  readonly conditions: readonly Condition[];
  /** The first run of an instance that Auto Scaling waits for. */
  readonly isLaunch: boolean;
  /** Code of what the instance is given up for; undefined: it is not. */
  readonly abandonedFor: string | undefined;
}

/** Whoever cannot write has a full disk, or none that may be written: his alarm is that the bootstrap is not heard of. */
const quietly = (): void => {};

/** Says what is known before Auto Scaling is told: an instance that is given up says no more after that. */
export async function measureRun(host: Host, spec: PodSpec, measured: Measured): Promise<void> {
  const { endings, steps, conditions, isLaunch, abandonedFor } = measured;
  const { restarts, hasFailed } = await endings.end();
  const lines: Partial<Record<RunMetric, number>> = {
    BootstrapRuns: 1,
    Launches: Number(isLaunch),
    LaunchesAbandoned: Number(abandonedFor !== undefined),
    GatewayRestarts: restarts + restartsBecauseOf(steps),
    GatewayFailed: Number(hasFailed),
    ConfigProblems: configProblemsIn(steps),
    ...(await memory(host)),
    ...(await disk(host)),
    ...notConvergedFor(host.now(), conditions),
    ...asNumber(conditions, 'UpToDate'),
  };
  const reason = abandonedFor === undefined ? {} : { Reason: abandonedFor };
  await writeMetrics(host, spec, metricsOf(lines), reason).catch(quietly);
}

/** Says what is known at the end of a run, of late steps as well. */
export async function measureEnd(host: Host, spec: PodSpec, conditions: readonly Condition[]): Promise<void> {
  // What this release cannot have is no fault that an hour would mend.
  const wrong = conditions.filter(({ status, reason }) => status === 'False' && reason !== notHere);
  const ConditionsFalse = wrong.length;
  const lines = { ConditionsFalse, ...asNumber(conditions, 'ModelAnswers') };
  await writeMetrics(host, spec, metricsOf(lines)).catch(quietly);
}

/** Says that a bootstrap lives that cannot read what the pod is to be. @param spec the last one that it could */
export async function measureUnread(
  host: Host,
  spec: PodSpec,
  conditions: readonly Condition[],
): Promise<void> {
  const lines = { BootstrapRuns: 1, ...notConvergedFor(host.now(), conditions) };
  await writeMetrics(host, spec, metricsOf(lines)).catch(quietly);
}

function metricsOf(values: Partial<Record<RunMetric, number>>): EmbeddedMetric[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    unit: runMetrics[name as RunMetric],
    value,
  }));
}

const restartCodes: readonly BootstrapErrorCode[] = [
  'DISK_FULL',
  'GATEWAY_HUNG',
  'GATEWAY_MEMORY_HIGH',
  'STATE_UNLOCKED',
];

/** A gateway that had to be restarted, and not because anybody wished something else. */
function restartsBecauseOf(steps: readonly StepReport[]): number {
  const step = steps.find(({ name }) => name === startGateway.name);
  if (step === undefined || step.changes.length === 0) return 0;
  return Number(step.warnings.some(({ code }) => restartCodes.includes(code)));
}

const configCodes: readonly BootstrapErrorCode[] = [
  'CONFIG_UNPARSABLE',
  'CONFIG_LOST',
  'CONFIG_REJECTED',
  'CONFIG_WISH_LEFT_OUT',
  'GATEWAY_CONFIG_REFUSED',
];

function configProblemsIn(steps: readonly StepReport[]): number {
  const told = steps.flatMap(({ warnings, error }) => [
    ...warnings.map(({ code }) => code as string),
    ...(error ? [error.code] : []),
  ]);
  return told.filter((code) => (configCodes as readonly string[]).includes(code)).length;
}

/** What was taken back has metrics and conditions of its own, and does not end with the time. */
function notConvergedFor(now: Date, conditions: readonly Condition[]): Partial<Record<RunMetric, number>> {
  const found = conditions.find(({ type }) => type === 'Converged');
  if (found === undefined || found.status === 'Unknown') return {};
  const stands = found.status === 'True' || found.reason === rolledBack;
  const seconds = stands ? 0 : Math.max(0, Math.round((now.getTime() - Date.parse(found.since)) / 1000));
  return { NotConvergedFor: seconds };
}

/** 1 for `True`, 0 for `False`; nothing for what nobody knows. */
function asNumber(
  conditions: readonly Condition[],
  type: Condition['type'] & RunMetric,
): Partial<Record<RunMetric, number>> {
  const found = conditions.find((condition) => condition.type === type);
  return found === undefined || found.status === 'Unknown' ? {} : { [type]: Number(found.status === 'True') };
}

async function memory(host: Host): Promise<Partial<Record<RunMetric, number>>> {
  const { pid } = await host.units.state(gatewayUnitName).catch(() => ({ pid: undefined }));
  const use = pid === undefined ? undefined : await memoryOf(host, pid);
  return use === undefined ? {} : { GatewayMemory: Math.round((100 * use.held) / use.heap) };
}

/**
 * Of the machine's own file systems, as `df` counts: what is kept for root is not there for others. Not of the file system of the
 * state: EFS grows by itself, and one that says nothing would keep whoever asks it.
 */
async function disk({ layout }: Host): Promise<Partial<Record<RunMetric, number>>> {
  const { databases, reports, install, cache, logs } = layout;
  const used = await Promise.all(
    [databases, reports, install, cache, logs].map(async (directory) => {
      const found = await statfs(directory).catch(() => undefined);
      if (found === undefined) return [];
      const taken = found.blocks - found.bfree;
      return taken + found.bavail === 0 ? [] : [(100 * taken) / (taken + found.bavail)];
    }),
  );
  const all = used.flat();
  return all.length === 0 ? {} : { DiskUsed: Math.round(Math.max(...all)) };
}
