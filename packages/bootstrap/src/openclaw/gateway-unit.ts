import { dirname, join } from 'node:path';
import { commandsOf } from '../commands/choice.ts';
import { guarded } from '../commands/guard.ts';
import type { Host } from '../host/host.ts';
import type { Layout } from '../host/layout.ts';
import type { Unit } from '../host/unit.ts';
import { peopleVariable } from '@clawharbor/openclaw-plugin/people';
import { clawharborPlugin } from '../plugin/directory.ts';
import { isReplicated, replicatedUnit } from './gateway-databases.ts';
import { gatewayPort, type PodSpec } from '../spec/pod-spec.ts';

export const gatewayUnitName = 'openclaw';

/** Exit code of a gateway that refuses its config or finds another owner of the state: a restart cannot mend it. */
export const permanentFailure = 78;

/** Where a version of OpenClaw is installed. */
export function installDirectory({ install }: Layout, version: string): string {
  return join(install, version);
}

/** OpenClaw itself in its {@link installDirectory}, with all that it needs: a mount, where it came as an image. */
export function modulesIn(directory: string): string {
  return join(directory, 'node_modules');
}

/** The program of a version, run by Node.js. */
export function openclawProgram(layout: Layout, version: string): string {
  return join(modulesIn(installDirectory(layout, version)), 'openclaw', 'openclaw.mjs');
}

export function configFile({ state }: Layout): string {
  return join(state, 'openclaw.json');
}

/** Public environment of the gateway and of every `openclaw` command. Variables: `docs/help/environment.md` of OpenClaw. */
export function openclawEnvironment({ layout }: Host, spec: PodSpec): Record<string, string> {
  return {
    HOME: layout.home,
    AWS_REGION: spec.region,
    OPENCLAW_STATE_DIR: layout.state,
    OPENCLAW_CONFIG_PATH: configFile(layout),
    // The version is the spec's, and the process is the host's, to change.
    OPENCLAW_NO_AUTO_UPDATE: '1',
    OPENCLAW_NO_RESPAWN: '1',
    // Nobody looks for a gateway by multicast in a VPC.
    OPENCLAW_DISABLE_BONJOUR: '1',
    NODE_COMPILE_CACHE: join(layout.cache, 'compile'),
    // Else OpenClaw's launcher starts itself a second time to use a folder in that cache, and stays as a parent: it would
    // hold the lock in place of the gateway, and end the gateway two seconds after SIGTERM instead of letting it drain.
    OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED: '1',
    XDG_CACHE_HOME: join(layout.cache, 'xdg'),
    npm_config_cache: join(layout.cache, 'npm'),
    // Plugins that people set up are OpenClaw's to fetch, before it is ready. npm's own patience with a registry that does
    // not answer is over a minute for each request: docs/decisions/0020.
    npm_config_fetch_retry_mintimeout: '1000',
    npm_config_fetch_retry_maxtimeout: '3000',
    // Not in the config: the place is another on each machine of a laptop.
    ...(clawharborPlugin(spec, layout) === undefined ? {} : { [peopleVariable]: layout.people }),
  };
}

/**
 * The gateway as a unit, in the form of `docs/gateway/index.md` of OpenClaw.
 * @param memory of the machine, in bytes
 */
export function gatewayUnit(host: Host, spec: PodSpec, memory: number): Unit {
  const { layout } = host;
  const unit: Unit = {
    name: gatewayUnitName,
    description: 'OpenClaw gateway',
    command: [
      host.node,
      `--max-old-space-size=${heapMegabytes(memory)}`,
      openclawProgram(layout, spec.openclaw.version),
      'gateway',
      // OpenClaw's own restart after a change of the config keeps the port that it was started with.
      '--port',
      String(gatewayPort(spec)),
    ],
    environment: openclawEnvironment(host, spec),
    workingDirectory: layout.state,
    user: host.gatewayUser ?? '',
    writable: [layout.state, layout.cache, layout.logs],
    reads: [modulesIn(installDirectory(layout, spec.openclaw.version))],
    // The agent must not poison what later instances install from. Read-only would not do: a mount that is made again while
    // the unit runs comes into its namespace as it is. So its parent is what the unit does not see.
    hidden: [dirname(layout.artifacts)],
    homeDirectory: layout.state,
    // Without a trash OpenClaw says that an agent is deleted, leaves its database, and refuses its next start for it.
    lent: [{ directory: layout.trash, at: join(layout.home, '.Trash') }],
    lockFile: join(layout.records, 'writer.lock'),
    restart: {
      // A restart that OpenClaw asks for itself ends with code 0.
      delaySeconds: 5,
      neverOn: [permanentFailure],
      burst: { starts: 10, seconds: 300 },
    },
    // OpenClaw drains running work for up to 315 s.
    stopTimeoutSeconds: 330,
  };
  const memoryMegabytes = mostMegabytes(memory);
  const own = guarded(unit, layout, commandsOf(spec, host));
  const bounded = memoryMegabytes === undefined ? own : { ...own, memoryMegabytes };
  return isReplicated(host, spec) ? replicatedUnit(bounded, host) : bounded;
}

/**
 * Heap of the gateway. OpenClaw's own installer gives half of the memory, within bounds; a unit written by hand must
 * say so itself, or V8 takes a quarter.
 */
export function heapMegabytes(memory: number): number {
  const total = Math.floor(memory / 1024 / 1024);
  return Math.min(Math.floor(total * 0.75), Math.max(1024, Math.min(4096, Math.floor(total / 2))));
}

/**
 * What an agent's tools and the gateway may have together: half a GB is left to what keeps the instance reachable and replicates its
 * databases. A tool that wants more is what the kernel then ends. A machine of less than 2 GB has nothing to leave.
 */
function mostMegabytes(memory: number): number | undefined {
  const total = Math.floor(memory / 1024 / 1024);
  return total < 1800 ? undefined : total - 512;
}
