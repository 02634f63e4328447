import { drill } from '../backup/drill.ts';
import { begun, remember } from '../backup/keep.ts';
import { dueAt } from '../backup/schedule.ts';
import { readStatus, type Drill } from '../backup/status.ts';
import { BackupStore } from '../backup/store.ts';
import type { Step } from './step.ts';

/** Proves that the newest archive can be restored, when it is time to. Behind everything that somebody waits for. */
export const drillBackup: Step = {
  name: 'drill',
  phase: 'activate',
  async plan({ host, spec }) {
    if (!spec.backups) return [];
    const due = dueAt(host.now(), spec.backups, await readStatus(host.layout));
    return due.drill ? ['restore the newest backup aside and start a gateway on it'] : [];
  },
  async apply(context) {
    const { host, spec } = context;
    if (spec.backups?.drillEveryDays === undefined) {
      return { changes: [], skipped: 'the spec has no drill' };
    }
    if (!dueAt(host.now(), spec.backups, await readStatus(host.layout)).drill) return { changes: [] };
    const result = await begun(context, 'drillBegun', () => drill(context, new BackupStore(host, spec)));
    await remember(context, {
      lastDrill: result,
      drillBegun: undefined,
      ...(result.error ? {} : { lastGoodDrill: result }),
    });
    return result.error
      ? { changes: [], warnings: [{ code: 'DRILL_FAILED', message: describeDrill(result) }] }
      : { changes: [describeDrill(result)] };
  },
};

export function describeDrill({
  id,
  error,
  seconds,
  readySeconds,
  rows,
  databases,
  sessions,
  messages,
}: Drill): string {
  if (error) return `the drill with ${id} failed: ${error.code}: ${error.message}`;
  return (
    `drill with ${id}: restored and started in ${seconds.toFixed(1)} s (ready after ${readySeconds?.toFixed(1)} s); ` +
    `${rows} rows in ${databases} databases, ${sessions} sessions, ${messages} messages read`
  );
}
