import { startOllama } from '../ollama-step.ts';
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

/** Behind the lifecycle signal: nobody waits for them, and when one fails, only it has failed. */
export const lateSteps: readonly Step[] = [startOllama];

export type PhaseChoice = Phase | 'all';

/** The steps of a choice, out of {@link steps} or {@link lateSteps}. */
export function stepsOf(choice: PhaseChoice, from: readonly Step[] = steps): readonly Step[] {
  return choice === 'all' ? from : from.filter(({ phase }) => phase === choice);
}
