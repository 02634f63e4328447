import { constants } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readIfPresent } from '../config/files.ts';
import { diskError } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import { must } from '../host/systemd/command.ts';
import type { Host } from '../host/host.ts';
import { inDirectory } from '../temporary/sweep.ts';
import { isBelow } from './below.ts';
import { makeInScratch, type BackupContext } from './create.ts';
import { inspectDatabases } from './databases.ts';
import type { BackupFolder } from './folder.ts';
import type { BackupManifest } from './manifest.ts';
import { parseArchiveManifest, openclawBackup } from './openclaw-backup.ts';

/** An archive as OpenClaw has unpacked it, found to be what was backed up. */
export interface Unpacked {
  /** The state directory in it. */
  readonly state: string;
  /** Where that was when it was backed up. */
  readonly from: string;
  /** What is in it beside the state: it is not put back, because nothing of a pod lies there. */
  readonly others: readonly string[];
}

export interface UnpackOptions {
  /** Must not be there yet. */
  readonly target: string;
  /** A directory of the gateway's user. */
  readonly scratch: string;
}

/**
 * Unpacks an archive by OpenClaw's own `backup restore`, as the gateway's user, and looks at every database in it: SQLite's
 * `quick_check`, schemas, and as many rows as there were. Modes are put right: a restore makes directories 0755.
 * @throws BootstrapError `BACKUP_CORRUPT`; `DISK_FULL`; `BACKUP_FAILED` when OpenClaw did not come to an end
 */
export async function unpackBackup(
  context: BackupContext,
  folder: BackupFolder,
  manifest: BackupManifest,
  { target, scratch }: UnpackOptions,
): Promise<Unpacked> {
  const { host, spec, signal } = context;
  await folder.check(manifest);
  signal.throwIfAborted();
  const archive = await giveArchive(host, folder.archiveOf(manifest.id), scratch);
  const nowhere = await makeInScratch(host, join(scratch, 'no-state'));
  await openclawBackup(host, spec, {
    args: ['restore', archive, '--target', target],
    // OpenClaw refuses a target in what it takes for the live state.
    state: nowhere,
    scratch,
    signal,
    refusal: 'BACKUP_CORRUPT',
  }).catch((error: unknown) => {
    if (!(error instanceof BootstrapError)) throw error;
    throw new BootstrapError(error.code, `${manifest.id} cannot be unpacked: ${error.message}`, {
      cause: error,
    });
  });
  signal.throwIfAborted();
  const unpacked = await findState(target, manifest.id);
  await compare(host, unpacked.state, manifest);
  await closeToOthers(context, unpacked.state);
  return unpacked;
}

/** Unpacks an archive so that a gateway can have it in a world of its own: its state lies at `state` of the scratch directory. */
export async function unpackForWorld(
  context: BackupContext,
  folder: BackupFolder,
  manifest: BackupManifest,
  scratch: string,
): Promise<Unpacked> {
  const { host } = context;
  const target = join(scratch, 'restored');
  const unpacked = await unpackBackup(context, folder, manifest, { target, scratch });
  const state = join(scratch, 'state');
  // As the user whose it is: root would follow a link there.
  await must((command) => host.run(command), {
    file: 'mv',
    args: ['-T', '--', unpacked.state, state],
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  return { ...unpacked, state };
}

/**
 * Copies an archive to where the gateway's user can read it: the folder of backups is not for that user. Root writes in a
 * directory of the agent's here, which may have put a link there by now.
 * @param scratch of {@link inScratch}
 */
export async function giveArchive(host: Host, file: string, scratch: string): Promise<string> {
  const name = 'archive.tar.gz';
  const copied = await inDirectory(host.layout.cache, [basename(scratch)], async (here) => {
    await copyFile(file, join(here, name), constants.COPYFILE_EXCL).catch((error: unknown) => {
      throw diskError(error, scratch) ?? error;
    });
    return true;
  });
  if (copied === undefined) {
    throw new BootstrapError('BACKUP_FAILED', `${file} could not be copied into ${scratch}.`);
  }
  const archive = join(scratch, name);
  await host.own(archive, 0o600);
  return archive;
}

async function findState(target: string, id: string): Promise<Unpacked> {
  for (const root of [target, ...(await readdir(target)).map((name) => join(target, name))]) {
    const found = parseArchiveManifest(await readIfPresent(join(root, 'manifest.json')).catch(notThere));
    if (found === undefined) continue;
    const [state, ...others] = found.assets.toSorted(
      (a, b) => Number(b.kind === 'state') - Number(a.kind === 'state'),
    );
    if (state?.kind !== 'state') break;
    const path = join(target, state.archivePath);
    if (!isBelow(path, target)) {
      throw new BootstrapError(
        'BACKUP_CORRUPT',
        `${id} has its state at ${state.archivePath}, outside of itself.`,
      );
    }
    return {
      state: path,
      from: state.sourcePath,
      others: others.map(({ kind, sourcePath }) => `${kind} ${sourcePath}`),
    };
  }
  throw new BootstrapError('BACKUP_CORRUPT', `${id} has no state of OpenClaw in it.`);
}

/** What is beside the manifest, such as a directory of the same name, is looked at and left. */
const notThere = (error: unknown): undefined => {
  if (!(error instanceof BootstrapError)) throw error;
};

async function compare(
  host: BackupContext['host'],
  state: string,
  { id, databases }: BackupManifest,
): Promise<void> {
  const found = await inspectDatabases(host, state, { check: true });
  const broken = found.find(({ fault }) => fault !== undefined);
  if (broken) throw new BootstrapError('BACKUP_CORRUPT', `${id}: ${broken.file}: ${broken.fault}`);
  const difference = [...databases, ...found].find(({ file }) => {
    const [was, is] = [databases, found].map((list) => list.find((one) => one.file === file));
    return was?.schema !== is?.schema || !isDeepStrictEqual(was?.rows, is?.rows);
  });
  if (difference === undefined) return;
  throw new BootstrapError('BACKUP_CORRUPT', `${id}: ${difference.file} has not the rows that it had.`);
}

/** As under the gateway's own umask. Links are left alone. */
async function closeToOthers({ host }: BackupContext, state: string): Promise<void> {
  await must((command) => host.run(command), {
    file: 'chmod',
    args: ['-R', 'go=', state],
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
}
