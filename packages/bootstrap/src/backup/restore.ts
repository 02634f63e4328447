import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { must } from '../host/systemd/command.ts';
import { abandonDatabases, wholeState } from '../openclaw/gateway-databases.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { stateMount } from '../steps/mounts.ts';
import { temporaryOf } from '../temporary/name.ts';
import { removeBelow } from '../temporary/sweep.ts';
import { mustFit, type Wanted } from './choose.ts';
import { inScratch, type BackupContext } from './create.ts';
import { lossesOf } from './losses.ts';
import type { BackupManifest } from './manifest.ts';
import { mustBeInstalled } from './openclaw-backup.ts';
import { replacedDirectory } from './replaced.ts';
import type { BackupStore } from './store.ts';
import { beginSwap, finishSwap, pendingSwap, planSwap } from './swap.ts';
import { unpackBackup } from './unpack.ts';
import { behindTheFence } from './writer-lock.ts';

export interface RestoreOptions {
  readonly wanted: Wanted;
  /** Name of the pod whose backups are taken. Default: the spec's. */
  readonly pod?: string;
  /** Told what happens, a line each. */
  readonly onProgress?: (line: string) => void;
}

/** What a restore would do, or did. */
export interface Restored {
  readonly backup: BackupManifest;
  /** What is newer than the backup, a line each. */
  readonly losses: readonly string[];
  /** Directory of the state that was replaced; absent after a dry run. */
  readonly replaced?: string;
}

/** Says what a restore would do and what would be lost. Changes nothing. @throws as {@link restoreBackup} does */
export async function planRestore(
  { host, spec }: BackupContext,
  store: BackupStore,
  { wanted, pod = spec.name }: RestoreOptions,
): Promise<Restored> {
  const backup = await store.find(wanted, pod);
  mustFit(backup, { pod, openclaw: spec.openclaw.version });
  return { backup, losses: await lossesOf(host, backup) };
}

/**
 * Puts the state of a backup in place of the live one. Unpacked and checked beside it while the gateway still runs; then
 * the gateway is stopped, and behind the fence the entries of the state are exchanged by renames. The old ones are kept.
 * Cut short before that, nothing has changed; during it, the next run of the bootstrap finishes it before anything else.
 * The gateway is not started: a normal run does that.
 * @throws BootstrapError `BACKUP_NOT_FOUND`, `BACKUP_FOREIGN`, `BACKUP_NEWER`, `BACKUP_CORRUPT`, `STATE_LOCKED`,
 * `STATE_NOT_MOUNTED`: then nothing was changed
 */
export async function restoreBackup(
  context: BackupContext,
  store: BackupStore,
  options: RestoreOptions,
): Promise<Restored> {
  const { host, signal } = context;
  const { layout } = host;
  const say = options.onProgress ?? (() => {});
  const earlier = await beginRestore(context);
  if (earlier !== undefined) say(`finished the restore of ${earlier}, which was cut short`);

  const { backup, losses } = await planRestore(context, store, options);
  await store.fetch(backup);
  const target = temporaryOf(join(layout.records, 'restore'));
  try {
    return await inScratch(host, async (scratch) => {
      const unpacked = await unpackBackup(context, store.folder, backup, { target, scratch });
      say(`unpacked and checked ${backup.id}: ${backup.databases.length} databases`);
      for (const other of unpacked.others) say(`not put back, because no part of the state: ${other}`);
      await toStorage(host, target);
      signal.throwIfAborted();
      await host.units.stop(gatewayUnitName);
      const replaced = replacedDirectory(layout, host.now());
      await behindTheFence(host, async () => {
        for (const line of await foldWhatIsThere(host)) say(line);
        // Refuses what a link leads to: nobody is there any more who could plant one afterwards.
        const swap = await planSwap(layout, {
          id: backup.id,
          staged: unpacked.state,
          staging: target,
          kept: replaced,
        });
        await beginSwap(layout, swap);
        await finish(host);
      });
      say(`the state of ${backup.at} is in place; what it replaced lies in ${replaced}`);
      return { backup, losses, replaced };
    });
  } finally {
    // Once it is decided, what was unpacked is the state.
    if ((await pendingSwap(layout)) === undefined) await removeBelow(layout.state, target);
  }
}

/**
 * Ahead of whatever puts another state in place: what an earlier restore has decided is there then.
 * @returns as {@link finishRestore}. @throws BootstrapError `STATE_NOT_MOUNTED`, `STATE_LOCKED`
 */
export async function beginRestore({ host, spec }: BackupContext): Promise<string | undefined> {
  await mustBeReady(host, spec);
  await mkdir(host.layout.records, { recursive: true, mode: 0o700 });
  await host.own(host.layout.records, 0o700);
  return await finishRestore(host);
}

/**
 * Finishes a restore that was cut short while it exchanged the state.
 * @returns the backup; undefined when there is none to finish
 * @throws BootstrapError `STATE_LOCKED`
 */
export async function finishRestore(host: Host): Promise<string | undefined> {
  if ((await pendingSwap(host.layout)) === undefined) return undefined;
  return behindTheFence(host, () => finish(host));
}

/** What is decided counts, wherever the databases were. @returns the backup */
async function finish(host: Host): Promise<string | undefined> {
  await abandonDatabases(host);
  return await finishSwap(host.layout);
}

/**
 * What is replaced is kept, with its databases where they can be had.
 * @returns what cannot be had any more, a line each
 */
async function foldWhatIsThere(host: Host): Promise<readonly string[]> {
  try {
    return (await wholeState(host)).problems;
  } catch (error) {
    // Who has asked for a restore has a reason; it is not one of these.
    const { code } = error as { readonly code?: string };
    if (code === 'STATE_LOCKED' || code === 'STATE_NOT_MOUNTED') throw error;
    return [`the databases that are replaced cannot be had any more: ${(error as Error).message}`];
  }
}

/**
 * Waits until what was unpacked has reached the storage, while the gateway still runs: the renames of the swap must not be
 * there after a power cut without the files (https://man7.org/linux/man-pages/man1/sync.1.html).
 */
async function toStorage(host: Host, directory: string): Promise<void> {
  await must((command) => host.run(command), {
    file: 'sync',
    // One of a laptop knows only all file systems.
    args: process.platform === 'linux' ? ['--file-system', directory] : [],
    timeoutSeconds: 1800,
  });
}

async function mustBeReady(host: Host, spec: BackupContext['spec']): Promise<void> {
  if (spec.fileSystem && !(await host.isMounted(stateMount(host, spec.fileSystem)))) {
    throw new BootstrapError(
      'STATE_NOT_MOUNTED',
      `${host.layout.state} is not mounted: run the bootstrap first, then restore.`,
    );
  }
  mustBeInstalled(host, spec);
}
