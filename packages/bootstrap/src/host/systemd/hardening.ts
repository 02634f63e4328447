import type { Unit } from '../unit.ts';
import { plainName, plainPath } from './quoting.ts';

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
  // systemd 252 makes them world-writable and unlimited (https://github.com/systemd/systemd/issues/34825, mended in 257): what is
  // bound below stays visible.
  [
    'TemporaryFileSystem',
    '/home:ro,mode=0755,size=1M /root:ro,mode=0700,size=1M /run/user:ro,mode=0755,size=1M',
  ],
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
  // Without AF_NETLINK the gateway is ready and lets nobody in: it compares whoever speaks for the load balancer with the addresses of
  // its own machine.
  ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX AF_NETLINK'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['LockPersonality', 'yes'],
  ['KeyringMode', 'private'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['SystemCallFilter', '~@privileged @resources'],
  // What neither the gateway nor a command of git, npm, python or a compiler was seen to need. Not @ipc: it has pipe2 in it.
  ['SystemCallFilter', '~@aio @chown @keyring @memlock @setuid'],
  [
    'SystemCallFilter',
    '~userfaultfd kcmp personality get_mempolicy name_to_handle_at remap_file_pages vmsplice',
  ],
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
  const mask = (unit.umask ?? 0o077).toString(8).padStart(4, '0');
  return [
    ...always,
    ['UMask', mask],
    ...(unit.groups?.length
      ? [
          [
            'SupplementaryGroups',
            unit.groups.map((name) => plainName(name, 'group')).join(' '),
          ] satisfies Directive,
        ]
      : []),
    ...(unit.reachable?.length ? [['IPAddressAllow', unit.reachable.join(' ')] satisfies Directive] : []),
    ...(unit.unreachable?.length ? [['IPAddressDeny', unit.unreachable.join(' ')] satisfies Directive] : []),
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
