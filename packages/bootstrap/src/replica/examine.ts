import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import {
  databaseName,
  hasReached,
  readCommits,
  readEnding,
  walName,
  type Commit,
  type Completion,
  type Ending,
  type Generation,
  type Reach,
} from './generation.ts';
import { isMissing, openPlain, readAt, unlessDamaged, unlessMissing } from './plain-file.ts';
import {
  frameBytes,
  isEqual,
  parseWalHeader,
  readFrames,
  startOf,
  walHeaderBytes,
  type WalPosition,
} from './wal-file.ts';

/** What can be restored from a generation. */
export interface Examined {
  readonly generation: Generation;
  readonly completion: Completion;
  /** The WAL files to apply, in order, with how many frames of each. */
  readonly wals: readonly Reach[];
  /** What it comes to is as of then, in milliseconds of the epoch. */
  readonly at: number;
  readonly ending: Ending | undefined;
  /** Why it is not all of what was there. */
  readonly problem?: string;
}

/**
 * Goes through a complete generation as far as it holds: in order, up to the first thing that is missing or not as it was
 * written.
 * @param at only what was committed by then, in milliseconds of the epoch. Default: all
 * @returns a problem alone where what holds is no database
 * @throws the system's own error, as EIO
 */
export async function examine(
  generation: Generation,
  completion: Completion,
  at = Infinity,
): Promise<Examined | { readonly problem: string }> {
  const { directory, name } = generation;
  const database = await lstat(join(directory, databaseName)).catch(unlessMissing);
  if (database?.isFile() !== true || database.size !== completion.database.bytes)
    return { problem: `${name}: the copy of the database is not what it was` };
  const commits = await readCommits(directory).catch(unlessDamaged);
  const wanted = committedBy(commits ?? [], at, Date.now());
  const { wals, problem } = await readWals(directory, commits ?? [], at === Infinity ? undefined : wanted);
  const reach = wals.at(-1) ?? { wal: 0, frames: 0 };
  if (!hasReached(reach, completion.wal))
    return { problem: `${name}: ${problem ?? 'what belongs to the copy is missing'}` };
  const lastCommit = wanted.findLast((commit) => hasReached(reach, commit));
  const ending = at === Infinity ? await readEnding(directory).catch(unlessDamaged) : undefined;
  const said = problem ?? (commits === undefined ? 'the times of commits cannot be read' : undefined);
  return {
    generation,
    completion,
    wals,
    at: Math.max(lastCommit?.at ?? 0, Date.parse(completion.at)),
    ending,
    ...(said !== undefined && { problem: `${name}: ${said}` }),
  };
}

/**
 * Commits that were made by a time: none behind one that was made after it, also where the clock was put back since. One that lies
 * ahead of now is of a clock that was wrong, and was made before what follows it. Pure.
 */
function committedBy(commits: readonly Commit[], time: number, now: number): Commit[] {
  const first = commits.findIndex(({ at }) => at > time && at <= now);
  return (first === -1 ? commits : commits.slice(0, first)).filter(({ at }) => at <= time);
}

/** @param wanted undefined: all there is */
async function readWals(
  directory: string,
  commits: readonly Commit[],
  wanted: readonly Commit[] | undefined,
): Promise<{ wals: Reach[]; problem?: string }> {
  const promised = lastByWal(commits);
  const wantedOf = wanted && lastByWal(wanted);
  const indexes = wantedOf ? [...wantedOf.keys()] : [...promised.keys(), ...(await walsIn(directory))];
  const last = indexes.reduce((most, wal) => Math.max(most, wal), -1);
  const wals: Reach[] = [];
  for (let wal = 0; wal <= last; wal += 1) {
    const least = promised.get(wal);
    const frames = await readWal(join(directory, walName(wal)), least);
    if (typeof frames === 'string') {
      // The last one may have been cut off in its very first bytes; nothing was promised of it then.
      if (wal === last && least === undefined) break;
      return { wals, problem: `${walName(wal)} ${frames}` };
    }
    const most = wal === last ? wantedOf?.get(wal)?.frames : undefined;
    const some = Math.min(frames, most ?? frames);
    if (some > 0) wals.push({ wal, frames: some });
    const wantedFrames = most ?? least?.frames ?? 0;
    if (frames < wantedFrames)
      return { wals, problem: `${walName(wal)} holds ${frames} of ${wantedFrames} frames` };
  }
  return { wals };
}

function lastByWal(commits: readonly Commit[]): Map<number, Commit> {
  const last = new Map<number, Commit>();
  for (const commit of commits)
    if (commit.frames >= (last.get(commit.wal)?.frames ?? 0)) last.set(commit.wal, commit);
  return last;
}

/**
 * Counts the committed frames of a WAL.
 * @param least what was promised of it
 * @returns a text where it is none, or another one
 */
async function readWal(path: string, least: Commit | undefined): Promise<number | string> {
  const handle = await openPlain(path).catch((error: unknown) => {
    if (error instanceof BootstrapError) return 'is no regular file';
    if (isMissing(error)) return 'is missing';
    throw error;
  });
  if (typeof handle === 'string') return handle;
  try {
    const header = parseWalHeader(await readAt(handle, 0, walHeaderBytes));
    if (header === undefined) return 'has no header';
    const size = frameBytes(header);
    const atOnce = Math.ceil((4 * 1024 * 1024) / size);
    let position: WalPosition = startOf(header);
    let committed = 0;
    for (;;) {
      // One run ends where the promise does, because the checksum there is known.
      const left = (least?.frames ?? 0) - position.frames;
      const most = left > 0 ? Math.min(left, atOnce) : atOnce;
      const bytes = await readAt(handle, walHeaderBytes + position.frames * size, most * size);
      const found = readFrames(header, position, bytes);
      if (found.commits > 0) committed = found.committed.frames;
      const isPromised = found.valid.frames === least?.frames;
      if (isPromised && !isEqual(found.valid.checksum, least.checksum)) return 'is another one';
      if (found.valid.frames < position.frames + most) return committed;
      position = found.valid;
    }
  } finally {
    await handle.close();
  }
}

async function walsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => (/^wal-\d{8}$/.test(name) ? [Number(name.slice(4))] : []));
}
