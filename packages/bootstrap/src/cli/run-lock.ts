import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import { runLock } from '../host/systemd/bootstrap-service.ts';
import type { HostOptions } from './open-host.ts';

/** @returns false on a laptop, where no timer runs anything, and where flock(1) has started this command with the lock */
export function needsRunLock({ host }: HostOptions): boolean {
  return host === 'systemd' && !hasOpen(runLock);
}

/** What flock(1) has locked is open in what it starts: https://man7.org/linux/man-pages/man1/flock.1.html */
function hasOpen(file: string): boolean {
  const files = '/proc/self/fd';
  return readdirSync(files).some((name) => {
    try {
      return readlinkSync(join(files, name)) === file;
    } catch {
      // It was open to read the directory.
      return false;
    }
  });
}

/**
 * The same command once more with the lock of the timer's runs. One that upgrades or restores exchanges the state entry by
 * entry, rehearses with the memory that a drill takes, and would start the gateway in the middle of a restore. Who ends this
 * one ends that one.
 * @returns its exit code
 * @throws BootstrapError `STATE_LOCKED` when a run does not end
 */
export async function withRunLock(): Promise<number> {
  const [script = '', ...args] = process.argv.slice(1);
  const free = ['--nonblock', '--conflict-exit-code', '75', runLock, 'true'];
  if (spawnSync('flock', free).status === 75)
    process.stderr.write(`waits for the run of the bootstrap that has ${runLock}\n`);
  const again = [process.execPath, ...process.execArgv, script, ...args];
  const options = ['--no-fork', '--timeout', '900', '--conflict-exit-code', '75'];
  const child = spawn('flock', [...options, runLock, ...again], { stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', pass).on('SIGINT', pass);
  const [status] = (await once(child, 'exit').finally(() => {
    process.off('SIGTERM', pass).off('SIGINT', pass);
  })) as [number | null];
  if (status === 75) {
    throw new BootstrapError('STATE_LOCKED', `A run of the bootstrap has had ${runLock} for 15 minutes.`);
  }
  return status ?? 1;
}
