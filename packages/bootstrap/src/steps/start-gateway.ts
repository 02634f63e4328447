import { commandsOf } from '../commands/choice.ts';
import { placeNoShell } from '../commands/guard.ts';
import { commandsUnitName } from '../commands/unit.ts';
import { giveWorkspaces, takeWorkspaces, workspacesOf } from '../commands/workspaces.ts';
import { writerLock } from '../backup/writer-lock.ts';
import { ConfigRecords } from '../config/config-records.ts';
import { readLive } from '../config/live-config.ts';
import { quietSeconds } from '../config/merge.ts';
import { BootstrapError } from '../errors.ts';
import { isPortFree } from '../host/port.ts';
import { configuredAgents } from '../openclaw/configured-agents.ts';
import { ageOf, isFrozen } from '../openclaw/frozen.ts';
import type { Moved } from '../openclaw/databases-program.ts';
import { hasLostFence } from '../openclaw/gateway-fence.ts';
import {
  areElsewhere,
  bringToDisk,
  haveMovedOn,
  isReplicated,
  wholeState,
} from '../openclaw/gateway-databases.ts';
import { describeMemory, memoryOf, memoryVerdict } from '../openclaw/gateway-memory.ts';
import { configFile, gatewayUnit, gatewayUnitName, permanentFailure } from '../openclaw/gateway-unit.ts';
import { rememberRestart, type RestartReason } from '../openclaw/restart-record.ts';
import { refusedStart } from '../openclaw/refused-start.ts';
import { hadNoRoom } from '../openclaw/without-room.ts';
import type { UnitState } from '../host/unit.ts';
import { gatewayPort } from '../spec/pod-spec.ts';
import { whileNobodyWrites } from '../upgrade/fence.ts';
import type { Step, StepContext, Warning } from './step.ts';
import { untilQuiet } from './until-quiet.ts';

const portSeconds = 10;

/**
 * Installs the unit, and starts it or restarts it if what only a restart can change has changed, or if it holds so much memory
 * that it would be ended soon: then once nobody is in a turn.
 */
export const startGateway: Step = {
  name: 'start-gateway',
  phase: 'activate',
  plan: async (context) => (await decide(context)).changes,
  async apply(context) {
    const { units } = context.host;
    const { changes, action, warnings } = await untilDecided(context);
    if (action === 'none') return { changes, warnings };
    if (action === 'start') await refuseHopelessStart(context, changes);
    // What a killed supervisor of a laptop has left running still has the port, and the fence.
    await units.stop(gatewayUnitName, { atOnce: action === 'kill' });
    if (action === 'start') await untilPortFree(context);
    const moved = await placeDatabases(context);
    const given = await readyForCommands(context);
    await units.install(unitOf(context));
    await units.setSecretEnvironment(gatewayUnitName, await context.secretEnvironment());
    await units.start(gatewayUnitName);
    return {
      changes: [...changes, ...moved.changes, ...given],
      warnings: [
        ...warnings,
        ...moved.problems.map((message): Warning => ({ code: 'REPLICA_DAMAGED', message })),
      ],
    };
  },
};

/** What is to be there before a gateway starts whose agents run their commands elsewhere. */
async function readyForCommands({ host, spec }: StepContext): Promise<readonly string[]> {
  const commands = commandsOf(spec, host);
  if (commands.run !== 'with-gateway') await placeNoShell(host.layout);
  if (commands.run !== 'apart') {
    if ((await host.units.state(commandsUnitName)).status !== 'absent')
      await host.units.stop(commandsUnitName);
    const taken = await takeWorkspaces(host);
    return taken.map((directory) => `give ${directory} back to the gateway`);
  }
  const given = await giveWorkspaces(host, await workspacesOf(host));
  return given.map((directory) => `give ${directory} to the account of commands`);
}

