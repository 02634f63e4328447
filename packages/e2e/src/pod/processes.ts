import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process of this machine, as far as this user may see it. */
export interface Process {
  readonly pid: number;
  readonly commandLine: string;
  /** Each as `NAME=value`. */
  readonly environment: readonly string[];
}

/** Every process there is. Linux needs no program for it: a slim image has no `ps`. */
export function listProcesses(): Promise<Process[]> {
  return process.platform === 'linux' ? listFromProc() : listByPs();
}

/** https://man7.org/linux/man-pages/man5/proc.5.html */
async function listFromProc(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      commandLine: (await readStrings(`/proc/${pid}/cmdline`)).join(' '),
      environment: await readStrings(`/proc/${pid}/environ`),
    })),
  );
}

/** Nothing of a process that has ended meanwhile, or is another user's. */
async function readStrings(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\0').filter((part) => part !== '');
}

/** As macOS has it: the environment stands behind the command, parted by nothing but a space. */
async function listByPs(): Promise<Process[]> {
  const { stdout } = await run('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, line]) => {
      const [commandLine = '', ...environment] = line!.split(/ (?=[A-Za-z_][A-Za-z0-9_]*=)/);
      return { pid: Number(pid), commandLine, environment };
    });
}
