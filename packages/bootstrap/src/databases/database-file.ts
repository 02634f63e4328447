/** Besides a database, by its name: https://www.sqlite.org/tempfiles.html */
export const besides: readonly string[] = ['-wal', '-shm', '-journal'];

export type Kind =
  /** A database that holds something. */
  | 'database'
  /** What SQLite keeps beside one, and databases that are nothing but locks: made again by whoever needs it. */
  | 'passing'
  | 'file';

/** OpenClaw 2026.9.x locks by databases of these names, which hold nothing. */
const isLock = /(^|[.-])(lock|writer)\.sqlite$/;

/**
 * What a regular file of a directory of databases is, by its name: to open one and close it again would end the locks that
 * this process has of it (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
export function kindOf(name: string): Kind {
  if (besides.some((suffix) => name.endsWith(suffix)) || isLock.test(name)) return 'passing';
  return /\.(sqlite3?|db)$/.test(name) ? 'database' : 'file';
}
