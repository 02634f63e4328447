import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Ends every process of an instance, also one that outlived its supervisor (SIGKILL leaves children behind). An
 * instance's processes are known by its root disk.
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

/** Processes that run from this path: their command line names it, or the cache that the gateway was given does. */
export async function processesBelow(path: string): Promise<number[]> {
  // With the environment: the gateway gives itself another command line.
  const flags =
    process.platform === 'darwin'
      ? ['-A', '-E', '-ww', '-o', 'pid=,command=']
      : ['axeww', '-o', 'pid=,args='];
  const { stdout } = await run('ps', flags, { maxBuffer: 64 * 1024 * 1024 });
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .filter(([, pid, line]) => Number(pid) !== process.pid && belongsTo(line!, prefix))
    .map(([, pid]) => Number(pid));
}

/** A shell that merely stands in the directory has it in PWD: its environment does not count. */
function belongsTo(line: string, prefix: string): boolean {
  const [command = ''] = line.split(/ (?=[A-Za-z_][A-Za-z0-9_]*=)/, 1);
  return command.includes(prefix) || line.includes(` NODE_COMPILE_CACHE=${prefix}`);
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
