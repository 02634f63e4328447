import type { Step } from './step.ts';

/** Fetches and checks the pod's secret, before anything is changed on its account. */
export const readSecrets: Step = {
  name: 'read-secrets',
  phase: 'activate',
  async plan({ secretEnvironment }) {
    await secretEnvironment();
    return [];
  },
  async apply({ secretEnvironment, spec }) {
    await secretEnvironment();
    return spec.secret ? { changes: [] } : { changes: [], skipped: 'the spec has no secret' };
  },
};
