import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { BootstrapError } from '../../errors.ts';
import type { Account } from './account.ts';

/**
 * Gives a file or directory to an account. A symbolic link anywhere in the path is refused: the agent may write to its
 * state, and a link planted there must not make root give away something else.
 */
export async function giveTo(account: Account, path: string, mode: number): Promise<void> {
  if ((await realpath(path)) !== path) {
    throw new BootstrapError(
      'HOST_UNSUPPORTED',
      `${path} leads through a symbolic link: remove the link and run again`,
    );
  }
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    // On EFS the access point owns everything already, and may refuse even a change that changes nothing.
    if (found.uid !== account.uid || found.gid !== account.gid) await file.chown(account.uid, account.gid);
    if ((found.mode & 0o7777) !== mode) await file.chmod(mode);
  } finally {
    await file.close();
  }
}
