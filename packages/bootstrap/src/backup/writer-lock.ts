import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { findProgram } from '../host/process/programs.ts';

/** Name of {@link writerLock}. */
export const lockName = 'writer.lock';

/** The file that a gateway has locked for as long as it runs. */
export function writerLock({ layout }: Host): string {
  return join(layout.records, lockName);
}

/** How long whoever has the fence is waited for, where nobody says otherwise. */
const usualWaitSeconds = 30;
/** What flock(1) is told to end with while somebody else has the lock. */
const taken = 75;

/**
 * Does something while no gateway can run on the state, here or on another instance: behind the fence. The lock goes with
 * this process, however it ends.
 * @throws BootstrapError `STATE_LOCKED` while somebody else has it; `STATE_NOT_LOCKABLE` where it cannot be locked at all;
 * `FILE_NOT_REGULAR`
 */
export async function behindTheFence<T>(
  host: Host,
  action: () => Promise<T>,
  waitSeconds = usualWaitSeconds,
): Promise<T> {
  const flock = findProgram('flock', `${process.env['PATH'] ?? ''}:/usr/bin:/bin`);
  // A laptop without flock(1) has no fence for its gateway either, and says so.
  if (flock === undefined) return action();
  const path = writerLock(host);
  const deadline = host.elapsed() + waitSeconds * 1000;
  for (;;) {
    const file = await openLock(path);
    try {
      const left = Math.max(0, Math.ceil((deadline - host.elapsed()) / 1000));
      await lock(flock, file, { path, waitSeconds: left, inAll: waitSeconds });
      if (await isStill(file, path)) return await action();
    } finally {
      // The lock is of what was opened, and nobody else has it open any more: https://man7.org/linux/man-pages/man2/flock.2.html
      await file.close();
    }
  }
}

/** Whoever waited for a file that was removed meanwhile has locked one that keeps nobody away. */
async function isStill(file: FileHandle, path: string): Promise<boolean> {
  const here = await lstat(path, { bigint: true }).catch(() => undefined);
  return here?.ino === (await file.stat({ bigint: true })).ino;
}

/** The agent can write where it lies: a link there must not make root lock, or create, something else. */
async function openLock(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // As flock(1) makes it, so that the gateway's user can lock what root has made. A network file system wants it writable.
    const file = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    if (!['ELOOP', 'EISDIR', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  throw new BootstrapError('FILE_NOT_REGULAR', `${path} must be a regular file: remove it and run again.`);
}

async function lock(
  flock: string,
  { fd }: FileHandle,
  {
    path,
    waitSeconds,
    inAll,
  }: { readonly path: string; readonly waitSeconds: number; readonly inAll: number },
): Promise<void> {
  const args = ['--exclusive', '--timeout', String(waitSeconds), '--conflict-exit-code', String(taken), '3'];
  const child = spawn(flock, args, { stdio: ['ignore', 'ignore', 'pipe', fd] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (exitCode === 0) return;
  if (exitCode === taken) {
    throw new BootstrapError(
      'STATE_LOCKED',
      `A gateway on another machine, or started by hand, has ${path} and did not end within ${inAll} s. End it first.`,
    );
  }
  throw new BootstrapError(
    'STATE_NOT_LOCKABLE',
    `${path} could not be locked: ${said.trim() || `flock ended with ${exitCode}`}. See the file system and its mount.`,
  );
}
