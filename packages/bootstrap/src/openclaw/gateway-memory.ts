import { join } from 'node:path';
import * as z from 'zod';
import { ageAt } from '../age.ts';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import type { Host } from '../host/host.ts';
import { heapMegabytes } from './gateway-unit.ts';

/** What grows without end is restarted so often at most; faster than that, nobody would be served by it. */
const againMilliseconds = 3_600_000;

export interface MemoryUse {
  /** Memory that the kernel cannot take back, in MB. */
  readonly held: number;
  /** What the heap of V8 may grow to, in MB. */
  readonly heap: number;
  /** When it was last restarted for its memory, ISO 8601; undefined: never here. */
  readonly restartedAt: string | undefined;
}

/**
 * Whether a gateway is to be restarted for its memory. One that holds as much as its heap may become is near its end: V8 ends it
 * at that limit, and what lies outside of the heap, some hundred MB after a start, is counted here, too. Pure.
 * @returns `wait`: it should be, and was less than an hour ago
 */
export function memoryVerdict(
  now: Date,
  { held, heap, restartedAt }: MemoryUse,
): 'fine' | 'restart' | 'wait' {
  if (held < heap) return 'fine';
  return restartedAt === undefined || ageAt(now, restartedAt) >= againMilliseconds ? 'restart' : 'wait';
}

export function describeMemory({ held, heap }: MemoryUse): string {
  return `it holds ${held} MB of memory, as much as its heap may become (${heap} MB)`;
}

/** @returns undefined where the machine does not say, or the process has ended */
export async function memoryOf(host: Host, pid: number): Promise<MemoryUse | undefined> {
  const held = heldMegabytes((await readIfPresent(`/proc/${pid}/status`)) ?? '');
  if (held === undefined) return undefined;
  return { held, heap: heapMegabytes(host.memory), restartedAt: await lastRestart(host) };
}

/**
 * Files that are mapped are not counted: the kernel takes their pages back when it wants to.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
function heldMegabytes(status: string): number | undefined {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}

/** On the machine's own disk: another instance has another gateway. */
function recordOf({ layout }: Host): string {
  return join(layout.reports, 'memory.json');
}

const record = z.object({ restartedAt: z.iso.datetime() });

async function lastRestart(host: Host): Promise<string | undefined> {
  try {
    return record.parse(JSON.parse((await readIfPresent(recordOf(host))) ?? '')).restartedAt;
  } catch {
    return undefined;
  }
}

export async function rememberRestart(host: Host): Promise<void> {
  await writeAtomically(recordOf(host), `${JSON.stringify({ restartedAt: host.now().toISOString() })}\n`);
}
