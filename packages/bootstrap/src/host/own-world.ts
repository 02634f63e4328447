import { join } from 'node:path';
import type { Command, Host } from './host.ts';
import { must } from './systemd/command.ts';

/**
 * A world of its own for a gateway that is only tried: the copy lies where the state lies, so that no path in a config or
 * a database leads to the real one; there is no network but a loopback, and neither artifacts nor backups are seen; nothing
 * of it outlives the command.
 * @see https://man7.org/linux/man-pages/man1/unshare.1.html
 */
export interface OwnWorld {
  /** Directory of the gateway's user on the local disk, with `state`, `logs`, `tmp` and `empty` in it. */
  readonly scratch: string;
  /** Address of the one other machine in that network, which leads to a port in here: {@link balancerSocket}. Default: none. */
  readonly balancer?: { readonly address: string; readonly port: number } | undefined;
}

/** What a scratch directory has beside the state. */
const furniture = ['logs', 'tmp', 'empty'];

/** Where it has what is temporary: every Linux has this directory (https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s12.html). */
const temporary = '/mnt';

/** What is sent there comes from the other machine, as from a load balancer. */
export const balancerSocket = `${temporary}/balancer.sock`;

/** Where the other machine finds this one: an address for documentation (https://www.rfc-editor.org/rfc/rfc5737). */
const ownAddress = '192.0.2.1';

/** The other machine. Runs in its network, so it is text. */
const forward = `
import { connect, createServer } from 'node:net';
const [, path, localAddress, port] = process.argv;
createServer((near) => {
  const far = connect({ host: '${ownAddress}', port: Number(port), localAddress });
  near.pipe(far).pipe(near);
  for (const [one, other] of [[near, far], [far, near]]) one.on('error', () => other.destroy());
}).listen(path);
`;

const isolated = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

/**
 * What the shell does in the new world before it becomes the command. Its arguments: see {@link inOwnWorld}. It is root there, and
 * the agent writes in both the state and the scratch directory: mount(8) would follow a link that it has planted in there, and a
 * folder of the agent's in the place of /usr/bin would be root's next command. So a mount is made from and to what the shell stands
 * in, once that is found to be no link's end.
 */
const enter = `
set -e
# The path of what is named last, whose parent nobody but root can exchange.
real() { echo "$(cd "\${1%/*}" && pwd -P)/\${1##*/}"; }
stand() {
  cd "$1"
  if [ "$(pwd -P)" = "$1" ]; then return; fi
  echo "a link leads from $1 to somewhere else" >&2
  exit 1
}
# Shows a directory in the place of another one, by way of a place that is nobody's.
show() {
  ( stand "$1" && mount --no-canonicalize --rbind . ${temporary} )
  if [ "$3" = read-only ]; then mount -o remount,bind,ro ${temporary}; fi
  ( stand "$2" && mount --no-canonicalize --rbind ${temporary} . )
  umount --recursive --lazy ${temporary}
}
scratch=$1 state=$2 logs=$3 user=$4 address=$5 port=$6 node=$7 forward=$8 artifacts=$9 backups=\${10}
shift 10
scratch=$(real "$scratch") state=$(real "$state") logs=$(real "$logs")
identity=
if [ -n "$user" ]; then identity="setpriv --reuid=$user --regid=$user --clear-groups --no-new-privs --"; fi
ip link set lo up
# What others install from and restore is not for what the agent wrote: the unit of the gateway does not see it either.
for hidden in "$artifacts" "$backups"; do
  if [ -d "$hidden" ]; then mount -t tmpfs -o ro,mode=0 tmpfs "$hidden"; fi
done
# OpenClaw's locks say who has the state by its path, and both have the same one.
for locks in /tmp/openclaw /tmp/openclaw-[0-9]* /tmp/openclaw-state-locks*; do
  if [ -d "$locks" ]; then show "$scratch/empty" "$(real "$locks")"; fi
done
# Plugins are in no backup.
if [ -d "$state/npm" ]; then
  $identity mkdir -p "$scratch/state/npm"
  show "$state/npm" "$scratch/state/npm" read-only
fi
show "$scratch/state" "$state"
show "$scratch/logs" "$logs"
# A short name: sockets have no room for a long one.
( stand "$scratch/tmp" && mount --no-canonicalize --rbind . ${temporary} )
# OpenClaw believes no sign-in that comes from an address of its own machine.
if [ -n "$address" ]; then
  unshare --net -- $identity "$node" --input-type=module --eval "$forward" ${balancerSocket} "$address" "$port" >/dev/null &
  until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
  ip link add balancer type veth peer name gateway netns $!
  ip address add ${ownAddress} peer "$address" dev balancer
  ip link set balancer up
  nsenter --net=/proc/$!/ns/net sh -c 'ip address add "$1" peer ${ownAddress} dev gateway && ip link set gateway up' balancer "$address"
fi
exec $identity "$@"
`;

/** Makes what a scratch directory has beside the state. As the user whose it is: root would follow a link there. */
export async function furnish(host: Host, scratch: string): Promise<void> {
  await must((command) => host.run(command), {
    file: 'mkdir',
    args: ['-m', '0700', ...furniture.map((name) => join(scratch, name))],
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
}

/** The command in a world of its own; it ends with the process that runs it. */
export function inOwnWorld(host: Host, command: Command, { scratch, balancer }: OwnWorld): Command {
  const { state, logs, artifacts, backups } = host.layout;
  const { gatewayUser: user = '', node } = host;
  const { address = '', port = 0 } = balancer ?? {};
  const shell = ['--pdeathsig=KILL', 'unshare', ...isolation(), '--', 'sh', '-c', enter];
  const places = [scratch, state, logs, user, address, String(port), node, forward, artifacts, backups];
  return {
    ...command,
    environment: { ...command.environment, TMPDIR: temporary },
    file: 'setpriv',
    args: [...shell, 'world', ...places, command.file, ...command.args],
  };
}

/**
 * Why this machine has no such worlds; undefined if it has.
 * @param withBalancer whether another machine is to be in there
 */
export async function whyNoOwnWorld(host: Host, withBalancer = false): Promise<string | undefined> {
  const loopback = ['ip', 'link', 'set', 'lo', 'up'];
  const cable = ['ip', 'link', 'add', 'balancer', 'type', 'veth', 'peer', 'name', 'gateway'];
  const result = await host.run({
    file: 'setpriv',
    args: ['--pdeathsig=KILL', 'unshare', ...isolation(), '--', ...(withBalancer ? cable : loopback)],
    timeoutSeconds: 20,
  });
  return result.exitCode === 0 ? undefined : result.stderr.trim().slice(-200);
}

function isolation(): string[] {
  return process.getuid?.() === 0 ? isolated : ['--map-root-user', ...isolated];
}
