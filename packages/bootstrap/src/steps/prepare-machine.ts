import type { Step } from './step.ts';

/** Packages, accounts, directories, agents. */
export const prepareMachine: Step = {
  name: 'prepare-machine',
  phase: 'prepare',
  plan: ({ host, spec }) => host.prepareMachine({ dryRun: true, logGroup: spec.logGroup }),
  async apply({ host, spec }) {
    const changes = await host.prepareMachine({ dryRun: false, logGroup: spec.logGroup });
    const limitations = host.limitations ?? [];
    return { changes, warnings: limitations.map((message) => ({ code: 'HOST_UNSUPPORTED', message })) };
  },
};
