import { constants } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import { BootstrapError } from '../../errors.ts';
import type { Account } from './account.ts';

/**
 * Gives a file or directory to an account. A symbolic link anywhere in the path is refused, and so is a file of somebody
 * else with a second name: the agent may write to its state, and what it plants there must not make root give away
 * something else. What was opened is what is judged and given: a path may be another one a moment later.
 * @throws BootstrapError `HOST_UNSUPPORTED`
 */
export async function giveTo(account: Account, path: string, mode: number): Promise<void> {
  const file = await openOrRefuse(path);
  try {
    // The path of what is open, without links: https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
    if ((await readlink(`/proc/self/fd/${file.fd}`)) !== path) throw throughLink(path);
    const found = await file.stat();
    // On EFS the access point owns everything already, and may refuse even a change that changes nothing.
    if (found.uid !== account.uid || found.gid !== account.gid) {
      if (found.isFile() && found.nlink > 1) {
        throw new BootstrapError(
          'HOST_UNSUPPORTED',
          `${path} has another name elsewhere, as a hard link: remove it and run again`,
        );
      }
      await file.chown(account.uid, account.gid);
    }
    if ((found.mode & 0o7777) !== mode) await file.chmod(mode);
  } finally {
    await file.close();
  }
}

async function openOrRefuse(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? throughLink(path) : error;
  }
}

function throughLink(path: string): BootstrapError {
  return new BootstrapError(
    'HOST_UNSUPPORTED',
    `${path} leads through a symbolic link: remove the link and run again`,
  );
}
