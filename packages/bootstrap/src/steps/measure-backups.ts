import { appendFile } from 'node:fs/promises';
import { ageAt } from '../age.ts';
import { backupConditions, keptBy } from '../backup/conditions.ts';
import { remember } from '../backup/keep.ts';
import type { BackupPlan } from '../backup/schedule.ts';
import { readStatus, type BackupStatus } from '../backup/status.ts';
import { backupMetrics, embeddedMetrics } from '../embedded-metrics.ts';
import { metricsFile } from '../host/layout.ts';
import type { Step } from './step.ts';

/** From one measurement to the next: a line is 400 bytes, so that the file grows by 4 MB a year. */
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
      await appendFile(metricsFile(host.layout), `${measured(spec.name, now, plan, status)}\n`);
      await remember(context, { lastMeasured: now.toISOString() });
    }
    return { changes: [], conditions: backupConditions(now, plan, status) };
  },
};

function isOld(now: Date, lastMeasured: string | undefined): boolean {
  return lastMeasured === undefined || ageAt(now, lastMeasured) >= everyMilliseconds;
}

function measured(pod: string, now: Date, plan: BackupPlan, status: BackupStatus): string {
  const metrics = keptBy(plan, status).map(({ type, at }) => {
    const seconds = Math.round(ageAt(now, at ?? status.since) / 1000);
    return { name: backupMetrics[type], unit: 'Seconds', value: seconds } as const;
  });
  // A clock that was wrong has no number: a metric that is missing is what an alarm may see as bad.
  return embeddedMetrics(
    pod,
    now,
    metrics.filter(({ value }) => Number.isFinite(value)),
  );
}
