import { appendFile } from 'node:fs/promises';
import { embeddedMetrics, peopleMetric } from '../embedded-metrics.ts';
import { metricsFile } from '../host/layout.ts';
import { ageOf } from '../people/known.ts';
import { PeopleFiles } from '../people/people-files.ts';
import { clawharborPlugin } from '../plugin/directory.ts';
import type { Step } from './step.ts';

/** Says as a metric how old the list of people is. What that means says the condition of the step `keep-people`. */
export const measurePeople: Step = {
  name: 'measure-people',
  phase: 'activate',
  plan: async () => [],
  async apply({ host, spec }) {
    if (clawharborPlugin(spec, host.layout) === undefined) {
      return { changes: [], skipped: 'the spec has no login' };
    }
    const list = await new PeopleFiles(host.layout).read();
    if (spec.logGroup === undefined || list === undefined) return { changes: [] };
    const now = host.now();
    const metric = { name: peopleMetric, unit: 'Seconds', value: ageOf(list, now) } as const;
    await appendFile(metricsFile(host.layout), `${embeddedMetrics(spec.name, now, [metric])}\n`);
    return { changes: [] };
  },
};
