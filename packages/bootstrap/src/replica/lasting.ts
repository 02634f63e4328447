import { statSync } from 'node:fs';
import { BootstrapError } from '../errors.ts';

/** SQLITE_CORRUPT and SQLITE_NOTADB: https://www.sqlite.org/rescode.html */
const damaged: readonly unknown[] = [11, 26];

/**
 * Whether SQLite finds that a file is no database, or no sound one. The lower byte of its code says it:
 * https://www.sqlite.org/rescode.html#primary_result_codes_versus_extended_result_codes
 */
export function isDamaged(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: number };
  return errcode !== undefined && damaged.includes(errcode & 0xff);
}

/** Whether nothing but a change of the database itself mends it: nobody waits for that. */
export function isLasting(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isTooLarge = error instanceof BootstrapError && error.code === 'FILE_TOO_LARGE';
  return isTooLarge || isDamaged(error) || isLasting(error.cause);
}

/** Whether SQLite may open what is there yet: of a directory it says what it says of a file that it cannot open now. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
