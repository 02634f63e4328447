import { readIfPresent } from '../config/files.ts';
import type { Host } from '../host/host.ts';
import { heapMegabytes } from './gateway-unit.ts';
import { wasRestartedFor } from './restart-record.ts';

export interface MemoryUse {
  /** Memory that the kernel cannot take back, in MB. */
  readonly held: number;
  /** What the heap of V8 may grow to, in MB. */
  readonly heap: number;
  /** Whether it was restarted for its memory less than an hour ago. */
  readonly wasRestarted: boolean;
}

/**
 * Whether a gateway is to be restarted for its memory. One that holds as much as its heap may become is near its end: V8 ends it
 * at that limit, and what lies outside of the heap, some hundred MB after a start, is counted here, too. Pure.
 * @returns `wait`: it should be, and was less than an hour ago
 */
export function memoryVerdict({ held, heap, wasRestarted }: MemoryUse): 'fine' | 'restart' | 'wait' {
  if (held < heap) return 'fine';
  return wasRestarted ? 'wait' : 'restart';
}

export function describeMemory({ held, heap }: MemoryUse): string {
  return `it holds ${held} MB of memory, as much as its heap may become (${heap} MB)`;
}

/** @returns undefined where the machine does not say, or the process has ended */
export async function memoryOf(host: Host, pid: number): Promise<MemoryUse | undefined> {
  const held = heldMegabytes((await readIfPresent(`/proc/${pid}/status`)) ?? '');
  if (held === undefined) return undefined;
  return { held, heap: heapMegabytes(host.memory), wasRestarted: await wasRestartedFor(host, 'memory') };
}

/**
 * Files that are mapped are not counted: the kernel takes their pages back when it wants to.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
function heldMegabytes(status: string): number | undefined {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}
