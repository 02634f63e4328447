import { spawn } from 'node:child_process';
import type { Command, CommandResult } from './host.ts';

/** Output beyond this is cut from its start: a message needs the last lines. */
const outputLimit = 4 * 1024 * 1024;

/**
 * Runs a command of this machine to its end. A command that cannot be started or takes too long gives the exit codes
 * that shells and timeout(1) give: 127 and 124.
 * @param signal kills it and what it started
 */
export function runCommand(
  command: Command,
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command.file, [...command.args], {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      env: { ...environment, ...command.environment },
      // A group of its own, so that a time-out ends what the command started, too.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const seconds = command.timeoutSeconds ?? 600;
    const kill = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', kill, { once: true });
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, seconds * 1000);
    child.stdout
      .setEncoding('utf8')
      .on('data', (text: string) => (stdout = (stdout + text).slice(-outputLimit)));
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (stderr = (stderr + text).slice(-outputLimit)));
    // A command that does not read its input ends the pipe early; its exit code says what matters.
    child.stdin.on('error', () => {}).end(command.input ?? '');
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ exitCode: 127, stdout, stderr: error.message });
    });
    child.on('close', (code, endedBy) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      if (timedOut) stderr += `\ntimed out after ${seconds} s`;
      resolve({ exitCode: timedOut ? 124 : (code ?? signalExitCode(endedBy)), stdout, stderr });
    });
  });
}

function signalExitCode(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 137 : 143;
}
