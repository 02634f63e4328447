import type { Observation } from '../conditions.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { keeperStatus, replicaAge, statusFile } from '../databases/status.ts';
import { replicaMetric } from '../embedded-metrics.ts';
import { writeMetrics } from '../metrics-file.ts';
import { placesOf } from '../openclaw/databases-program.ts';
import { isReplicated } from '../openclaw/gateway-databases.ts';
import type { Step } from './step.ts';

/** A file system may be slow for as long as this, and nobody is told. */
const quietSeconds = 60;

/** Says whether what is on the disk of the instance is on the file system as well: in the report, and as a metric. */
export const measureReplica: Step = {
  name: 'measure-replica',
  phase: 'activate',
  plan: async () => [],
  async apply({ host, spec }) {
    if (!isReplicated(host, spec)) return { changes: [], skipped: 'the databases are on the file system' };
    const text = await readIfPresent(statusFile(placesOf(host.layout)));
    const status = keeperStatus.safeParse(text === undefined ? undefined : parseOrNothing(text)).data;
    // Right after a start there is nothing to be told.
    if (status === undefined) return { changes: [], conditions: [unknown] };
    const { seconds, why } = replicaAge(status, host.now().getTime());
    await writeMetrics(host, spec, [{ name: replicaMetric, unit: 'Seconds', value: seconds }]);
    return {
      changes: [],
      conditions: [seconds <= quietSeconds && why === undefined ? follows : late(seconds, why)],
    };
  },
};

const follows: Observation = {
  type: 'DatabasesReplicated',
  status: 'True',
  reason: 'Follows',
  message: 'What is said is on the file system a second later.',
};

const unknown: Observation = {
  type: 'DatabasesReplicated',
  status: 'Unknown',
  reason: 'NotSaid',
  message: 'What replicates the databases has not said anything yet.',
};

function late(seconds: number, why: string | undefined): Observation {
  const message = `What was said in the last ${seconds} s is on the disk of this instance only${why === undefined ? '' : `: ${why}`}. See journalctl --unit=openclaw-replica.`;
  return { type: 'DatabasesReplicated', status: 'False', reason: 'Behind', message };
}
