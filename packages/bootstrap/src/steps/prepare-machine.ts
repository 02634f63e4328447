import type { Step } from './step.ts';

/** Packages, accounts, directories, agents. */
export const prepareMachine: Step = {
  name: 'prepare-machine',
  phase: 'prepare',
  plan: async ({ host, spec }) => {
    const { changes } = await host.prepareMachine({ dryRun: true, logGroup: spec.logGroup });
    return [...changes];
  },
  async apply({ host, spec }) {
    const { changes, conditions } = await host.prepareMachine({ dryRun: false, logGroup: spec.logGroup });
    const limitations = host.limitations ?? [];
    const warnings = limitations.map((message) => ({ code: 'HOST_UNSUPPORTED' as const, message }));
    return { changes, warnings, conditions };
  },
};
