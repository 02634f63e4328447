import * as z from 'zod';

/** Why a backup was made: `scheduled`, `asked-for`, or what it was made ahead of, as in `before-upgrade`. */
export type BackupReason = 'scheduled' | 'asked-for' | `before-${string}`;

const reason = z.custom<BackupReason>(
  (value) => typeof value === 'string' && /^(scheduled|asked-for|before-[a-z0-9-]{1,40})$/.test(value),
);

/** Name of a backup: the moment of its state, in UTC, as a file and an S3 object may be named. Sorts by time. */
export const backupId = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;

const database = z.object({
  /** In the state directory, with slashes. */
  file: z.string(),
  /** `user_version`: OpenClaw counts its schemas with it. */
  schema: z.int(),
  /** Rows by table. */
  rows: z.record(z.string(), z.int()),
});

/** A database as it lies in an archive: what a restore of it must have. */
export type ArchivedDatabase = Readonly<z.infer<typeof database>>;

/** What lies beside an archive, as `<id>.json`: an archive without it does not count. Holds no secret and no content. */
export const manifestSchema = z.object({
  format: z.literal(1),
  id: z.string().regex(backupId),
  /** Name of the pod that it is of. */
  pod: z.string(),
  /** ISO 8601: the archive has what was there at this time. */
  at: z.iso.datetime(),
  reason,
  /** Of the archive, in bytes. */
  bytes: z.int(),
  /** Of the archive, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The release of OpenClaw that wrote it. */
  openclaw: z.string(),
  databases: z.array(database),
  /** What is in it, as OpenClaw names it: `state`, `workspace`, ... with its path on the machine. */
  contents: z.array(z.object({ kind: z.string(), path: z.string() })),
  /** What was left out, and OpenClaw's word for why: `volatile`, `regenerable`, ... The first {@link leftOutLimit}. */
  leftOut: z.array(z.object({ path: z.string(), reason: z.string() })),
  /** What OpenClaw remarked when it made the archive. */
  remarks: z.array(z.string()),
});

export type BackupManifest = Readonly<z.infer<typeof manifestSchema>>;

export const leftOutLimit = 100;

/** @param at ISO 8601 in UTC with milliseconds, as `Date.toISOString` gives it */
export function idOf(at: string): string {
  return at.replaceAll(':', '-');
}

/** Schemas by database file, as in `state/openclaw.sqlite`. */
export function schemasOf({ databases }: BackupManifest): Readonly<Record<string, number>> {
  return Object.fromEntries(databases.map(({ file, schema }) => [file, schema]));
}
