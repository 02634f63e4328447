import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command, CommandResult } from './host.ts';

/** Output beyond this is cut from its start: a message needs the last lines. */
const usualOutputLimit = 4 * 1024 * 1024;

/** After so long a killed command's output counts as ended: a program that it left behind elsewhere may hold it open. */
const lastWordsMilliseconds = 500;

/** Who stops this process may stop its commands at the same moment: as long may the word of it be on its way here. */
const wordOfStopMilliseconds = 200;

/**
 * Runs a command of this machine to its end. A command that cannot be started or takes too long gives the exit codes
 * that shells and timeout(1) give: 127 and 124.
 * @param closed kills it and what it started, as a signal of its own does
 * @throws the signal's reason: a command that was interrupted has said nothing, least of all that something is wrong
 */
export function runCommand(
  command: Command,
  environment: Readonly<Record<string, string>>,
  closed?: AbortSignal,
): Promise<CommandResult> {
  const signals = [closed, command.signal].filter((each) => each !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  if (signal?.aborted) return Promise.reject(reasonOf(signal));
  return new Promise((resolve, reject) => {
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
    const { outputLimit = usualOutputLimit } = command;
    const seconds = command.timeoutSeconds ?? 600;
    const kill = (): void => {
      if (child.pid !== undefined) killGroup(child.pid);
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, lastWordsMilliseconds);
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
    const settle = async (code: number | null, endedBy: NodeJS.Signals | null): Promise<void> => {
      clearTimeout(timer);
      if (endedBy !== null && !timedOut) await awaitStop(signal);
      signal?.removeEventListener('abort', kill);
      if (signal?.aborted) return reject(reasonOf(signal));
      if (timedOut) stderr += `\ntimed out after ${seconds} s`;
      resolve({ exitCode: timedOut ? 124 : (code ?? signalExitCode(endedBy)), stdout, stderr });
    };
    child.on('close', (code, endedBy) => void settle(code, endedBy));
  });
}

/** Also of a command that has ended itself: what it started goes on, and holds its output. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Waits for the word of a stop, where something was ended by somebody. */
export async function awaitStop(signal: AbortSignal | undefined): Promise<void> {
  if (signal) await delay(wordOfStopMilliseconds, undefined, { signal }).catch(() => {});
}

export function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}

function signalExitCode(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 137 : 143;
}
