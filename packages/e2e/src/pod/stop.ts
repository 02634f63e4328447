import { setTimeout as sleep } from 'node:timers/promises';
import { findRunning } from './control.ts';
import { lockDataDirectory, type DataDirectoryLock } from './data-dir-lock.ts';
import type { DataDirectory } from './data-dir.ts';
import { PodError } from './errors.ts';
import { endProcessesBelow } from './orphans.ts';

/**
 * Stops the pod of a data directory. Resolves when nothing of it runs any more, also if its `up` was killed.
 * @returns whether there was anything to stop
 */
export async function stopPod(directory: DataDirectory): Promise<boolean> {
  const free = lockDataDirectory(directory);
  const lock = free ?? (await lockOnceStopped(directory));
  try {
    const ended = await endProcessesBelow(directory.instances, 30_000);
    return free === undefined || ended > 0;
  } finally {
    lock.release();
  }
}

/** A pod keeps the lock until all of it has stopped. Asked more than once, as one that just starts does not hear yet. */
async function lockOnceStopped(directory: DataDirectory): Promise<DataDirectoryLock> {
  for (;;) {
    const lock = lockDataDirectory(directory);
    if (lock) return lock;
    const pod = await findRunning(directory);
    await pod?.call('down').catch(ignoreStopped);
    await sleep(200);
  }
}

function ignoreStopped(error: unknown): void {
  if (!(error instanceof PodError && error.code === 'POD_STOPPED')) throw error;
}
