import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { embeddedMetrics, type EmbeddedMetric } from './embedded-metrics.ts';
import type { Host } from './host/host.ts';
import { metricsFile } from './host/layout.ts';
import type { PodSpec } from './spec/pod-spec.ts';

/** A month of a pod in which nothing happens; the one before it is kept beside it. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Adds a line of metrics for the log agent to ship. Nothing where the spec has no log group, as on a laptop.
 * @param properties see {@link embeddedMetrics}
 */
export async function writeMetrics(
  host: Host,
  spec: PodSpec,
  metrics: readonly EmbeddedMetric[],
  properties?: Readonly<Record<string, string>>,
): Promise<void> {
  if (spec.logGroup === undefined || metrics.length === 0) return;
  const file = metricsFile(host.layout);
  await mkdir(host.layout.reports, { recursive: true });
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  // The agent follows the name, and reads what it had not read of the old one first.
  if (size >= mostBytes) await rename(file, `${file}.1`);
  await appendFile(file, `${embeddedMetrics(spec.name, host.now(), metrics, properties)}\n`);
}
