import { access } from 'node:fs/promises';
import { execute } from './execute.ts';

const programs = ['systemd-nspawn', 'debootstrap', 'nsenter', 'ip', 'mount', 'flock', 'npm'];

/**
 * Why no systemd container can be booted here. Needed: Linux, root, overlayfs, and from Debian the packages
 * `systemd-container`, `debootstrap`, `iproute2`.
 * @returns undefined when it can
 */
export async function whyNoContainer(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `a systemd container needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'a systemd container needs root';
  const missing: string[] = [];
  for (const program of programs) {
    const found = await execute('sh', ['-c', 'command -v "$1"', 'sh', program]);
    if (found.exitCode !== 0) missing.push(program);
  }
  if (missing.length > 0) return `not installed here: ${missing.join(', ')}`;
  return access('/sys/fs/cgroup').then(
    () => undefined,
    () => 'no control groups here',
  );
}
