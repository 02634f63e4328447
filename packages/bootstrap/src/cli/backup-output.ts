import type { BackupManifest } from '../backup/manifest.ts';

/** A line each, oldest first. */
export function table(backups: readonly BackupManifest[], here: ReadonlySet<string>): string {
  return backups
    .map(
      (backup) =>
        `${backup.id}  ${size(backup.bytes).padStart(9)}  OpenClaw ${backup.openclaw.padEnd(10)}  ` +
        `${backup.reason.padEnd(16)}  ${here.has(backup.id) ? 'here' : 'bucket'}`,
    )
    .join('\n');
}

/** In a sentence. */
export function describeBackup({ id, bytes, openclaw, databases }: BackupManifest): string {
  const rows = databases.flatMap((each) => Object.values(each.rows)).reduce((a, b) => a + b, 0);
  return `${id} (${size(bytes)}, OpenClaw ${openclaw}, ${rows} rows in ${databases.length} databases)`;
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
