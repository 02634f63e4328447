import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The longest of them, an installation by npm, may take twenty minutes. */
const untouchedMilliseconds = 60 * 60 * 1000;

/**
 * Name for something that gets the name of `path` once it is complete: beside it, so that a rename is enough. It says whose
 * it is, so that what a killed process has left behind can be told from what is being written.
 */
export function temporaryOf(path: string): string {
  return `${path}.clawharbor-${machine}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
}

const pattern = /.\.clawharbor-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{12}\.tmp$/;

export interface Found {
  readonly name: string;
  /** When it was last written, in milliseconds of the epoch. */
  readonly modified: number;
  readonly now: number;
  /** In a place that no other machine writes to: a process that ran before the last boot has ended. Default: false. */
  readonly isLocal?: boolean;
}

/** Whether a name is of {@link temporaryOf}. */
export function isTemporary(name: string): boolean {
  return pattern.test(name);
}

/**
 * Whether nobody will finish a temporary: its process ran here and has ended, or it was not touched for an hour. Another
 * instance may write beside this one, and its processes cannot be asked for; a disk of this machine has nobody else.
 */
export function isLeftover({ name, modified, now, isLocal = false }: Found): boolean {
  const [, owner, pid] = pattern.exec(name) ?? [];
  if (owner === undefined) return false;
  if (owner === machine ? !isRunning(Number(pid)) : isLocal) return true;
  return now - modified > untouchedMilliseconds;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where this process has its number: the same number is another process elsewhere, in a container, or after a reboot. */
const machine = createHash('sha256').update(numberSpace()).digest('hex').slice(0, 8);

function numberSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
