import { mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { must } from '../host/systemd/command.ts';
import { areElsewhere, haveMovedOn } from '../openclaw/gateway-databases.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { StepContext } from '../steps/step.ts';
import { temporaryOf } from '../temporary/name.ts';
import { removeBelow } from '../temporary/sweep.ts';
import { inspectDatabases } from './databases.ts';
import { BackupFolder } from './folder.ts';
import { idOf, leftOutLimit, type BackupManifest, type BackupReason } from './manifest.ts';
import { ownRecords } from './own-records.ts';
import { createdSchema, mustBeInstalled, openclawBackup, parseArchiveManifest } from './openclaw-backup.ts';
import { mustHaveConversations } from './transcripts.ts';

/** What a backup needs of a run. */
export type BackupContext = Pick<StepContext, 'host' | 'spec' | 'signal'>;

/** A consistent archive of the state, on the durable file system. */
export interface Backup {
  /** Its name for `restore --from`. */
  readonly id: string;
  /** Path of the archive. */
  readonly file: string;
  readonly bytes: number;
  /** ISO 8601: it has what was there at this time. */
  readonly at: string;
  readonly reason: BackupReason;
  /** The release that wrote it. */
  readonly openclaw: string;
  readonly manifest: BackupManifest;
}

/**
 * Backs the state up, with the gateway running or not, by OpenClaw's own `backup create --verify`
 * (`docs/cli/backup.md` of OpenClaw): databases by SQLite's online backup, secrets in files included. OpenClaw writes to
 * the local disk, as the gateway's user; the archive comes into the folder of backups whole or not at all, mode 0600.
 * @throws BootstrapError `BACKUP_FAILED`: the state cannot be backed up as it is, or there is no room; nothing is left behind
 */
export async function backUp(context: BackupContext, reason: BackupReason): Promise<Backup> {
  const { host, spec, signal } = context;
  signal.throwIfAborted();
  mustBeInstalled(host, spec);
  const pid = await mustSeeDatabases(context);
  await ownRecords(host);
  return inScratch(host, async (scratch) => {
    const archive = join(scratch, 'archive.tar.gz');
    const { data: created } = createdSchema.safeParse(
      await openclawBackup(host, spec, {
        args: ['create', '--output', archive, '--verify'],
        scratch,
        signal,
      }),
    );
    if (created === undefined) {
      throw new BootstrapError(
        'BACKUP_FAILED',
        `OpenClaw ${spec.openclaw.version} has made an archive and says of it what nobody here understands.`,
      );
    }
    signal.throwIfAborted();
    // A gateway that has ended meanwhile took its databases out of sight.
    if ((await mustSeeDatabases(context)) !== pid) throw notSeen(host);
    const { openclaw, databases } = await describeArchive(context, archive, scratch);
    await mustHaveConversations(host.layout.state, databases);
    const folder = new BackupFolder(host.layout);
    const manifest = await folder
      .take(archive, (copy) => ({
        format: 1,
        id: idOf(created.createdAt),
        pod: spec.name,
        at: created.createdAt,
        reason,
        ...copy,
        openclaw,
        databases,
        contents: created.assets.map(({ kind, sourcePath: path }) => ({ kind, path })),
        leftOut: created.skipped
          .filter(({ reason: why }) => why !== 'covered' && why !== 'missing')
          .slice(0, leftOutLimit)
          .map(({ sourcePath: path, reason: why }) => ({ path, reason: why })),
        remarks: created.warnings,
      }))
      .catch((error: NodeJS.ErrnoException) => {
        throw new BootstrapError(
          'BACKUP_FAILED',
          `The archive cannot be stored in ${folder.directory}: ${error.message}`,
          { cause: error },
        );
      });
    return asBackup(folder, manifest);
  });
}

/**
 * Those on a local disk are seen beside the gateway that has them: what lies in the state directory is old.
 * @returns the process beside which they are; undefined where they are in the state directory
 */
async function mustSeeDatabases({ host, spec }: BackupContext): Promise<number | undefined> {
  if (!(await areElsewhere(host))) return undefined;
  const { status, pid } = await host.units.state(gatewayUnitName);
  if (status !== 'active' || pid === undefined || (await haveMovedOn(host, spec))) throw notSeen(host);
  return pid;
}

function notSeen({ layout }: Host): BootstrapError {
  return new BootstrapError(
    'BACKUP_FAILED',
    `The gateway does not run here, or was started again meanwhile, and its databases are not in ${layout.state}: an archive would have old ones. \`clawharbor-bootstrap backup create\` brings them back first.`,
  );
}

export function asBackup(folder: BackupFolder, manifest: BackupManifest): Backup {
  const { id, bytes, at, reason, openclaw } = manifest;
  return { id, file: folder.archiveOf(id), bytes, at, reason, openclaw, manifest };
}

/** A directory on the local disk that the gateway's user may write to, and that the sweep knows if nobody removes it. */
export async function inScratch<T>(host: Host, action: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = temporaryOf(join(host.layout.cache, 'backup'));
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  try {
    await host.own(scratch, 0o700);
    return await action(scratch);
  } finally {
    await removeBelow(host.layout.cache, scratch);
  }
}

/**
 * Makes a directory in {@link inScratch}, as the user whose it is: root would follow a link there.
 * @returns its path
 */
export async function makeInScratch(host: Host, directory: string): Promise<string> {
  await must((command) => host.run(command), {
    file: 'mkdir',
    args: ['-m', '0700', directory],
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  return directory;
}

/** Takes only the databases out of the archive: the rows that a restore must have are those of the archive. */
async function describeArchive(
  { host, signal }: BackupContext,
  archive: string,
  scratch: string,
): Promise<Pick<BackupManifest, 'openclaw' | 'databases'>> {
  const state = `*/payload/posix${await realpath(host.layout.state)}`;
  const wanted = [
    '*/manifest.json',
    `${state}/state/openclaw.sqlite`,
    `${state}/state/openclaw-quarantine.sqlite`,
    `${state}/agents/*/agent/openclaw-agent.sqlite`,
  ];
  const directory = await makeInScratch(host, join(scratch, 'databases'));
  // GNU tar takes patterns only when told so, bsdtar always. Either ends with an error where one of them names nothing.
  const patterns = process.platform === 'linux' ? ['--wildcards', '--no-wildcards-match-slash'] : [];
  const { stderr } = await host.run({
    file: 'tar',
    args: ['-xzf', archive, '-C', directory, ...patterns, ...wanted],
    timeoutSeconds: 1800,
    signal,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  const [root = ''] = await readdir(directory);
  const manifest = parseArchiveManifest(await readIfPresent(join(directory, root, 'manifest.json')));
  if (manifest === undefined) {
    throw new BootstrapError('BACKUP_FAILED', `${archive} has no manifest: ${stderr.trim().slice(-500)}`);
  }
  const { runtimeVersion, paths } = manifest;
  const unpacked = join(directory, root, 'payload/posix', paths.stateDir);
  // An archive with a link to its database has none of the rows, and a restore of it would miss nothing.
  const databases = await inspectDatabases(host, unpacked, { mustBeFiles: true });
  const broken = databases.find(({ fault }) => fault !== undefined);
  if (broken) throw new BootstrapError('BACKUP_FAILED', `${broken.file} in the archive: ${broken.fault}`);
  return {
    openclaw: runtimeVersion,
    databases: databases.map(({ file, schema, rows }) => ({ file, schema, rows })),
  };
}
