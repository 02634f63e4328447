import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFull, leastRoom } from '../disk-room.ts';
import { runCommand } from '../host/command.ts';
import type { Layout } from '../host/layout.ts';
import { Refusal, textOf } from './request.ts';
import type { Machine, Settled } from './settled.ts';

/** What is looked at on a machine: the gateway's process and port, and files. */
export interface Places {
  readonly pid: number;
  readonly port: number;
  /** Processes of other units that are to run, by the names of their units. */
  readonly others: Readonly<Record<string, number>>;
  /** Files of the config and the lock of the state, by their paths. */
  readonly files: readonly string[];
  /** Directories on the machine's own disks. */
  readonly disks: readonly string[];
}

/** @throws where it is no Linux, and where a file is not there or its server does not answer */
export async function observeMachine({ pid, port, others, files, disks }: Places): Promise<Machine> {
  const [isAnswering, boot, uptime, gateway, running, room] = await Promise.all([
    doesAnswer(port),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    readFile('/proc/uptime', 'utf8'),
    processOf(pid),
    Promise.all(
      Object.entries(others).map(async ([name, one]) => [name, (await processOf(one))?.started] as const),
    ),
    leastRoom(disks),
  ]);
  return {
    boot: boot.trim(),
    uptime: Number(uptime.split(' ')[0]),
    gateway: gateway?.started,
    others: Object.fromEntries(running),
    isAnswering,
    heldMegabytes: gateway?.heldMegabytes,
    hasRoom: !isFull(room),
    files: await stateOf(files),
  };
}

/** Whether the gateway says anything. One that hangs is the same process as before. */
async function doesAnswer(port: number): Promise<boolean> {
  const url = new URL(`http://127.0.0.1:${port}/healthz`);
  return await textOf({ url, method: 'GET' }).then(
    () => true,
    (error: Error) => error instanceof Refusal,
  );
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, proc_pid_status.5.html */
async function processOf(pid: number): Promise<{ started: string; heldMegabytes: number } | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { started: `${pid} ${started}`, heldMegabytes: Math.round(Number(kilobytes) / 1024) };
  } catch {
    return undefined;
  }
}

/** Another process asks: whoever asks a file server that says nothing waits until it does. */
async function stateOf(files: readonly string[]): Promise<string> {
  const args = ['--dereference', '--format=%i %s %y %z %n', '--', ...files];
  const command = { file: 'stat', args, timeoutSeconds: 10, environment: { LC_ALL: 'C' } };
  const { exitCode, stdout, stderr } = await runCommand(command, { PATH: process.env['PATH'] ?? '' });
  if (exitCode !== 0) throw new Error(stderr.trim());
  return stdout;
}

/** On the machine's own disk, where no agent can write. */
export function settledFile({ reports }: Pick<Layout, 'reports'>): string {
  return join(reports, 'settled.json');
}

/** @returns undefined where there is none, or none that can be read */
export async function readSettled(
  layout: Pick<Layout, 'reports'>,
): Promise<(Settled & { readonly places: Places }) | undefined> {
  try {
    return JSON.parse(await readFile(settledFile(layout), 'utf8')) as Settled & { places: Places };
  } catch {
    return undefined;
  }
}