/** Where the spec wants them, for the gateway that is about to be started. */
async function placeDatabases(context: StepContext): Promise<Moved> {
  const { host, spec } = context;
  const nothing = { changes: [], problems: [], directories: [] };
  if (isReplicated(host, spec)) {
    const agents = await configuredAgents(host);
    const bring = () => bringToDisk(host, gatewayUnitName, agents);
    return await whileNobodyWrites(context, bring, { asItIs: true }).catch(async (error: unknown) => {
      const isLocked = error instanceof BootstrapError && error.code === 'STATE_LOCKED';
      if (!isLocked || !(await haveMovedOn(host, spec))) throw error;
      // Whoever ends the one that has the state ends the wrong one.
      throw new BootstrapError('STATE_LOCKED', `${describeMovedOn(host)} It waits for the other one.`, {
        cause: error,
      });
    });
  }
  if (host.kind !== 'systemd') return nothing;
  const isElsewhere = spec.fileSystem !== undefined && (await areElsewhere(host));
  const moved = isElsewhere
    ? await whileNobodyWrites(context, () => wholeState(host), { asItIs: true })
    : nothing;
  await host.units.setPlaces(gatewayUnitName, []);
  return moved;
}

/** A restart that may wait does, and what happened meanwhile may have made it needless. */
async function untilDecided(context: StepContext): Promise<Decision> {
  const decision = await decide(context);
  if (decision.mayWait === undefined) return decision;
  const waited = await untilQuiet(context);
  const { changes, ...rest } = await decide(context);
  if (rest.mayWait !== undefined) await rememberRestart(context.host, rest.mayWait);
  return { ...rest, changes: [...(waited === undefined ? [] : [waited]), ...changes] };
}

/** A predecessor on the same machine may still be on its way out. Anyone else stays. */
async function untilPortFree({ host, spec, signal }: StepContext): Promise<void> {
  const port = gatewayPort(spec);
  const deadline = host.elapsed() + portSeconds * 1000;
  while (!(await isPortFree(port))) {
    if (host.elapsed() >= deadline) {
      throw new BootstrapError(
        'PORT_TAKEN',
        `Port ${port} is in use by another program on this machine. End it, or set another gateway.port.`,
      );
    }
    await host.sleep(500, signal);
  }
}

/**
 * What the gateway refused to run with, it is not given again, until something has changed.
 * @throws BootstrapError `GATEWAY_CONFIG_REFUSED`, `STATE_NEWER` or `STATE_NEEDS_REPAIR`
 */
async function refuseHopelessStart({ host, spec }: StepContext, changes: readonly string[]): Promise<void> {
  const refused = await refusedStart(host, spec);
  if (refused) throw refused;
  const { status, exitCode } = await host.units.state(gatewayUnitName);
  if (status !== 'failed' || exitCode !== permanentFailure || changes.length > 1) return;
  const { live } = await readLive(host);
  if (live === undefined || !(await new ConfigRecords(host).wasRefused(live, spec.openclaw.version))) return;
  throw new BootstrapError(
    'GATEWAY_CONFIG_REFUSED',
    `The gateway refused to run with ${configFile(host.layout)} (exit code ${permanentFailure}) and nothing has changed since. Its log says why; change the config or the spec.`,
  );
}

interface Decision {
  readonly changes: string[];
  /** `kill`: a restart of one that does not hear that it should end. */
  readonly action: 'none' | 'start' | 'restart' | 'kill';
  /** It is restarted for this alone, so that waits until nobody is in a turn. */
  readonly mayWait?: RestartReason;
  readonly warnings: readonly Warning[];
}

/** OpenClaw reloads its config by itself; it cannot reload its definition and its environment. */
async function decide(context: StepContext): Promise<Decision> {
  const { units } = context.host;
  const state = await units.state(gatewayUnitName);
  const changes: string[] = [];
  if (!(await units.matches(unitOf(context)))) changes.push('install the unit openclaw');
  if (!(await units.hasSecretEnvironment(gatewayUnitName, await context.secretEnvironment()))) {
    changes.push('set the secret environment of openclaw');
  }
  // Which plugins there are, it finds out at its start.
  if ((context.done.get('show-plugins')?.changes.length ?? 0) > 0) changes.push('give openclaw its plugins');
  const action = actionFor(state.status, changes.length > 0);
  if (action === 'none')
    return (
      (await fenced(context, state)) ??
      (await freed(context, state)) ??
      (await revived(context, state)) ??
      relieved(context, state)
    );
  return { changes: [...changes, `${action} openclaw`], action, warnings: [] };
}

