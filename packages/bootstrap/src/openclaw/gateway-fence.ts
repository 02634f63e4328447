import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writerLock } from '../backup/writer-lock.ts';
import type { Host } from '../host/host.ts';

/**
 * Whether a gateway is on the inside of a fence that others no longer see: what it has locked is not the file by which another
 * one would be kept away. The agent can remove that file, as whoever empties the directory does.
 * @returns false, too, where nobody can tell
 */
export async function hasLostFence(host: Host, pid: number): Promise<boolean> {
  const locked = await inodesLockedBy(pid);
  if (locked.length === 0) return false;
  try {
    return !locked.includes((await lstat(writerLock(host), { bigint: true })).ino);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/**
 * Inodes of the files that a process has locked by flock(2): as the kernel lists them, which is all that is left of one that
 * another machine has removed from a file server, and as the file says itself, which a file system in layers numbers anew.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html
 */
async function inodesLockedBy(pid: number): Promise<bigint[]> {
  const of = (directory: string, name = ''): string => join('/proc', String(pid), directory, name);
  const names = await readdir(of('fdinfo')).catch(() => []);
  const inodes = await Promise.all(
    names.map(async (name) => {
      const info = await readFile(of('fdinfo', name), 'utf8').catch(() => '');
      const listed = /^lock:.*\bFLOCK\b.*\bWRITE\b.* \w+:\w+:(\d+) /m.exec(info)?.[1];
      if (listed === undefined) return [];
      const file = await stat(of('fd', name), { bigint: true }).catch(() => undefined);
      return [BigInt(listed), file?.ino ?? BigInt(listed)];
    }),
  );
  return inodes.flat();
}
