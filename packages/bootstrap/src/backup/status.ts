import * as z from 'zod';
import { join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import type { Layout } from '../host/layout.ts';
import { BackupFolder } from './folder.ts';

const failure = z.object({ at: z.iso.datetime(), code: z.string(), message: z.string() });

const drillSchema = z.object({
  /** The backup that was restored. */
  id: z.string(),
  at: z.iso.datetime(),
  /** The release of the gateway that was started on it. */
  openclaw: z.string(),
  /** From the archive to the last answer, in seconds. */
  seconds: z.number(),
  /** From its start to ready, in seconds; absent when it was not. */
  readySeconds: z.number().optional(),
  databases: z.int(),
  rows: z.int(),
  sessions: z.int(),
  /** Messages of the session that was read. */
  messages: z.int(),
  /** What went wrong; absent: nothing. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** How a drill went. */
export type Drill = Readonly<z.infer<typeof drillSchema>>;

const statusSchema = z.object({
  /** When backups were first looked after here: nothing is overdue before. */
  since: z.iso.datetime(),
  lastBackup: z.iso.datetime().optional(),
  lastStored: z.iso.datetime().optional(),
  /** Since the last success of its kind. */
  backupFailure: failure.optional(),
  storeFailure: failure.optional(),
  /** When the one began that has not come to an end: now, or in a run that was killed. */
  backupBegun: z.iso.datetime().optional(),
  drillBegun: z.iso.datetime().optional(),
  lastDrill: drillSchema.optional(),
  lastGoodDrill: drillSchema.optional(),
  /** When the ages of these were last given to CloudWatch. */
  lastMeasured: z.iso.datetime().optional(),
});

/** What is remembered of backups beside them: not in the state, which a restore takes back in time. */
export type BackupStatus = Readonly<z.infer<typeof statusSchema>>;

function fileOf(layout: Layout): string {
  return join(layout.backups, 'status.json');
}

/** @returns undefined before the first time, and for what cannot be read */
export async function readStatus(layout: Layout): Promise<BackupStatus | undefined> {
  const text = await readIfPresent(fileOf(layout));
  if (text === undefined) return undefined;
  try {
    return statusSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export async function writeStatus(layout: Layout, status: BackupStatus): Promise<void> {
  await new BackupFolder(layout).make();
  await writeAtomically(fileOf(layout), `${JSON.stringify(status, undefined, 2)}\n`);
}