function describeMovedOn({ layout }: StepContext['host']): string {
  return `Another machine has gone on with the databases of the gateway here, as after a partition of the network. The gateway here was ended; what people wrote here since lies in ${layout.databases}, and this machine is the one to be ended.`;
}

/** What is done for a gateway that has no other reason to be restarted, and that no longer keeps another one away. */
async function fenced(
  { host, spec }: StepContext,
  { status, pid }: UnitState,
): Promise<Decision | undefined> {
  if (status !== 'active' || pid === undefined) return undefined;
  const lost = (await hasLostFence(host, pid))
    ? {
        what: 'restart openclaw, whose lock of the state is gone',
        message: `${writerLock(host)}, which the gateway had locked, was removed or replaced: nothing kept a second gateway away from the state. The gateway was restarted, and has locked the file that is there now.`,
      }
    : (await haveMovedOn(host, spec))
      ? {
          what: 'restart openclaw, whose databases another machine has gone on with',
          message: describeMovedOn(host),
        }
      : undefined;
  return (
    lost && {
      changes: [lost.what],
      action: 'restart',
      warnings: [{ code: 'STATE_UNLOCKED', message: lost.message }],
    }
  );
}

/**
 * What is done for a gateway that hangs: it is started again before the load balancer has its instance replaced, which takes
 * longer. One that is starting has its time.
 */
async function freed(context: StepContext, { status, pid }: UnitState): Promise<Decision | undefined> {
  if (status !== 'active' || pid === undefined) return undefined;
  const age = await ageOf(pid);
  if (age === undefined || age < context.spec.readyTimeoutSeconds || !(await isFrozen(context)))
    return undefined;
  const message =
    'The gateway took connections and answered none of them for 15 s: it was killed, and started again.';
  return {
    changes: ['kill openclaw, which hangs, and start it again'],
    action: 'kill',
    warnings: [{ code: 'GATEWAY_HUNG', message }],
  };
}

/** What is done for a gateway that lives, and has agents that answer no more since the disk was full. */
async function revived({ host }: StepContext, { status, pid }: UnitState): Promise<Decision | undefined> {
  if (status !== 'active' || pid === undefined || !(await hadNoRoom(host, pid))) return undefined;
  const message =
    'The disk was full while the gateway ran, and has room again: what it could not write then, it does not try again, so it was restarted.';
  return {
    changes: [
      `restart openclaw once nobody is in a turn or after ${quietSeconds} s: the disk was full, and has room again`,
    ],
    action: 'restart',
    mayWait: 'disk',
    warnings: [{ code: 'DISK_FULL', message }],
  };
}

/** What is done for the memory of a gateway that has no other reason to be restarted. */
async function relieved({ host }: StepContext, { status, pid }: UnitState): Promise<Decision> {
  const use = status === 'active' && pid !== undefined ? await memoryOf(host, pid) : undefined;
  const verdict = use === undefined ? 'fine' : memoryVerdict(use);
  if (use === undefined || verdict === 'fine') return { changes: [], action: 'none', warnings: [] };
  const told = describeMemory(use);
  const warning = (message: string): Warning => ({ code: 'GATEWAY_MEMORY_HIGH', message });
  if (verdict === 'wait') {
    const message = `The gateway was restarted for its memory less than an hour ago, and ${told} again.`;
    return { changes: [], action: 'none', warnings: [warning(message)] };
  }
  return {
    changes: [`restart openclaw once nobody is in a turn or after ${quietSeconds} s: ${told}`],
    action: 'restart',
    mayWait: 'memory',
    warnings: [warning(`The gateway was restarted before it would have been ended: ${told}.`)],
  };
}

function actionFor(status: UnitState['status'], changed: boolean): Decision['action'] {
  const runs = status === 'active' || status === 'starting' || status === 'restarting';
  if (!runs) return 'start';
  return changed ? 'restart' : 'none';
}

function unitOf({ host, spec }: StepContext) {
  return gatewayUnit(host, spec, host.memory);
}
