import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ageAt } from '../age.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { BackupFolder } from './folder.ts';
import type { BackupManifest } from './manifest.ts';

/** It may be gigabytes, and what was read otherwise than it lies is read right another time. */
const readAgainAfter = 24 * 3_600_000;

const markSchema = z.object({
  at: z.iso.datetime(),
  /** Of the archive as it was read. */
  modified: z.number(),
  fault: z.string(),
});

/** Beside an archive that was read and is not what was backed up. */
const markOf = (folder: BackupFolder, id: string): string => join(folder.directory, `${id}.damaged`);

/** Why no bucket would take an archive, as far as it is known without reading it; undefined: it may. */
export async function faultOf(
  folder: BackupFolder,
  { id, bytes }: BackupManifest,
  now: Date,
): Promise<string | undefined> {
  const file = folder.archiveOf(id);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return `${file} is not there.`;
  if (found.size !== bytes)
    return `${file} has ${found.size} bytes, not ${bytes}: it is not what was backed up.`;
  const text = await readIfPresent(markOf(folder, id));
  const known = text === undefined ? undefined : markSchema.safeParse(parseOrNothing(text)).data;
  const holds = known?.modified === found.mtimeMs && ageAt(now, known.at) < readAgainAfter;
  return holds ? known.fault : undefined;
}

/** Notes what was found wrong with an archive, by who has read all of it. */
export async function noteFault(folder: BackupFolder, id: string, fault: string, now: Date): Promise<void> {
  const modified = (await stat(folder.archiveOf(id)).catch(() => undefined))?.mtimeMs;
  if (modified === undefined) return;
  const mark: z.infer<typeof markSchema> = { at: now.toISOString(), modified, fault };
  await writeFile(markOf(folder, id), `${JSON.stringify(mark)}\n`, { mode: 0o600 });
}

/** It is said for as long as it lies there as it is: the message says how to end that. */
export function damaged(folder: BackupFolder, id: string, fault: string, cause?: unknown): BootstrapError {
  const remedy = `If it is not to come back as it was, remove ${folder.manifestOf(id)}, and then the archive: all others get to the bucket.`;
  return new BootstrapError('BACKUP_CORRUPT', `${fault} ${remedy}`, { cause });
}
