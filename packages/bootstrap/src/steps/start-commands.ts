import { commandsOf, type Commands } from '../commands/choice.ts';
import { approve, enrol, enrolled, mayRun, nodeOf } from '../commands/enrolment.ts';
import { commandsUnit, commandsUnitName } from '../commands/unit.ts';
import { workspacesOf } from '../commands/workspaces.ts';
import { notHere, type Observation } from '../conditions.ts';
import { egressChanges, keepEgress } from '../egress/keep.ts';
import { namesOf } from '../egress/names.ts';
import { BootstrapError } from '../errors.ts';
import type { Unit, UnitState } from '../host/unit.ts';
import type { Step, StepContext, StepResult } from './step.ts';

const connectSeconds = 120;

/**
 * Runs commands of agents apart from the gateway, or ends what did. It is behind the lifecycle signal: the pod answers without, and
 * until this is done OpenClaw refuses a command. When it fails, only it has failed.
 */
export const startCommands: Step = {
  name: 'start-commands',
  phase: 'activate',
  async plan(context) {
    const commands = commandsOf(context.spec, context.host);
    const names = namesFor(context, commands);
    const proxy = await egressChanges(context.host, names);
    if (commands.run !== 'apart')
      return [...((await runs(context)) ? [`stop ${commandsUnitName}`] : []), ...proxy];
    const known =
      (await enrolled(context.host)) === undefined ? ['make the node host known to the gateway'] : [];
    return [...proxy, ...known, ...(await changesOf(context, await unitOf(context, commands.user)))];
  },
  async apply(context) {
    const { host, spec, signal } = context;
    const commands = commandsOf(spec, host);
    if (commands.run !== 'apart') {
      const changes = (await runs(context)) ? [`stop ${commandsUnitName}`] : [];
      if (changes.length > 0) await host.units.stop(commandsUnitName);
      changes.push(...(await keepEgress(host, undefined)));
      const { lack } = commands;
      return {
        changes,
        ...(changes.length > 0 ? {} : { skipped: lack ?? `agents.commands is ${commands.run}` }),
        ...(lack === undefined ? {} : { conditions: [condition('False', notHere, lack)] }),
      };
    }
    try {
      return await runApart(context, await unitOf(context, commands.user), namesFor(context, commands));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BootstrapError)) throw error;
      const { code, message } = error;
      return {
        changes: [],
        warnings: [{ code, message }],
        conditions: [condition('False', 'NoNodeHost', message)],
      };
    }
  },
};

async function runApart(
  context: StepContext,
  unit: Unit,
  names: readonly string[] | undefined,
): Promise<StepResult> {
  const { units } = context.host;
  const changes = await changesOf(context, unit);
  const deviceId = await enrolled(context.host);
  const node = deviceId === undefined ? undefined : await nodeOf(context, deviceId);
  if (node === undefined) {
    // What commands have left running has the account that gets the key.
    await units.stop(commandsUnitName);
    await enrol(context);
    changes.unshift('make the node host known to the gateway');
  } else if (!mayRun(node)) await approve(context, node.nodeId);
  if (node === undefined || changes.length > 0) {
    await units.stop(commandsUnitName);
    await units.install(unit);
    await units.setSecretEnvironment(commandsUnitName, {});
    await units.start(commandsUnitName);
  }
  // What is closed by the unit of commands stays closed, whatever becomes of the proxy.
  const proxy = await keepEgress(context.host, names);
  await untilConnected(context);
  const reach = names === undefined ? '' : ` They reach ${names.length} names by HTTPS, and nothing else.`;
  return {
    changes: [...changes, ...proxy],
    conditions: [
      condition(
        'True',
        'Apart',
        `Commands of agents run as an account that has nothing of the gateway.${reach}`,
      ),
    ],
  };
}

/** @throws BootstrapError `COMMANDS_NOT_APART` */
async function untilConnected(context: StepContext): Promise<void> {
  const { host, signal } = context;
  const deviceId = await enrolled(host);
  const deadline = host.elapsed() + connectSeconds * 1000;
  for (;;) {
    const node = deviceId === undefined ? undefined : await nodeOf(context, deviceId);
    if (node?.connected === true && mayRun(node)) return;
    if (host.elapsed() >= deadline) {
      throw new BootstrapError(
        'COMMANDS_NOT_APART',
        `${commandsUnitName} did not connect to the gateway within ${connectSeconds} s, so no command of an agent runs. Its log says why.`,
      );
    }
    await host.sleep(1000, signal);
  }
}

async function changesOf({ host: { units } }: StepContext, unit: Unit): Promise<string[]> {
  const changes = (await units.matches(unit)) ? [] : [`install the unit ${commandsUnitName}`];
  const { status } = await units.state(commandsUnitName);
  return status === 'active' && changes.length === 0 ? [] : [...changes, `start ${commandsUnitName}`];
}

async function unitOf({ host, spec }: StepContext, user: string): Promise<Unit> {
  return commandsUnit(host, spec, user, await workspacesOf(host));
}

/** Names that commands reach by the proxy; undefined: there is none. */
function namesFor({ spec }: StepContext, { run }: Commands): string[] | undefined {
  return run === 'apart' ? namesOf(spec) : undefined;
}

async function runs({ host }: StepContext): Promise<boolean> {
  const { status } = await host.units.state(commandsUnitName);
  const gone: readonly UnitState['status'][] = ['absent', 'inactive'];
  return !gone.includes(status);
}

function condition(status: Observation['status'], reason: string, message: string): Observation {
  return { type: 'CommandsApart', status, reason, message };
}
