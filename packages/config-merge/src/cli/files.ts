import { link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigMergeError } from '../errors.ts';
import type { Terminal } from './terminal.ts';

/** The text of a file, or of standard input for `-`. */
export async function readText(file: string, terminal: Terminal): Promise<string> {
  const bytes = file === '-' ? await terminal.readStdin() : await readFile(file).catch(unreadable(file));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ConfigMergeError('FILE_ENCODING', `${file}: is not UTF-8: save it as UTF-8`);
  }
}

/**
 * Replaces a file so that at every moment, and after a power cut, its name leads to the old or to the new
 * content. The old content stays as `<file>.previous`. A new file is readable by its owner only: configs
 * hold secrets.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const mode = await stat(target).then(
      (before) => before.mode & 0o777,
      () => undefined,
    );
    const handle = await open(temporary, 'wx', mode ?? 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (mode !== undefined) {
      await rm(`${target}.previous`, { force: true });
      await link(target, `${target}.previous`);
    }
    await rename(temporary, target);
    await syncDirectory(dirname(target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw new ConfigMergeError(
      'FILE_WRITE',
      `${file}: cannot be written (${codeOf(error)}): check the directory`,
    );
  }
}

export async function isSameFile(a: string, b: string | undefined): Promise<boolean> {
  if (b === undefined || b === '-') return false;
  const [left, right] = await Promise.all([a, b].map((file) => realpath(file).catch(() => undefined)));
  return left !== undefined && left === right;
}

/** Without it a power cut may undo the rename. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    throw new ConfigMergeError('FILE_READ', `${file}: cannot be read (${codeOf(error)}): check the path`);
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
