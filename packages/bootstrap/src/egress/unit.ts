import type { Host } from '../host/host.ts';
import { egressAccount } from '../host/systemd/account.ts';
import type { Unit } from '../host/unit.ts';

export const egressUnitName = 'clawharbor-egress';
export const egressProgramFile = '/usr/local/lib/clawharbor-egress.mjs';

/** On loopback. No port of OpenClaw, of Ollama or of the load balancer. */
export const egressPort = 18_443;

/** Not all of 169.254.0.0/16, as for commands: the DNS of a VPC is 169.254.169.253. */
const metadata = ['169.254.169.254/32', 'fd00:ec2::254/128'];

/** Sockets by which somebody else asks DNS for who asks: a name that is looked up is a message to whom it belongs. */
const askers = ['/run/systemd/resolve', '/run/dbus', '/run/nscd'];

/** The proxy by which commands of agents reach names: an account of its own, with nothing to read and nothing to write. */
export function egressUnit(host: Pick<Host, 'node'>, names: readonly string[]): Unit {
  return {
    name: egressUnitName,
    description: 'Clawharbor: the way out of commands of agents',
    command: [
      host.node,
      '--max-old-space-size=64',
      egressProgramFile,
      String(egressPort),
      JSON.stringify(names),
    ],
    environment: {},
    workingDirectory: '/',
    user: egressAccount.name,
    writable: [],
    unreachable: metadata,
    memoryMegabytes: 256,
    restart: { delaySeconds: 2, neverOn: [], burst: { starts: 10_000, seconds: 60 } },
    stopTimeoutSeconds: 5,
  };
}

/**
 * A unit that reaches the proxy and nothing else: by no address, by no DNS. When the proxy is gone it reaches nobody.
 * @param names undefined: it is as it was
 */
export function behindProxy(unit: Unit, names: readonly string[] | undefined): Unit {
  if (names === undefined) return unit;
  const proxy = `http://127.0.0.1:${egressPort}`;
  const here = '127.0.0.1,localhost';
  return {
    ...unit,
    environment: {
      ...unit.environment,
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      NO_PROXY: here,
      no_proxy: here,
      // fetch() of Node.js goes by the variables only then: https://nodejs.org/api/cli.html#node_use_env_proxy1
      NODE_USE_ENV_PROXY: '1',
    },
    hidden: [...(unit.hidden ?? []), ...askers],
    unreachable: ['any'],
    // Not all of loopback: the resolver of systemd listens on 127.0.0.53.
    reachable: ['127.0.0.1/32'],
  };
}
