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
  parseWalHeader,
  readFrames,
  resetsBetween,
  startOf,
  walHeaderBytes,
  type WalHeader,
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
  /** When the last transaction of it was on its way to the replica; undefined: there was none after the copy. */
  readonly lastCommit: Commit | undefined;
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
  const wanted = (commits ?? []).filter((commit) => commit.at <= at);
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
    lastCommit,
    ending,
    ...(said !== undefined && { problem: `${name}: ${said}` }),
  };
}

/** @param wanted undefined: all there is */
async function readWals(
  directory: string,
  commits: readonly Commit[],
  wanted: readonly Commit[] | undefined,
): Promise<{ wals: Reach[]; problem?: string }> {
  const promised = framesByWal(commits);
  const wantedOf = wanted && framesByWal(wanted);
  const indexes = wantedOf ? [...wantedOf.keys()] : [...promised.keys(), ...(await walsIn(directory))];
  const last = indexes.reduce((most, wal) => Math.max(most, wal), -1);
  const wals: Reach[] = [];
  let before: WalHeader | undefined;
  for (let wal = 0; wal <= last; wal += 1) {
    const file = await readWal(join(directory, walName(wal)));
    const least = promised.get(wal) ?? 0;
    if (typeof file === 'string') {
      // The last one may have been cut off in its very first bytes; nothing was promised of it then.
      if (wal === last && least === 0) break;
      return { wals, problem: `${walName(wal)} ${file}` };
    }
    if (before !== undefined && resetsBetween(before, file.header) === undefined)
      return { wals, problem: `${walName(wal)} does not follow on the one before` };
    before = file.header;
    const most = wal === last && wantedOf ? (wantedOf.get(wal) ?? 0) : undefined;
    const frames = Math.min(file.frames, most ?? file.frames);
    if (frames > 0) wals.push({ wal, frames });
    if (file.frames < (most ?? least))
      return { wals, problem: `${walName(wal)} holds ${file.frames} of ${most ?? least} frames` };
  }
  return { wals };
}

function framesByWal(commits: readonly Commit[]): Map<number, number> {
  const frames = new Map<number, number>();
  for (const commit of commits) frames.set(commit.wal, Math.max(frames.get(commit.wal) ?? 0, commit.frames));
  return frames;
}

/** The header and the committed frames of a WAL; a text where it is none. */
async function readWal(path: string): Promise<{ header: WalHeader; frames: number } | string> {
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
    const most = Math.ceil((4 * 1024 * 1024) / size);
    let position: WalPosition = startOf(header);
    let committed = 0;
    for (;;) {
      const bytes = await readAt(handle, walHeaderBytes + position.frames * size, most * size);
      const found = readFrames(header, position, bytes);
      committed = Math.max(committed, found.committed.frames);
      if (found.valid.frames < position.frames + most) return { header, frames: committed };
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
