import { BootstrapError } from '../../errors.ts';
import { runCommand } from '../command.ts';
import type { Command, CommandResult } from '../host.ts';
import type { Account } from './account.ts';

export type Run = (command: Command) => Promise<CommandResult>;

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};

/** Only root may make one. A new network has its loopback interface down. */
const enter = `
set -e
if [ "$1" = none ]; then ip link set lo up; fi
shift
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mount -t tmpfs -o ro,mode=0 tmpfs "$1"; fi
  shift
done
shift
exec "$@"
`;

/** A network and a view of the file system of its own: https://man7.org/linux/man-pages/man1/unshare.1.html */
function apart({ network, hidden = [] }: Command): string[] {
  const own = [...(network === 'none' ? ['--net'] : []), ...(hidden.length > 0 ? ['--mount'] : [])];
  if (own.length === 0) return [];
  return ['unshare', ...own, '--', 'sh', '-c', enter, 'sh', network ?? 'any', ...hidden, '--'];
}

export interface Surroundings {
  readonly signal?: AbortSignal;
  /** Process whose mounts it gets: https://man7.org/linux/man-pages/man1/nsenter.1.html. Default: this one's. */
  readonly beside?: number | undefined;
}

/** Runs a command with an environment of its own, as root or as an account that can never become root again. */
export function runAs(
  account: Account | undefined,
  command: Command,
  { signal, beside }: Surroundings = {},
): Promise<CommandResult> {
  const words = [
    ...apart(command),
    ...(beside === undefined ? [] : ['nsenter', `--target=${beside}`, '--mount', '--']),
    ...(account === undefined
      ? []
      : [
          'setpriv',
          `--reuid=${account.uid}`,
          `--regid=${account.gid}`,
          '--clear-groups',
          '--no-new-privs',
          '--',
        ]),
    command.file,
    ...command.args,
  ];
  const [file = command.file, ...args] = words;
  const home = account === undefined ? {} : { HOME: account.home };
  return runCommand({ cwd: '/', ...command, file, args }, { ...environment, ...home }, signal);
}

/** Runs a command that must succeed. @throws BootstrapError `COMMAND_FAILED` with what it wrote to stderr */
export async function must(run: Run, command: Command): Promise<string> {
  const result = await run(command);
  if (result.exitCode === 0) return result.stdout;
  const line = [command.file, ...command.args].join(' ');
  const said = (result.stderr.trim() || result.stdout.trim()).slice(-2000);
  throw new BootstrapError('COMMAND_FAILED', `${line} ended with exit code ${result.exitCode}: ${said}`);
}
