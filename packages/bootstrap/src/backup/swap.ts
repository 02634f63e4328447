import { lstat, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { syncDirectory, writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { inRecords } from '../config/record-file.ts';
import { elsewhereName } from '../databases/holder.ts';
import { BootstrapError } from '../errors.ts';
import type { Layout } from '../host/layout.ts';
import { failedLaunchesName } from '../launch/failed-launches.ts';
import { removeBelow } from '../temporary/sweep.ts';
import { isBelow } from './below.ts';
import { lockName } from './writer-lock.ts';

/**
 * The state is a mount point, so it cannot be exchanged as a whole: each entry of it is, by two renames. What was decided
 * is written down first, and whoever comes next finishes it. Meanwhile no gateway starts: its config is the first thing
 * to go and the last one to come, and without a config it ends with an error.
 */
const entry = z.object({
  name: z.string().refine((name) => name === basename(name) && !['', '.', '..'].includes(name)),
  /** Whether the archive has it; else it only goes. */
  comes: z.boolean(),
});

type Entry = Readonly<z.infer<typeof entry>>;

const journalSchema = z.object({
  /** The backup. */
  id: z.string(),
  /** Directory whose entries come. */
  staged: z.string(),
  /** All that {@link staged} lies in: removed at the end. */
  staging: z.string(),
  /** Directory that gets the entries which go. */
  kept: z.string(),
  /** In the order in which they are exchanged; the config is not among them. */
  entries: z.array(entry),
  /** The same of Clawharbor's own records. */
  records: z.array(entry),
  config: entry,
});

export type Swap = Readonly<z.infer<typeof journalSchema>>;

/** Rebuilt by OpenClaw, or local: in no archive, and good as they are (`docs/cli/backup.md` of OpenClaw). */
const stays = new Set(['cache', 'dev', 'git', 'npm', 'npm-runtime', 'plugin-skills', 'tmp', 'tools']);

/**
 * Of an upgrade that was under way when the archive was made: it is over. Else the next run would go on with it, or back
 * to a state that nobody has asked for. And the databases of an archive are in it, wherever they were. What launches have failed
 * with, they have not failed with by this state.
 */
const isOver = new Set(['upgrade.json', 'upgrade-copy', elsewhereName, failedLaunchesName]);

const config = 'openclaw.json';
const recordsKept = 'clawharbor-records';

const journalName = 'restore.json';
const journalOf = ({ records }: Layout): string => join(records, journalName);

/** Decides what is exchanged. Changes nothing. */
export async function planSwap(
  layout: Layout,
  swap: Omit<Swap, 'entries' | 'records' | 'config'>,
): Promise<Swap> {
  const own = ownName(layout);
  await mustBeReal(layout, [swap.staged, join(swap.staged, own)]);
  const staged = new Set(await namesIn(swap.staged));
  const stagedRecords = new Set((await namesIn(join(swap.staged, own))).filter((name) => !isOver.has(name)));
  const among = (present: readonly string[], coming: ReadonlySet<string>): Entry[] =>
    [...new Set([...present, ...coming])].toSorted().map((name) => ({ name, comes: coming.has(name) }));
  return {
    ...swap,
    entries: among(await namesIn(layout.state), staged).filter(
      ({ name }) => name !== own && name !== config && !stays.has(name),
    ),
    // The lock and the journal belong to this machine; what is temporary is nobody's state.
    records: among(await namesIn(layout.records), stagedRecords).filter(
      ({ name }) => name !== lockName && name !== journalName && !name.endsWith('.tmp'),
    ),
    config: { name: config, comes: staged.has(config) },
  };
}

/** Name of Clawharbor's records in the state. */
const ownName = ({ state, records }: Layout): string => relative(state, records);

/** From here on the new state it is: whatever happens, it is finished. Only behind the fence. */
export async function beginSwap(layout: Layout, swap: Swap): Promise<void> {
  await writeAtomically(journalOf(layout), `${JSON.stringify(swap, undefined, 2)}\n`);
}

/**
 * A swap that was begun and not finished. The agent can write where the journal lies, and root does what it says: one that
 * is about anything else than the state and the records is none of ours. Nor is a damaged one, because it is written as a
 * whole, and while it counts no gateway runs.
 */
export async function pendingSwap(layout: Layout): Promise<Swap | undefined> {
  const text = await readIfPresent(journalOf(layout));
  const swap = text === undefined ? undefined : journalSchema.safeParse(parseOrNothing(text)).data;
  return swap && isOurs(layout, swap) ? swap : undefined;
}

function isOurs({ records }: Layout, { staged, staging, kept }: Swap): boolean {
  const isRecord = (path: string): boolean => dirname(path) === records && path.endsWith('.tmp');
  return isRecord(staging) && isRecord(kept) && kept !== staging && isBelow(staged, staging);
}

/** Sets aside a journal that is not of a restore, whoever wrote it. @returns where it is kept */
export async function disownSwap(layout: Layout, now: Date): Promise<string> {
  const aside = `${journalName}.no-record-${now.toISOString().replaceAll(/\D/g, '').slice(0, 17)}`;
  await inRecords(layout, [], (here) => rename(join(here, journalName), join(here, aside)));
  return join(layout.records, aside);
}

/** Finishes what was begun, from wherever it stopped. @returns the backup whose state it is now */
export async function finishSwap(layout: Layout): Promise<string | undefined> {
  const swap = await pendingSwap(layout);
  if (!swap) return undefined;
  const main = { live: layout.state, staged: swap.staged, kept: swap.kept };
  const own = {
    live: layout.records,
    staged: join(swap.staged, ownName(layout)),
    kept: join(swap.kept, recordsKept),
  };
  for (const { staged, kept } of [main, own]) {
    await mkdir(kept, { recursive: true, mode: 0o700 });
    await mustBeReal(layout, [staged, kept]);
  }
  await putAside(main, swap.config);
  for (const each of swap.entries) await exchange(main, each);
  for (const each of swap.records) await exchange(own, each);
  for (const directory of [layout.state, layout.records, swap.kept, own.kept]) await syncDirectory(directory);
  await exchange(main, swap.config);
  await syncDirectory(layout.state);
  await rm(journalOf(layout), { force: true });
  // One that comes back by a loss of power would put aside what people have made since under a name that went.
  await syncDirectory(layout.records);
  await removeBelow(layout.state, swap.staging);
  return swap.id;
}

/** Root renames what lies in there: no link may lead elsewhere. Nobody runs any more who could plant one meanwhile. */
async function mustBeReal({ records }: Layout, directories: readonly string[]): Promise<void> {
  const real = await realpath(records);
  for (const directory of directories) {
    if (!(await isThere(directory))) continue;
    const isReal = (await realpath(directory)) === join(real, relative(records, directory));
    if (isReal && (await lstat(directory)).isDirectory()) continue;
    throw new BootstrapError(
      'FILE_NOT_REGULAR',
      `${directory} must be a directory, and no link may lead to it. Look where it came from, and remove it.`,
    );
  }
}

interface Places {
  readonly live: string;
  readonly staged: string;
  readonly kept: string;
}

/** Each rename either happened or not, and where a name is says which. */
async function exchange(places: Places, each: Entry): Promise<void> {
  await putAside(places, each);
  const comes = join(places.staged, each.name);
  if (each.comes && (await isThere(comes))) await rename(comes, join(places.live, each.name));
}

async function putAside({ live, staged, kept }: Places, { name, comes }: Entry): Promise<void> {
  // It has come: what stands there is the new one.
  if (comes && !(await isThere(join(staged, name)))) return;
  if (await isThere(join(live, name))) await rename(join(live, name), join(kept, name));
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
