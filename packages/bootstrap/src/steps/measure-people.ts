import { peopleMetric } from '../embedded-metrics.ts';
import { writeMetrics } from '../metrics-file.ts';
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
    if (list === undefined) return { changes: [] };
    await writeMetrics(host, spec, [{ name: peopleMetric, unit: 'Seconds', value: ageOf(list, host.now()) }]);
    return { changes: [] };
  },
};
