import { stat, statfs } from 'node:fs/promises';
import type { Account } from './systemd/account.ts';
import { must, type Run } from './systemd/command.ts';

/** NFS, as statfs(2) has it: on an EFS access point everything has one owner, whoever asks. */
const nfs = 0x6969;

const setgid = 0o2000;

/**
 * Everything in the directory belongs to the account and may be written by its group, and what will be in it has its group. What is
 * no directory and has a second name stays as it is: before commands had an account of their own they could give a file of the
 * gateway one here. No link is followed.
 */
export async function giveTree(
  run: Run,
  { uid, gid }: Pick<Account, 'uid' | 'gid'>,
  directory: string,
): Promise<void> {
  const own = ['(', '-type', 'd', '-o', '-type', 'l', '-o', '-links', '1', ')'];
  const chown = ['chown', '--no-dereference', `${uid}:${gid}`, '{}', '+'];
  const files = ['-type', 'f', '-links', '1', '-execdir', 'chmod', 'u+rw,g+rwX,o-rwx', '{}', '+'];
  // The one above all is the last: it is what says that all was given.
  const directories = ['-depth', '-type', 'd', '-execdir', 'chmod', '2770', '{}', '+'];
  const find = (args: readonly string[]) =>
    must(run, { file: 'find', args: ['-P', directory, '-xdev', ...args], timeoutSeconds: 3600 });
  await find([...own, '-execdir', ...chown]);
  await find(files);
  await find(directories);
}

export async function isTreeGiven(
  { uid, gid }: Pick<Account, 'uid' | 'gid'>,
  directory: string,
): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined) return false;
  if ((await statfs(directory)).type === nfs) return true;
  return found.uid === uid && found.gid === gid && (found.mode & setgid) !== 0;
}

/**
 * Gives what {@link giveTree} gave to the account back to the one of the gateway, and to it alone.
 * @returns whether there was something to give back
 */
export async function takeTree(
  run: Run,
  from: Pick<Account, 'uid' | 'gid'>,
  to: Pick<Account, 'uid' | 'gid'>,
  directory: string,
): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.uid !== from.uid) return false;
  const find = (...args: readonly string[]) =>
    must(run, { file: 'find', args: ['-P', directory, '-xdev', ...args], timeoutSeconds: 3600 });
  await find('-type', 'f', '-links', '1', '-execdir', 'chmod', 'u+rw,go-rwx', '{}', '+');
  await find('-type', 'd', '-execdir', 'chmod', 'u=rwx,go=,g-s', '{}', '+');
  // The one above all is the last, as there.
  const chown = ['chown', '--no-dereference', `${to.uid}:${to.gid}`, '{}', '+'];
  await find('-depth', '(', '-type', 'd', '-o', '-type', 'l', '-o', '-links', '1', ')', '-execdir', ...chown);
  return true;
}
