/**
 * Whoever waited for a lock file that was removed meanwhile has locked one that keeps nobody away, so what is open (3 is what
 * flock(1) opens) must be what is there. Else it ends, and its supervisor tries again. A laptop without /proc cannot tell.
 */
const script = `[ "$0" -ef /proc/self/fd/3 ] || [ ! -e /proc/self/fd/3 ] || { echo "$0 was replaced while it was waited for" >&2; exit 75; }; exec "$@"`;

/**
 * A command that runs only while it holds a lock, as arguments of flock(1). `--no-fork`: what is started becomes the unit's
 * main process, and holds the lock for exactly its lifetime.
 */
export function behindLock(lockFile: string, command: readonly string[]): string[] {
  return ['--no-fork', '--exclusive', lockFile, '/bin/sh', '-c', script, lockFile, ...command];
}
