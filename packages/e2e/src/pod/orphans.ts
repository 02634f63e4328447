import { listProcesses, type Process } from './processes.ts';

/**
 * Ends every process of an instance, also one that outlived its supervisor (SIGKILL leaves children behind). An
 * instance's processes are known by its root disk.
 * @param signal ends the waiting, and leaves those that do not listen to SIGTERM
 * @returns how many were ended
 */
export async function endProcessesBelow(
  path: string,
  graceMilliseconds: number,
  signal?: AbortSignal,
): Promise<number> {
  const first = await processesBelow(path);
  signalAll(first, 'SIGTERM');
  const deadline = Date.now() + graceMilliseconds;
  let left = first;
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((wake) => setTimeout(wake, 100));
    signal?.throwIfAborted();
    left = await processesBelow(path);
  }
  signalAll(left, 'SIGKILL');
  return first.length;
}

/** Processes that run from this path: their command line names it, or the cache that the gateway was given does. */
export async function processesBelow(path: string): Promise<number[]> {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return (await listProcesses())
    .filter((candidate) => candidate.pid !== process.pid && belongsTo(candidate, prefix))
    .map(({ pid }) => pid);
}

/**
 * The gateway gives itself another command line, so one variable counts too. No other does: a shell that merely stands
 * in the directory has it in PWD.
 */
function belongsTo({ commandLine, environment }: Process, prefix: string): boolean {
  return (
    commandLine.includes(prefix) ||
    environment.some((variable) => variable.startsWith(`NODE_COMPILE_CACHE=${prefix}`))
  );
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
