import { BootstrapError } from '../errors.ts';

/**
 * Refuses a SQLite that can lose committed pages when another process than the writer checkpoints, which is all that a
 * shipper does: https://sqlite.org/wal.html#the_wal_reset_bug. Fixed in 3.51.3, and in 3.50.7 and 3.44.6 of older lines.
 * @throws BootstrapError `HOST_UNSUPPORTED`
 */
export function requireSoundSqlite(version: string | undefined = process.versions['sqlite']): void {
  const [major = 0, minor = 0, patch = 0] = (version ?? '').split('.').map(Number);
  const fixedIn = new Map([
    [44, 6],
    [50, 7],
    [51, 3],
  ]).get(minor);
  if (major === 3 && (minor > 51 || (fixedIn !== undefined && patch >= fixedIn))) return;
  throw new BootstrapError(
    'HOST_UNSUPPORTED',
    `This Node.js ${process.version} has SQLite ${version ?? 'nowhere'}, which can lose what was committed when a replica is made of it. Use one with SQLite 3.51.3 or later: Node.js 24.16 has it.`,
  );
}
