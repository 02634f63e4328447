import { dirname, join } from 'node:path';
import { namesOf } from '../egress/names.ts';
import { behindProxy } from '../egress/unit.ts';
import type { Host } from '../host/host.ts';
import type { Unit } from '../host/unit.ts';
import { installDirectory, modulesIn, openclawProgram } from '../openclaw/gateway-unit.ts';
import { gatewayPort, type PodSpec } from '../spec/pod-spec.ts';
import { nodeName } from './config.ts';
import type { Workspaces } from './workspaces.ts';

export const commandsUnitName = 'openclaw-commands';

/** All that the node host offers: running commands, and no files, browser, skills or tools of its own. */
export const offered = ['system.run', 'system.run.prepare', 'system.which'];

/**
 * Heap of the node host, in MB. Without a bound it takes 440 MB of its own to run one command, with this one 220:
 * docs/decisions/0033.
 */
const heapMegabytes = 192;

/**
 * Most that the node host and the commands of all agents have together, in MB: a quarter of the machine, and no less than the node host
 * itself takes with a command under way. A command that wants more is what the kernel ends, and neither the gateway nor what keeps the
 * instance reachable.
 * @param memory of the machine, in bytes
 */
export function commandsMegabytes(memory: number): number {
  return Math.max(1024, Math.floor(memory / 1024 / 1024 / 4));
}

/** Instance metadata and its time server, by either protocol: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html */
const metadata = ['169.254.0.0/16', 'fd00:ec2::254/128'];

/** The node host as a command, without credentials in it. */
export function nodeHostCommand(host: Host, spec: PodSpec): [string, ...string[]] {
  return [
    host.node,
    `--max-old-space-size=${heapMegabytes}`,
    openclawProgram(host.layout, spec.openclaw.version),
    'node',
    'run',
    '--host',
    '127.0.0.1',
    '--port',
    String(gatewayPort(spec)),
    '--display-name',
    nodeName,
    '--commands',
    offered.join(','),
  ];
}

/** Public environment of a node host that has its home there. */
export function nodeHostEnvironment(home: string): Record<string, string> {
  return {
    HOME: home,
    OPENCLAW_STATE_DIR: join(home, 'state'),
    NODE_COMPILE_CACHE: join(home, 'compile'),
    // It is replaced with the gateway.
    OPENCLAW_NO_AUTO_UPDATE: '1',
    OPENCLAW_NO_RESPAWN: '1',
    OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED: '1',
    OPENCLAW_DISABLE_BONJOUR: '1',
  };
}

/**
 * OpenClaw's own node host (`docs/nodes/node-host.md`), which runs the commands of agents. It has the workspaces and nothing else of
 * the gateway's: no secret, no config, no database, no metadata of the instance.
 */
export function commandsUnit(host: Host, spec: PodSpec, user: string, workspaces: Workspaces): Unit {
  const { layout } = host;
  const { artifacts, databases, cache, logs, reports, trash, people } = layout;
  // Where the bundle of the bootstrap lies (user data of `infra`).
  const bootstrap = host.kind === 'systemd' ? ['/opt/clawharbor'] : [];
  const unit: Unit = {
    name: commandsUnitName,
    description: 'Commands of the agents of OpenClaw',
    command: nodeHostCommand(host, spec),
    environment: {
      ...nodeHostEnvironment(layout.commands),
      // On EFS every file has the gateway's number, whoever wrote it.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
    workingDirectory: workspaces[0],
    user,
    umask: 0o007,
    writable: [layout.commands],
    reads: [modulesIn(installDirectory(layout, spec.openclaw.version))],
    lent: workspaces.map((directory) => ({ directory, at: directory })),
    // Names and addresses of people are no agent's either.
    hidden: [dirname(artifacts), databases, cache, logs, reports, trash, dirname(people), ...bootstrap],
    unreachable: metadata,
    memoryMegabytes: commandsMegabytes(host.memory),
    restart: { delaySeconds: 5, neverOn: [], burst: { starts: 30, seconds: 300 } },
    // It has nothing to lose: what runs ends with it.
    stopTimeoutSeconds: 5,
  };
  return behindProxy(unit, namesOf(spec));
}
