import { ReleaseRecords } from '../upgrade/records.ts';
import type { Step } from './step.ts';

/** Remembers the release with which the gateway is ready on this state: the next one is an upgrade from it. */
export const recordRelease: Step = {
  name: 'record-release',
  phase: 'activate',
  plan: async () => [],
  async apply({ host, spec }) {
    const { version } = spec.openclaw;
    const records = new ReleaseRecords(host);
    const last = await records.last();
    if (last?.version !== version) await records.saveLast({ version, at: host.now().toISOString() });
    return { changes: [] };
  },
};
