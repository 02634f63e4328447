import { startOllama } from './start-ollama.ts';
import { assignRoles } from './assign-roles.ts';
import { backUpState } from './back-up.ts';
import { drillBackup } from './drill.ts';
import { installOpenClaw } from './install-openclaw.ts';
import { installPlugins } from './install-plugins.ts';
import { keepPeople } from './keep-people.ts';
import { makeImage } from './make-image.ts';
import { measurePeople } from './measure-people.ts';
import { measureReplica } from './measure-replica.ts';
import { measureBackups } from './measure-backups.ts';
import { measureRoom } from './measure-room.ts';
import { mergeConfig } from './merge-config.ts';
import { mountArtifacts } from './mount-artifacts.ts';
import { mountState } from './mount-state.ts';
import { placePlugin } from './place-plugin.ts';
import { prepareMachine } from './prepare-machine.ts';
import { readSecrets } from './read-secrets.ts';
import { recordRelease } from './record-release.ts';
import { showPlugins } from './show-plugins.ts';
import { smokeTest } from './smoke-test.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';
import { startCommands } from './start-commands.ts';
import { startGateway } from './start-gateway.ts';
import type { Phase, Step } from './step.ts';
import { upgrade } from './upgrade.ts';
import { waitReady } from './wait-ready.ts';

/** In the order in which they run. */
export const steps: readonly Step[] = [
  prepareMachine,
  mountArtifacts,
  installOpenClaw,
  installPlugins,
  placePlugin,
  mountState,
  sweepLeftovers,
  keepPeople,
  readSecrets,
  upgrade,
  // Of the release with which the pod goes on.
  showPlugins,
  mergeConfig,
  startGateway,
  waitReady,
  recordRelease,
  assignRoles,
];

/** Behind the lifecycle signal: nobody waits for them, and when one fails, only it has failed. */
export const lateSteps: readonly Step[] = [
  startCommands,
  measureRoom,
  startOllama,
  smokeTest,
  backUpState,
  drillBackup,
  measureBackups,
  measureReplica,
  measurePeople,
  makeImage,
];

export type PhaseChoice = Phase | 'all';

/** The steps of a choice, out of {@link steps} or {@link lateSteps}. */
export function stepsOf(choice: PhaseChoice, from: readonly Step[] = steps): readonly Step[] {
  return choice === 'all' ? from : from.filter(({ phase }) => phase === choice);
}
