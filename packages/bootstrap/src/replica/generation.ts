import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { syncDirectory, writeAtomically } from '../config/atomic-file.ts';
import { BootstrapError } from '../errors.ts';
import { isMissing, readPlain, unlessDamaged } from './plain-file.ts';
import type { Checksum } from './wal-file.ts';

/*
 * A replica of one database: a folder with generations, each a copy of the database and what was written after it.
 *
 *   20261130T093012345Z-5f3a9c01/
 *     database        raw copy of the main file
 *     wal-00000000…   each the committed frames of one incarnation of the WAL, as SQLite wrote them, header included
 *     commits         `<wal index> <frames> <milliseconds of the epoch> <checksum of the last of them>`, a line for what was
 *                     shipped at once
 *     complete        JSON: the copy and all that was committed while it was made are here; before, it counts for nothing
 *     end             JSON: it ended as planned, with so many rows
 */
export const databaseName = 'database';
export const commitsName = 'commits';
const completeName = 'complete';
const endName = 'end';
export const walName = (index: number): string => `wal-${String(index).padStart(8, '0')}`;

const generationPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{8}$/;
/** How long any point in time can be gone back to. */
const keptMilliseconds = 24 * 60 * 60 * 1000;
/**
 * Copies of one database, one for ten minutes of a day. A database without a WAL that changes all the time, and a program that is
 * started again and again, make one a minute or more: nothing else would keep them from filling the file system.
 */
const mostKept = 144;
const mostRecordBytes = 16 * 1024 * 1024;
/** Of a database of many gigabytes a generation lasts for long. */
const mostCommitsBytes = 256 * 1024 * 1024;

/** So many frames of one of a generation's WAL files, and all of those before it. */
export interface Reach {
  readonly wal: number;
  readonly frames: number;
}

/** All up to a reach was committed at this time, in milliseconds of the epoch. */
export interface Commit extends Reach {
  readonly at: number;
  /** The running checksum of the last frame: it says which file those frames are of. */
  readonly checksum: Checksum;
}

const completionSchema = z.object({
  at: z.iso.datetime(),
  database: z.object({ bytes: z.int(), sha256: z.string() }),
  /** Less than this is no database: the copy was made while frames were written to it. */
  wal: z.object({ wal: z.int(), frames: z.int() }),
});
export type Completion = z.infer<typeof completionSchema>;

const endingSchema = z.object({ at: z.iso.datetime(), counts: z.record(z.string(), z.int()) });
/** `counts`: rows of every ordinary table. */
export type Ending = z.infer<typeof endingSchema>;

export interface Generation {
  readonly name: string;
  readonly directory: string;
  /** Absent: it counts for nothing yet, or never will. */
  readonly completion?: Completion;
}

/** A name that sorts behind all others of the folder, also where the clock was put back. */
export function generationName(now: number, others: readonly string[]): string {
  const newest = Math.max(...others.map((name) => timeOf(name) ?? 0), 0);
  const time = new Date(Math.max(now, newest + 1)).toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}

/** When a generation was begun, in milliseconds of the epoch; undefined where a name is none of a generation. */
export function timeOf(name: string): number | undefined {
  const [, year, month, day, hour, minute, second, milliseconds] = generationPattern.exec(name) ?? [];
  if (year === undefined) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`);
  return Number.isNaN(time) ? undefined : time;
}

export function commitLine({ wal, frames, at, checksum }: Commit): string {
  const words = checksum.map((word) => word.toString(16).padStart(8, '0'));
  return `${wal} ${frames} ${at} ${words.join('')}\n`;
}

/** What of a file of commits can be read: its last line may have been cut off. */
export function parseCommits(text: string): Commit[] {
  const lines = text.matchAll(/^(\d{1,8}) (\d{1,10}) (\d{1,16}) ([0-9a-f]{8})([0-9a-f]{8})\n/gm);
  return Array.from(lines, ([, wal, frames, at, first, second]) => ({
    wal: Number(wal),
    frames: Number(frames),
    at: Number(at),
    checksum: [Number.parseInt(first!, 16), Number.parseInt(second!, 16)],
  }));
}

/** Whether a reach is at or behind another. */
export function hasReached(reach: Reach, other: Reach): boolean {
  return reach.wal > other.wal || (reach.wal === other.wal && reach.frames >= other.frames);
}

/** Makes an empty one. @throws the system's own error */
export async function beginGeneration(folder: string, now: number): Promise<Generation> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = generationName(now, await readdir(folder));
  const directory = join(folder, name);
  await mkdir(directory, { mode: 0o700 });
  await syncDirectory(folder);
  return { name, directory };
}

/** Oldest first. A folder that is not there has none. @throws the system's own error */
export async function listGenerations(folder: string): Promise<Generation[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const names = entries
    .filter((entry) => entry.isDirectory() && timeOf(entry.name) !== undefined)
    .map(({ name }) => name)
    .toSorted();
  return Promise.all(
    names.map(async (name) => {
      const directory = join(folder, name);
      const completion = await readRecord(join(directory, completeName), completionSchema).catch(
        // What somebody made of it is none; the others are not worse for it.
        unlessDamaged,
      );
      return { name, directory, ...(completion && { completion }) };
    }),
  );
}

/** @throws the system's own error; BootstrapError `REPLICA_DAMAGED` */
export async function readEnding(directory: string): Promise<Ending | undefined> {
  return readRecord(join(directory, endName), endingSchema);
}

/** @throws the system's own error; BootstrapError `REPLICA_DAMAGED` */
export async function readCommits(directory: string): Promise<Commit[]> {
  try {
    return parseCommits(await readPlain(join(directory, commitsName), mostCommitsBytes));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export async function writeCompletion(directory: string, completion: Completion): Promise<void> {
  await writeAtomically(join(directory, completeName), JSON.stringify(completion));
}

export async function writeEnding(directory: string, ending: Ending): Promise<void> {
  await writeAtomically(join(directory, endName), JSON.stringify(ending));
}

/**
 * Which may go: those that a newer one has stood in for during all of the time that can be gone back to, those that nobody will
 * complete, because only the newest is being made, and of too many those that stand for the shortest time.
 * @param generations oldest first
 */
export function superfluous(generations: readonly Generation[], now: number): Generation[] {
  const newestOld = generations.findLastIndex(
    ({ completion }) => completion !== undefined && Date.parse(completion.at) < now - keptMilliseconds,
  );
  const over = generations.filter(
    ({ completion }, index) => index < (completion === undefined ? generations.length - 1 : newestOld),
  );
  const left = generations.slice(Math.max(0, newestOld)).filter(({ completion }) => completion !== undefined);
  return [...over, ...crowded(left)];
}

/** The first stays, because nothing else reaches as far back, and the last two: the older one is for when the newer one is damaged. */
function crowded(complete: readonly Generation[]): Generation[] {
  const left = [...complete];
  const gone: Generation[] = [];
  const timeAt = (index: number): number => Date.parse(left[index]!.completion!.at);
  while (left.length > mostKept) {
    const spans = left.slice(1, -2).map((_, index) => timeAt(index + 2) - timeAt(index));
    gone.push(...left.splice(spans.indexOf(Math.min(...spans)) + 1, 1));
  }
  return gone;
}

/** Half-removed it counts for nothing. @throws the system's own error */
export async function removeGeneration({ directory }: Generation): Promise<void> {
  await rm(join(directory, completeName), { force: true });
  await rm(directory, { recursive: true, force: true });
}

async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readPlain(path, mostRecordBytes);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new BootstrapError('REPLICA_DAMAGED', `${path} is not what Clawharbor writes there.`, {
      cause: error,
    });
  }
}
