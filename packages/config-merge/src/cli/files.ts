import type { Stats } from 'node:fs';
import { mkdtemp, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
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

/** Errors of the library do not know files. */
export function about<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    const { code, message, line } = error;
    throw new ConfigMergeError(code, `${file}${line === undefined ? ': ' : ':'}${message}`);
  }
}

/**
 * Replaces a file so that at every moment, and after a power cut, its name leads to the old or to the new
 * content. The old content stays as `<file>.previous`; mode and, where the system allows it, owner and group stay too.
 * A file that has the content already is left alone. A new file is readable by its owner only: configs hold
 * secrets.
 *
 * @throws ConfigMergeError `FILE_WRITE`, also for what is there and no regular file: a pipe, a device
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  try {
    const before = await orNothing(stat(file));
    if (before?.isFile() === false) {
      throw new ConfigMergeError('FILE_WRITE', `${file}: is not a regular file: name a file`);
    }
    const target = await follow(file);
    const old = before && { content: await readFile(target), stats: before };
    if (old?.content.equals(Buffer.from(text))) return;
    await replace(target, text, old);
  } catch (error) {
    if (error instanceof ConfigMergeError) throw error;
    throw new ConfigMergeError(
      'FILE_WRITE',
      `${file}: cannot be written (${codeOf(error)}): check the directory`,
    );
  }
}

interface Old {
  readonly content: Buffer;
  readonly stats: Stats;
}

/** Both files are whole in a folder of their own before either gets its name. */
async function replace(target: string, text: string, old: Old | undefined): Promise<void> {
  const folder = await mkdtemp(`${target}.`);
  try {
    const [next, previous] = [join(folder, 'next'), join(folder, 'previous')];
    await write(next, text, old?.stats);
    if (old !== undefined) {
      await write(previous, old.content, old.stats);
      await rename(previous, `${target}.previous`);
    }
    await rename(next, target);
    await syncDirectory(dirname(target));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With owner, group and mode of another file, as far as the system allows. */
async function write(file: string, content: string | Buffer, like: Stats | undefined): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    if (like !== undefined) {
      // Only root may give a file away; others may give it to a group of theirs.
      const { mode, uid, gid } = like;
      const given = handle.chown(uid, gid).catch(() => handle.chown(-1, gid));
      const isOfGroup = await given.then(
        () => true,
        () => false,
      );
      // Another group than before may do what everybody may, no more.
      const everybody = mode & 0o007;
      await handle.chmod(isOfGroup ? mode & 0o777 : (mode & 0o707) | (everybody << 3));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Where a write to `file` ends up: links are followed, also one to a file that is not there yet. */
async function follow(file: string): Promise<string> {
  const there = await orNothing(realpath(file));
  if (there !== undefined) return there;
  const path = resolve(await realpath(dirname(file)), basename(file));
  const next = await readlink(path).catch(() => undefined);
  return next === undefined ? path : follow(resolve(dirname(path), next));
}

/** Undefined for a file that is not there; every other failure stays one. */
async function orNothing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
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
