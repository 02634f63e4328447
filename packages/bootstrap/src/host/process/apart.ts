import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Layout } from '../layout.ts';
import { commandsAccount } from '../systemd/account.ts';
import type { Unit } from '../unit.ts';
import { findProgram } from './programs.ts';

/** Commands of agents on a laptop whose pod is root's: the numbers of the instance, whether or not they have a name here. */
export const apartAccount = { uid: commandsAccount.uid, gid: commandsAccount.gid };

export interface Apart {
  /** What a {@link Unit} has as its user. */
  readonly user: string;
  /** Directories that it sees empty, but for what is shown in them. */
  readonly hidden: readonly string[];
  /** Directories of the pod that it sees, read-only. */
  readonly shown: readonly string[];
}

/** How a unit runs as another account on this machine, or, in a whole sentence, why none can. */
export function apart(layout: Layout, root: string, node: string): Apart | { readonly none: string } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return {
      none: 'Commands of agents run as the gateway here: only root can give them an account of their own.',
    };
  const missing = ['setpriv', 'unshare', 'mount', 'find'].find((name) => findProgram(name) === undefined);
  if (missing !== undefined)
    return { none: `Commands of agents run as the gateway here: this machine has no ${missing}(1).` };
  const shown = [layout.install, dirname(dirname(node))];
  const parts = [root, layout.state, layout.artifacts, layout.backups, layout.logs];
  const closed = [...shown, layout.state, layout.commands].flatMap((path) => closedAbove(path) ?? []);
  return { user: String(apartAccount.uid), hidden: [...new Set([...parts, ...closed])].toSorted(), shown };
}

/** The topmost directory above a path that others may not go through. */
function closedAbove(path: string): string | undefined {
  if (path === '/') return undefined;
  const parent = dirname(path);
  const above = closedAbove(parent);
  if (above !== undefined || parent === '/') return above;
  const found = statSync(parent, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o001) === 0 ? parent : undefined;
}

/**
 * What the shell does in the unit's view of the file system before it becomes the command; its arguments: see {@link runApart}. What
 * is to be seen is put aside first, because what is hidden may be above it.
 */
const enter = `
set -e
uid=$1 gid=$2 hidden=$3 shown=$4 lent=$5
shift 5
aside=/mnt
mount -t tmpfs -o mode=0755 tmpfs "$aside"
IFS=:
number=0
for each in $shown $lent; do
  number=$((number + 1))
  mkdir "$aside/$number"
  mount --no-canonicalize --bind "$each" "$aside/$number"
done
mount -t tmpfs -o mode=1777 tmpfs /tmp
for each in $hidden; do
  if [ -d "$each" ]; then mount -t tmpfs -o mode=0755 tmpfs "$each"; fi
done
number=0
for each in $shown $lent; do
  number=$((number + 1))
  mkdir -p "$each"
  mount --no-canonicalize --bind "$aside/$number" "$each"
done
for each in $shown; do mount -o remount,bind,ro "$each"; done
for each in $hidden; do
  if [ -d "$each" ]; then mount -o remount,ro "$each" 2>/dev/null || true; fi
done
umount --recursive --lazy "$aside"
unset IFS
cd "$1"
shift
exec setpriv --reuid="$uid" --regid="$gid" --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs -- "$@"
`;

/**
 * A unit as another account, in a view of the file system that has nothing of the pod but what is shown and lent to it, and among no
 * processes but its own. None of them outlives it.
 */
export function runApart(
  { hidden, shown }: Apart,
  unit: Unit,
  command: readonly string[],
): [string, ...string[]] {
  const { uid, gid } = apartAccount;
  const lent = [...unit.writable, ...(unit.lent ?? []).map(({ directory }) => directory)];
  const places = [hidden, shown, lent].map((paths) => paths.join(':'));
  const world = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--ipc'];
  return [
    'setpriv',
    '--pdeathsig=KILL',
    'unshare',
    ...world,
    '--',
    'sh',
    '-c',
    enter,
    'apart',
    String(uid),
    String(gid),
    ...places,
    unit.workingDirectory,
    ...command,
  ];
}

/** The command with the permissions that the unit wants for what it creates. */
export function withUmask({ umask }: Unit, command: readonly string[]): [string, ...string[]] {
  if (umask === undefined) return command as [string, ...string[]];
  return ['sh', '-c', `umask ${umask.toString(8)} && exec "$@"`, 'umask', ...command];
}
