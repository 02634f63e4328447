import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { BootstrapError } from '../../errors.ts';

/** A process that cannot be mistaken for another one that got the same number later. */
const identity = z.object({ pid: z.int(), startedAt: z.string() });
type Identity = z.infer<typeof identity>;

const recordSchema = z.object({ supervisor: identity, process: identity });
type Record = z.infer<typeof recordSchema>;

/**
 * Remembers what runs, so that the next supervisor finds it when this one is killed. A disk that is full or read-only ends
 * no supervisor: what runs, runs.
 * @returns why it could not be remembered
 */
export function recordRunning(file: string, pid: number): string | undefined {
  const [supervisor, child] = [identify(process.pid), identify(pid)];
  // It has already ended: nothing to find.
  if (!supervisor || !child) return undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ supervisor, process: child } satisfies Record));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is not forgotten names a process that has ended, which the next supervisor finds out. */
export function forgetRunning(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // As above.
  }
}

/** @throws BootstrapError `STATE_LOCKED` while the process of another, living supervisor runs */
export function refuseSecondSupervisor(file: string): void {
  const record = readRecord(file);
  if (!record || record.supervisor.pid === process.pid) return;
  if (!isRunning(record.process) || !isRunning(record.supervisor)) return;
  throw new BootstrapError(
    'STATE_LOCKED',
    `Process ${record.supervisor.pid} already runs this pod (${file}). Stop it first, or use another directory.`,
  );
}

/**
 * Ends what a killed supervisor left running: it would hold the lock of the state for ever.
 * @throws BootstrapError `STATE_LOCKED` when its supervisor is alive, too
 */
export async function endLeftover(file: string, stopTimeoutSeconds: number): Promise<boolean> {
  const record = readRecord(file);
  if (!record || !isRunning(record.process)) {
    forgetRunning(file);
    return false;
  }
  refuseSecondSupervisor(file);
  const { pid } = record.process;
  signal(pid, 'SIGTERM');
  const deadline = performance.now() + stopTimeoutSeconds * 1000;
  while (isRunning(record.process) && performance.now() < deadline) await sleep(100);
  signal(-pid, 'SIGKILL');
  forgetRunning(file);
  return true;
}

/** Sends a signal to a process, or to the group of a negative number; one that has ended is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isRunning({ pid, startedAt }: Identity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

function identify(pid: number): Identity | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Field 22 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; a zombie has ended. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

function readRecord(file: string): Record | undefined {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
