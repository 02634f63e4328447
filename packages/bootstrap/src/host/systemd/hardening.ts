import type { Unit } from '../unit.ts';
import { plainPath } from './quoting.ts';

export type Directive = readonly [name: string, value: string];

/**
 * What a process may not do, whatever it is.
 *
 * Left out on purpose: `MemoryDenyWriteExecute` (V8 compiles to memory), `ProcSubset=pid` (Node reads /proc/meminfo),
 * `RestrictSUIDSGID` (it takes away openat2(), which OpenClaw makes its locks with; without a capability and with
 * `NoNewPrivileges` a set-user-ID file is of no use to the unit), `PrivateUsers` (a command line tool in a user namespace of its own could not see that the gateway lives),
 * `IPAddressDeny` (models, channels and the instance's role are reached over the network).
 * @see https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#Sandboxing
 */
const always: readonly Directive[] = [
  ['NoNewPrivileges', 'yes'],
  ['CapabilityBoundingSet', ''],
  ['AmbientCapabilities', ''],
  ['ProtectSystem', 'strict'],
  ['ProtectHome', 'tmpfs'],
  ['PrivateTmp', 'yes'],
  ['PrivateMounts', 'yes'],
  ['PrivateDevices', 'yes'],
  ['DevicePolicy', 'closed'],
  ['PrivateIPC', 'yes'],
  ['ProtectProc', 'invisible'],
  ['ProtectClock', 'yes'],
  ['ProtectHostname', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX AF_NETLINK'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['LockPersonality', 'yes'],
  ['KeyringMode', 'private'],
  ['UMask', '0077'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['SystemCallFilter', '~@privileged @resources'],
  // A refused call fails, so that a library can fall back; it does not kill the gateway.
  ['SystemCallErrorNumber', 'EPERM'],
  // A core file would put the secrets of the environment on disk.
  ['LimitCORE', '0'],
];

/** The sandbox of a unit: what holds for all, and the few places it may see and write. */
export function hardening(unit: Unit): Directive[] {
  const lent = unit.lent ?? [];
  const writable = [...unit.writable, ...lent.map(({ at }) => at)].map((path) => plainPath(path, 'writable'));
  // A path that is not there yet hides nothing and is no error.
  const hidden = (unit.hidden ?? []).map((path) => `-${plainPath(path, 'hidden')}`);
  return [
    ...always,
    ...(unit.homeDirectory === undefined
      ? []
      : [['BindPaths', plainPath(unit.homeDirectory, 'homeDirectory')] satisfies Directive]),
    ...lent.map(({ directory, at }) => {
      const value = `${plainPath(directory, 'lent')}:${plainPath(at, 'lent')}`;
      return ['BindPaths', value] satisfies Directive;
    }),
    ...(unit.shown ?? []).map(({ directory, at }) => {
      const value = `${plainPath(directory, 'shown')}:${plainPath(at, 'shown')}`;
      return ['BindReadOnlyPaths', value] satisfies Directive;
    }),
    ...(hidden.length > 0 ? [['InaccessiblePaths', hidden.join(' ')] satisfies Directive] : []),
    ...(writable.length > 0 ? [['ReadWritePaths', writable.join(' ')] satisfies Directive] : []),
  ];
}
