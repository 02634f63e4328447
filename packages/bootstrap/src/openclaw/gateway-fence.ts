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
  const locked = await filesLockedBy(pid);
  if (locked.length === 0) return false;
  const fence = await lstat(writerLock(host)).catch(() => undefined);
  return !locked.some(({ dev, ino }) => dev === fence?.dev && ino === fence.ino);
}

/**
 * What a process has locked by flock(2). Only that is asked for by its number, which a file server may have to be asked for.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html
 */
async function filesLockedBy(pid: number): Promise<{ readonly dev: number; readonly ino: number }[]> {
  const of = (directory: string, name = '') => join('/proc', String(pid), directory, name);
  const names = await readdir(of('fdinfo')).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const info = await readFile(of('fdinfo', name), 'utf8').catch(() => '');
      return /^lock:.*\bFLOCK\b.*\bWRITE\b/m.test(info)
        ? stat(of('fd', name)).catch(() => undefined)
        : undefined;
    }),
  );
  return files.filter((file) => file !== undefined);
}
