import type { Unit } from './unit.ts';

/**
 * Whoever waited for a lock file that was removed meanwhile has locked one that keeps nobody away, so what is open (3 is what
 * flock(1) opens) must be what is there. Else it ends, and its supervisor tries again. A laptop without /proc cannot tell.
 */
const isFence = `[ "$0" -ef /proc/self/fd/3 ] || [ ! -e /proc/self/fd/3 ] || { echo "$0 was replaced while it was waited for" >&2; exit 75; }`;

/** What was decided before the lock was waited for may have been decided otherwise by whoever had it. */
const isSame = `cmp -s "$1" "$2" || { echo "$1 is not what $2 is: others have gone on" >&2; exit 75; }`;

const run = 'shift 2; exec "$@"';

type Locked = Pick<Unit, 'sameFiles' | 'command'> & { readonly lockFile: string };

/**
 * A command that runs only while it holds a lock, as arguments of flock(1). `--no-fork`: what is started becomes the unit's
 * main process, and holds the lock for exactly its lifetime.
 */
export function behindLock({ lockFile, sameFiles, command }: Locked): string[] {
  const [ours, theirs] = sameFiles ?? ['', ''];
  const parts = sameFiles === undefined ? [isFence, run] : [isFence, isSame, run];
  return [
    '--no-fork',
    '--exclusive',
    lockFile,
    '/bin/sh',
    '-c',
    parts.join('; '),
    lockFile,
    ours,
    theirs,
    ...command,
  ];
}
