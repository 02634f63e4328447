import { conditionsOf } from './conditions.ts';
import type { BootstrapError } from './errors.ts';
import type { Host } from './host/host.ts';
import { measureUnread } from './measure-run.ts';
import { readReport, writeReport } from './report.ts';
import { notConverged } from './run-conditions.ts';
import { lastSpec } from './spec/last-spec.ts';

/**
 * Says in the report of the last run, and as metrics, that there is a spec by which nothing can run: nobody else would. What the
 * last run saw of the pod stands.
 */
export async function noteUnread(host: Host, error: BootstrapError): Promise<void> {
  const [spec, report] = await Promise.all([
    lastSpec(host.layout),
    readReport(host.layout).catch(() => undefined),
  ]);
  if (spec === undefined || report === undefined) return;
  const others = report.conditions.filter(({ type }) => type !== 'Converged');
  const seeing = { at: host.now().toISOString(), generation: report.generation ?? '', isOver: true };
  const conditions = [...others, ...conditionsOf([notConverged(error)], report.conditions, seeing)];
  await writeReport(host.layout, { ...report, conditions }).catch(() => {});
  await measureUnread(host, spec, conditions);
}
