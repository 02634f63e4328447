import { BootstrapError } from './errors.ts';

/**
 * Errors of the system: https://man7.org/linux/man-pages/man3/errno.3.html, of SQLite: https://www.sqlite.org/rescode.html, and how
 * programs word them in the C locale.
 */
const kinds = [
  {
    code: 'DISK_FULL',
    errno: ['ENOSPC', 'EDQUOT'],
    sqlite: 13,
    said: /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/,
    help: 'Make room, or a larger disk; what was there is as it was, and the next run goes on.',
  },
  {
    code: 'DISK_READ_ONLY',
    errno: ['EROFS'],
    sqlite: undefined,
    said: /EROFS|Read-only file system/,
    help: 'The kernel makes a disk read-only when it is faulty: see its log, and replace the instance if it is its own.',
  },
] as const;

/** The error of a full or read-only disk under its code, with the place; undefined for any other error. */
export function diskError(error: unknown, where?: string): BootstrapError | undefined {
  const { code = '', message, path, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
  const kind = kinds.find(
    ({ errno, sqlite }) =>
      (errno as readonly string[]).includes(code) || (sqlite !== undefined && sqlite === errcode),
  );
  const place = where ?? path;
  return (
    kind &&
    new BootstrapError(kind.code, `${place === undefined ? '' : `${place}: `}${message}. ${kind.help}`, {
      cause: error,
    })
  );
}

/** The same for what a program has said before it failed. */
export function diskErrorIn(said: string, where: string): BootstrapError | undefined {
  const kind = kinds.find((each) => each.said.test(said));
  return kind && new BootstrapError(kind.code, `${where}: ${said.trim()}. ${kind.help}`);
}
