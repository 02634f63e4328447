import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { BackupStatus } from './backup/status.ts';
import type { Condition } from './conditions.ts';
import { writeAtomically } from './config/atomic-file.ts';
import { readIfPresent } from './config/files.ts';
import type { Layout } from './host/layout.ts';
import type { GatewayStart, Phase, UpgradeSummary, Warning } from './steps/step.ts';

/** `stopped`: the run was told to end in the middle of it. */
export type StepStatus = 'changed' | 'unchanged' | 'failed' | 'skipped' | 'stopped';

export interface StepReport {
  readonly name: string;
  readonly phase: Phase;
  readonly status: StepStatus;
  /** Since the run began. Absent in reports of before there was one. */
  readonly startMs?: number;
  readonly durationMs: number;
  /** What was done, or why it was skipped; one line each. */
  readonly changes: readonly string[];
  /** What people decided otherwise than infrastructure wished and keep; absent where there is nothing. */
  readonly kept?: readonly string[];
  readonly warnings: readonly Warning[];
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * `ready`: something changed and the pod runs. `unchanged`: the pod runs as it did. `prepared`: a warm instance, or
 * only the first phase was asked for. `rolled-back`: the pod runs, but not with what the spec asks for. `stopped`: the run
 * was told to end before it was through. `drained`: Auto Scaling takes the instance away, and its gateway has ended.
 */
export type Outcome = 'ready' | 'unchanged' | 'prepared' | 'failed' | 'rolled-back' | 'stopped' | 'drained';

/** What a run did. Holds no secret. */
export interface Report {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: Outcome;
  /** Of the spec that it ran by. Absent in reports of before there was one. */
  readonly generation?: string;
  /** Of the EC2 instance; absent where the spec has no lifecycle hook. */
  readonly instanceId?: string;
  /** The release that the pod runs: the one of the spec, or the one before it where that does not work. */
  readonly openclaw: string;
  /** The start of the gateway, where it was started in this run and became ready. */
  readonly gateway?: GatewayStart;
  /** In seconds, so long at most until the load balancer sends people; absent where no launch was completed in this run. */
  readonly healthCheckSeconds?: number;
  /** The last upgrade that this instance has seen, of this run or of one before; absent where there was none. */
  readonly upgrade?: UpgradeSummary;
  /** What holds of the pod or does not, also where the run went well. One of each type; empty before the first step. */
  readonly conditions: readonly Condition[];
  readonly steps: readonly StepReport[];
  /** When backups and drills were last good, and what failed since; absent where the spec has no backups. */
  readonly backups?: BackupStatus;
}

export function reportFile({ reports }: Layout): string {
  return join(reports, 'report.json');
}

export async function writeReport(layout: Layout, report: Report): Promise<void> {
  await mkdir(layout.reports, { recursive: true });
  await writeAtomically(reportFile(layout), `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o644 });
}

/** The report of the last run, or undefined before the first. */
export async function readReport(layout: Layout): Promise<Report | undefined> {
  const text = await readIfPresent(reportFile(layout));
  return text === undefined ? undefined : (JSON.parse(text) as Report);
}
