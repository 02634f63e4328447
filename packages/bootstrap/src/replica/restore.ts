import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '../config/atomic-file.ts';
import { diskError } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import { temporaryOf } from '../temporary/name.ts';
import { examine, type Examined } from './examine.ts';
import { listGenerations, type Ending, type Generation } from './generation.ts';
import { unlessMissing } from './plain-file.ts';
import { rebuild, type Rebuilt } from './rebuild.ts';
import { requireSoundSqlite } from './sqlite-version.ts';

export interface RestoreOptions {
  /** The replica. */
  readonly folder: string;
  /** The database that comes of it. One that is there is replaced: nobody has it open. */
  readonly target: string;
  /** As it was then. Default: as new as can be. */
  readonly at?: Date;
}

export interface Restored {
  readonly generation: string;
  /** Frames of the WAL that came over the copy. */
  readonly frames: number;
  /** What it comes to is as of then. */
  readonly asOf: Date;
  /** Rows of every ordinary table. */
  readonly counts: Readonly<Record<string, number>>;
  /** Nothing is missing: the replica was ended as planned, nobody has begun another since, and every table has its rows. */
  readonly isWhole: boolean;
  /** Rows by table that were there at a planned end and are not; below zero there are more. Empty after any other end. */
  readonly missing: Readonly<Record<string, number>>;
  /** What was found damaged on the way, a line each. */
  readonly problems: readonly string[];
}

/**
 * Makes a database of its replica, as new as can be had: of the newest complete generation, and of an older one only where
 * that reaches further, because the newest is damaged.
 * @throws BootstrapError `REPLICA_MISSING`: there is no complete generation, or none at that time; `REPLICA_DAMAGED`: there
 * are, and none comes to a sound database; `DISK_FULL`, `DISK_READ_ONLY`; `HOST_UNSUPPORTED`
 */
export async function restoreDatabase({ folder, target, at }: RestoreOptions): Promise<Restored> {
  requireSoundSqlite();
  const all = await generationsIn(folder);
  const time = at?.getTime() ?? Infinity;
  const problems: string[] = [];
  const older = all
    .filter(({ completion }) => completion !== undefined && Date.parse(completion.at) <= time)
    .toReversed();
  let candidates: Examined[] = [];
  for (;;) {
    candidates = await bestFirst(candidates, older, time, problems);
    const candidate = candidates.shift();
    if (candidate === undefined) break;
    const rebuilt = await rebuiltIn(candidate, target).catch((error: unknown) => {
      if (!(error instanceof BootstrapError) || error.code !== 'REPLICA_DAMAGED') throw error;
      problems.push(error.message);
      return undefined;
    });
    if (rebuilt) return told(candidate, rebuilt, all, problems);
  }
  const complete = all.filter(({ completion }) => completion !== undefined);
  if (problems.length > 0)
    throw new BootstrapError(
      'REPLICA_DAMAGED',
      `No generation in ${folder} comes to a sound database: ${problems.join('; ')}. Restore a backup.`,
    );
  throw new BootstrapError(
    'REPLICA_MISSING',
    complete.length === 0
      ? `There is no complete replica in ${folder}.`
      : `The replica in ${folder} does not go back to ${at?.toISOString()}: the first point in time is ${complete[0]!.completion!.at}.`,
  );
}

/** Oldest first. */
async function generationsIn(folder: string): Promise<Generation[]> {
  // A link may lead to what somebody else has written.
  const isOne = (await lstat(folder).catch(unlessMissing))?.isDirectory() === true;
  return isOne ? await listGenerations(folder) : [];
}

/**
 * What can be restored, best first. Once there is one that is not damaged, nothing older is looked at: none reaches further.
 * @param older newest first; what was looked at is taken out
 */
async function bestFirst(
  candidates: readonly Examined[],
  older: Generation[],
  time: number,
  problems: string[],
): Promise<Examined[]> {
  const found = [...candidates];
  while (!found.some(({ problem }) => problem === undefined)) {
    const generation = older.shift();
    if (generation?.completion === undefined) break;
    const examined = await examine(generation, generation.completion, time);
    if (examined.problem !== undefined) problems.push(examined.problem);
    if ('wals' in examined) found.push(examined);
  }
  return found.toSorted((a, b) => b.at - a.at);
}

/** In a directory of its own beside the target, which takes its name when all is well. */
async function rebuiltIn(candidate: Examined, target: string): Promise<Rebuilt> {
  const staging = temporaryOf(target);
  try {
    await mkdir(staging, { mode: 0o700 });
    const file = join(staging, 'database');
    const rebuilt = await rebuild(candidate, file);
    // What an earlier database has left there would be taken for its own.
    for (const suffix of ['-wal', '-shm', '-journal']) await rm(`${target}${suffix}`, { force: true });
    await rename(file, target);
    await syncDirectory(dirname(target));
    return rebuilt;
  } catch (error) {
    throw diskError(error, target) ?? error;
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => {});
  }
}

function told(
  { generation, at, ending }: Examined,
  { frames, counts }: Rebuilt,
  all: readonly Generation[],
  problems: readonly string[],
): Restored {
  const missing = ending === undefined ? {} : differences(ending, counts);
  const isNewest = all.at(-1)?.name === generation.name;
  return {
    generation: generation.name,
    frames,
    asOf: new Date(at),
    counts,
    isWhole: ending !== undefined && isNewest && problems.length === 0 && Object.keys(missing).length === 0,
    missing,
    problems,
  };
}

function differences(
  { counts: then }: Ending,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  const tables = new Set([...Object.keys(then), ...Object.keys(now)]);
  const rows = [...tables].map((table) => [table, (then[table] ?? 0) - (now[table] ?? 0)] as const);
  return Object.fromEntries(rows.filter(([, missing]) => missing !== 0));
}
