import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../disk-error.ts';
import { sha256 } from '../config/config-records.ts';
import { BootstrapError } from '../errors.ts';
import type { BackupBucket } from './bucket.ts';
import type { BackupContext } from './create.ts';
import { damaged, faultOf, noteFault } from './damaged.ts';
import type { BackupManifest } from './manifest.ts';
import { inOrder, newestOf } from './newest.ts';
import { readStatus, writeStatus, type BackupStatus } from './status.ts';
import type { BackupStore } from './store.ts';

/** Name of a file beside an archive that is in a bucket, too: in that one, and under that prefix. */
export function storedMark(id: string, { url }: Pick<BackupBucket, 'url'>): string {
  return `${id}.${sha256(url).slice(0, 8)}.stored`;
}

/** Oldest first: those that are not in the bucket; none where there is no bucket. One look into the folder. */
export async function unstored({ folder, bucket }: Copies): Promise<string[]> {
  if (bucket === undefined) return [];
  const names = new Set(await readdir(folder.directory).catch(() => []));
  return [...names]
    .filter((name) => name.endsWith('Z.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .filter((id) => !names.has(storedMark(id, bucket)))
    .toSorted();
}

type Copies = Pick<BackupStore, 'folder' | 'bucket'>;

/**
 * Copies to the bucket what is not there, all that can be.
 * @returns what was done, a line each
 * @throws BootstrapError `BACKUP_CORRUPT`: all is there but what is damaged here, and the message says what to do about it;
 * `BACKUP_NOT_STORED`
 */
export async function storeAll({ folder, bucket }: Copies, now = new Date()): Promise<string[]> {
  if (!bucket) return [];
  const done: string[] = [];
  const failures: BootstrapError[] = [];
  for (const id of await unstored({ folder, bucket })) {
    const manifest = await folder.read(id);
    if (!manifest) continue;
    // One that is not what was backed up keeps no other from getting there.
    const fault = await faultOf(folder, manifest, now);
    if (fault) {
      failures.push(damaged(folder, id, fault));
      continue;
    }
    try {
      await bucket.store(folder, manifest);
    } catch (error) {
      if (!(error instanceof BootstrapError && error.code === 'BACKUP_CORRUPT')) throw error;
      // Without it, it is read again.
      await noteFault(folder, id, error.message, now).catch(() => {});
      failures.push(damaged(folder, id, error.message, error));
      continue;
    }
    await writeFile(join(folder.directory, storedMark(id, bucket)), '', { mode: 0o600 });
    done.push(`copied ${id} to ${bucket.url}`);
  }
  const [first, ...more] = failures;
  if (first === undefined) return done;
  if (more.length === 0) throw first;
  throw new BootstrapError(first.code, `${first.message} ${more.length} more cannot go there either.`, {
    cause: first,
  });
}

/** A bucket that cannot be written to for long must not fill the file system either. */
const atMostTimes = 3;

/** Names of backups that stay although they are old. */
export interface Held {
  /** They are nowhere else yet: up to three times as many as are kept anyway. */
  readonly unstored: ReadonlySet<string>;
  /** The one that somebody was told to go back by, however old. Absent: nobody was. */
  readonly wayBack?: string | undefined;
}

/** What goes, oldest first, when only the newest `keep` stay and those that are held. */
export function superfluous(
  backups: readonly BackupManifest[],
  keep: number,
  { unstored: nowhereElse, wayBack }: Held,
  now: Date,
): string[] {
  const ids = inOrder(backups, now)
    .map(({ id }) => id)
    .toReversed();
  return ids
    .filter((id, age) => age >= keep && id !== wayBack && (!nowhereElse.has(id) || age >= keep * atMostTimes))
    .toReversed();
}

/** Remembers how far the bucket has come. One that could not go there takes nothing from those that could. */
export async function rememberStored(
  { host }: Pick<BackupContext, 'host'>,
  { folder, bucket }: Copies,
  storeFailure?: BackupStatus['storeFailure'],
): Promise<void> {
  const missing = new Set(await unstored({ folder, bucket }));
  const marked = (await folder.list()).filter(({ id }) => !missing.has(id));
  const { lastStored } = (await readStatus(host.layout)) ?? {};
  // What was known counts, too: of those in the bucket the newest may have been removed here.
  const stored = [...(lastStored === undefined ? [] : [{ at: lastStored }]), ...marked];
  const newest = newestOf(
    stored.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    host.now(),
  );
  await remember({ host }, { lastStored: newest?.at, storeFailure });
}

/** Remembers how something went. */
export async function remember(
  { host }: Pick<BackupContext, 'host'>,
  change: Partial<BackupStatus>,
): Promise<BackupStatus> {
  const { layout } = host;
  const status = { since: host.now().toISOString(), ...(await readStatus(layout)), ...change };
  await writeStatus(layout, status);
  return status;
}

/**
 * Says that something begins, does it, and says that it has ended. What was begun and has not ended is not tried again at once.
 * A run that is told to stop has not failed.
 */
export async function begun<T>(
  context: Pick<BackupContext, 'host' | 'signal'>,
  mark: 'backupBegun' | 'drillBegun',
  action: () => Promise<T>,
): Promise<T> {
  await remember(context, { [mark]: context.host.now().toISOString() });
  try {
    return await action();
  } catch (error) {
    if (context.signal.aborted) await remember(context, { [mark]: undefined });
    throw error;
  }
}

export function asFailure(now: Date, error: unknown): { at: string; code: string; message: string } {
  const told = error instanceof BootstrapError ? error : diskError(error);
  const { code = 'UNEXPECTED', message } = told ?? (error as NodeJS.ErrnoException);
  return { at: now.toISOString(), code, message };
}
