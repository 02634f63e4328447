import { assignRoles } from './assign-roles.ts';
import { installOpenClaw } from './install-openclaw.ts';
import { mergeConfig } from './merge-config.ts';
import { mountArtifacts } from './mount-artifacts.ts';
import { mountState } from './mount-state.ts';
import { prepareMachine } from './prepare-machine.ts';
import { readSecrets } from './read-secrets.ts';
import { startGateway } from './start-gateway.ts';
import type { Phase, Step } from './step.ts';
import { waitReady } from './wait-ready.ts';

/** In the order in which they run. */
export const steps: readonly Step[] = [
  prepareMachine,
  mountArtifacts,
  installOpenClaw,
  mountState,
  readSecrets,
  mergeConfig,
  startGateway,
  waitReady,
  assignRoles,
];

export type PhaseChoice = Phase | 'all';

export function stepsOf(choice: PhaseChoice): readonly Step[] {
  return choice === 'all' ? steps : steps.filter(({ phase }) => phase === choice);
}
