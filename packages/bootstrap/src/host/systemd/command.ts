import { BootstrapError } from '../../errors.ts';
import { runCommand } from '../command.ts';
import type { Command, CommandResult } from '../host.ts';
import type { Account } from './account.ts';

export type Run = (command: Command) => Promise<CommandResult>;

const minimal = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
};

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
  const { inIt, environment } = asAccount(account, command, beside);
  return runCommand(inIt, environment, signal);
}

/** A command as {@link runAs} starts it, and the environment besides its own. */
export function asAccount(
  account: Account | undefined,
  command: Command,
  beside?: number,
): { readonly inIt: Command; readonly environment: Readonly<Record<string, string>> } {
  const words = [
    ...(beside === undefined ? [] : ['nsenter', `--target=${beside}`, '--mount', '--']),
    ...(account === undefined
      ? []
      : [
          'setpriv',
          `--reuid=${account.uid}`,
          `--regid=${account.gid}`,
          account.groups === undefined ? '--clear-groups' : `--groups=${account.groups.join(',')}`,
          '--no-new-privs',
          '--',
        ]),
    command.file,
    ...command.args,
  ];
  const [file = command.file, ...args] = words;
  const home = account === undefined ? {} : { HOME: account.home };
  return { inIt: { cwd: '/', ...command, file, args }, environment: { ...minimal, ...home } };
}

/** Runs a command that must succeed. @throws BootstrapError `COMMAND_FAILED` with what it wrote to stderr */
export async function must(run: Run, command: Command): Promise<string> {
  const result = await run(command);
  if (result.exitCode === 0) return result.stdout;
  const line = [command.file, ...command.args].join(' ');
  const said = (result.stderr.trim() || result.stdout.trim()).slice(-2000);
  throw new BootstrapError('COMMAND_FAILED', `${line} ended with exit code ${result.exitCode}: ${said}`);
}
