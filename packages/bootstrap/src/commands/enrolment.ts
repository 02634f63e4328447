import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { writeAtomically } from '../config/atomic-file.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { must } from '../host/systemd/command.ts';
import { askGateway, gatewayCall } from '../openclaw/gateway-call.ts';
import { openclawProgram } from '../openclaw/gateway-unit.ts';
import type { StepContext } from '../steps/step.ts';
import { nodeHostCommand, nodeHostEnvironment, offered } from './unit.ts';

/** The node host of this machine, as the gateway knows it. */
const record = z.object({ deviceId: z.string() });

const nodeList = z.object({
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      connected: z.boolean().default(false),
      commands: z.array(z.string()).default([]),
    }),
  ),
});
export type GatewayNode = z.output<typeof nodeList>['nodes'][number];

/** What nodes offer that nobody has approved yet. `node.list` tells it to an administrator only, which a call of the host is not. */
const requestList = z.object({
  pending: z.array(
    z.object({
      requestId: z.string(),
      nodeId: z.string(),
      commands: z.array(z.string()).default([]),
      caps: z.array(z.string()).default([]),
    }),
  ),
});

const identity = z.object({ deviceId: z.string() });

const fileOf = ({ layout }: Host): string => join(layout.reports, 'commands.json');

/** Id of the node host that was enrolled from this machine. */
export async function enrolled(host: Host): Promise<string | undefined> {
  const text = await readIfPresent(fileOf(host));
  return text === undefined ? undefined : record.safeParse(parseOrNothing(text)).data?.deviceId;
}

/** @throws BootstrapError `GATEWAY_CALL_FAILED` */
export async function nodeOf(context: StepContext, deviceId: string): Promise<GatewayNode | undefined> {
  const { nodes } = await askGateway(context, 'node.list', {}, nodeList);
  return nodes.find(({ nodeId }) => nodeId === deviceId);
}

/** Whether the gateway lets it do what it is for, and nothing else. */
export function mayRun({ commands }: GatewayNode): boolean {
  return offered.every((command) => commands.includes(command)) && commands.length === offered.length;
}

const enrolSeconds = 120;

/**
 * Makes a node host known to the gateway, without a person. It is started once by the gateway's own account, which has the password
 * anyway, so that no process of the account that runs commands ever has it; what comes of it, a key and a token of the role `node`,
 * is then given to that account. Nothing can be run by it before it is approved, and it is approved for {@link offered} alone.
 *
 * @throws BootstrapError `COMMANDS_NOT_APART`, `GATEWAY_CALL_FAILED`, `COMMAND_FAILED`
 */
export async function enrol(context: StepContext): Promise<void> {
  const { host, spec, signal } = context;
  const { layout } = host;
  const scratch = join(layout.cache, 'commands-enrolment');
  const run = (file: string, ...args: string[]) =>
    must((command) => host.run(command), {
      file,
      args,
      ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
    });
  await rm(scratch, { recursive: true, force: true });
  await run('mkdir', '-m', '0700', scratch);
  const [file, ...args] = nodeHostCommand(host, spec);
  const password = (await context.secretEnvironment())['OPENCLAW_GATEWAY_PASSWORD'];
  const as = host.gatewayUser === undefined ? {} : { user: host.gatewayUser };
  const program = host.converse({
    file,
    args,
    cwd: scratch,
    environment: {
      ...nodeHostEnvironment(scratch),
      ...(password === undefined ? {} : { OPENCLAW_GATEWAY_PASSWORD: password }),
    },
    ...as,
  });
  try {
    const deadline = host.elapsed() + enrolSeconds * 1000;
    let deviceId: string | undefined;
    let isKnown = false;
    while (deviceId === undefined || !isKnown) {
      if (program.isOver) throw notEnrolled('it has ended');
      if (host.elapsed() >= deadline) throw notEnrolled(`it did not connect within ${enrolSeconds} s`);
      await host.sleep(1000, signal);
      deviceId ??= await identityIn(context, scratch);
      isKnown = deviceId !== undefined && (await approve(context, deviceId));
    }
    await program.close();
    await take(host, scratch);
    await writeAtomically(fileOf(host), `${JSON.stringify({ deviceId })}\n`);
  } finally {
    await program.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Approves what it offers, if there is something to approve.
 * @returns whether there was
 * @throws BootstrapError `COMMANDS_NOT_APART` for one that offers more than it is for; `GATEWAY_CALL_FAILED`
 */
export async function approve(context: StepContext, deviceId: string): Promise<boolean> {
  const { pending } = await askGateway(context, 'node.pair.list', {}, requestList);
  const request = pending.find(({ nodeId }) => nodeId === deviceId);
  if (request === undefined) return false;
  const { requestId, commands, caps } = request;
  const more = [
    ...commands.filter((each) => !offered.includes(each)),
    ...caps.filter((each) => each !== 'system'),
  ];
  if (more.length > 0) throw notEnrolled(`it offers ${more.join(', ')}, which it must not`);
  await gatewayCall(
    context,
    'node.pair.approve',
    { requestId },
    { scopes: ['operator.pairing', 'operator.admin'] },
  );
  return true;
}

/** Before it has a key it has no id. */
async function identityIn({ host, spec }: StepContext, scratch: string): Promise<string | undefined> {
  const { exitCode, stdout } = await host.run({
    file: host.node,
    args: [openclawProgram(host.layout, spec.openclaw.version), 'node', 'identity', '--json'],
    environment: nodeHostEnvironment(scratch),
    cwd: scratch,
    timeoutSeconds: 60,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  return exitCode === 0 ? identity.safeParse(parseOrNothing(stdout)).data?.deviceId : undefined;
}

/** Whatever commands have left in the place of their home goes with it. */
async function take(host: Host, scratch: string): Promise<void> {
  const { commands } = host.layout;
  await mkdir(commands, { recursive: true, mode: 0o700 });
  await must((command) => host.run(command), { file: 'find', args: [commands, '-mindepth', '1', '-delete'] });
  await must((command) => host.run(command), {
    file: 'mv',
    args: [join(scratch, 'state'), join(commands, 'state')],
  });
  await host.giveToCommands(commands);
}

function notEnrolled(why: string): BootstrapError {
  return new BootstrapError(
    'COMMANDS_NOT_APART',
    `The node host that is to run commands of agents could not be made known to the gateway: ${why}. Until then no command runs.`,
  );
}
