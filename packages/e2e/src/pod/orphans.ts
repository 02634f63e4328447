import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Ends every process of an instance, also one that outlived its supervisor (SIGKILL leaves children behind). An
 * instance's processes are known by its root disk, whose path is in their command line.
 * @returns how many were ended
 */
export async function endProcessesBelow(path: string, graceMilliseconds: number): Promise<number> {
  const first = await processesBelow(path);
  signalAll(first, 'SIGTERM');
  const deadline = Date.now() + graceMilliseconds;
  let left = first;
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((wake) => setTimeout(wake, 100));
    left = await processesBelow(path);
  }
  signalAll(left, 'SIGKILL');
  return first.length;
}

/** Processes whose command line names a path below this one. */
export async function processesBelow(path: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,args='], { maxBuffer: 32 * 1024 * 1024 });
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .filter(([, pid, args]) => args!.includes(prefix) && Number(pid) !== process.pid)
    .map(([, pid]) => Number(pid));
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
