import { ageAt } from '../age.ts';
import { backupConditions, keptBy } from '../backup/conditions.ts';
import { remember } from '../backup/keep.ts';
import type { BackupPlan } from '../backup/schedule.ts';
import { readStatus, type BackupStatus } from '../backup/status.ts';
import { backupMetrics, type EmbeddedMetric } from '../embedded-metrics.ts';
import { writeMetrics } from '../metrics-file.ts';
import type { Step } from './step.ts';

/** From one measurement to the next: what is counted in hours need not be said each minute. */
const everyMilliseconds = 3_600_000;

/**
 * Says whether backups are made, stored and proved by a drill: in the report always, and once an hour as metrics, on which an
 * alarm can be set. Behind the steps that may change it.
 */
export const measureBackups: Step = {
  name: 'measure-backups',
  phase: 'activate',
  plan: async () => [],
  async apply(context) {
    const { host, spec } = context;
    const { backups: plan, logGroup } = spec;
    if (!plan) return { changes: [], skipped: 'the spec has no backups' };
    const status = await readStatus(host.layout);
    if (!status) return { changes: [] };
    const now = host.now();
    if (logGroup !== undefined && isOld(now, status.lastMeasured)) {
      await writeMetrics(host, spec, measured(now, plan, status));
      await remember(context, { lastMeasured: now.toISOString() });
    }
    return { changes: [], conditions: backupConditions(now, plan, status) };
  },
};

function isOld(now: Date, lastMeasured: string | undefined): boolean {
  return lastMeasured === undefined || ageAt(now, lastMeasured) >= everyMilliseconds;
}

function measured(now: Date, plan: BackupPlan, status: BackupStatus): EmbeddedMetric[] {
  const metrics = keptBy(plan, status).map(({ type, at }) => {
    const seconds = Math.round(ageAt(now, at ?? status.since) / 1000);
    return { name: backupMetrics[type], unit: 'Seconds', value: seconds } as const;
  });
  // A clock that was wrong has no number: a metric that is missing is what an alarm may see as bad.
  return metrics.filter(({ value }) => Number.isFinite(value));
}
