import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { findRunning } from './control.ts';
import { dataDirectoryAt, readDocument, writeDocument } from './data-dir.ts';

/** Where a pod of this user runs. Only a hint: whether it does is asked of the pod itself. */
const entrySchema = z.strictObject({ root: z.string().refine(isAbsolute), pid: z.int().positive() });
type Entry = z.output<typeof entrySchema>;

/** The longest that a pod may take to say that it is there: it is busy while it synthesizes. */
const answerMilliseconds = 5_000;

/** Lets {@link runningPods} find the pod of a data directory. @returns what takes it back */
export function announcePod(root: string): () => void {
  const folder = registryFolder();
  // A pod runs as well where nobody can be told of it.
  if (folder === undefined) return () => {};
  const file = join(folder, entryName(root));
  writeDocument(file, { root, pid: process.pid } satisfies Entry);
  return () => {
    // Whoever started in the same place meanwhile has an entry of its own there.
    if (readEntry(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** The data directories in which a pod of this user runs and answers. Entries of pods that are gone are swept away. */
export async function runningPods(): Promise<string[]> {
  const folder = registryFolder();
  if (folder === undefined) return [];
  const found = await Promise.all(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const file = join(folder, name);
        const entry = readEntry(file);
        if (entry && name === entryName(entry.root)) {
          if (await findRunning(dataDirectoryAt(entry.root), answerMilliseconds)) return [entry.root];
          // It may be starting or stopping.
          if (isAlive(entry.pid)) return [];
        }
        rmSync(file, { force: true });
        return [];
      }),
  );
  return found.flat().toSorted();
}

const entryName = (root: string): string =>
  `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.json`;

/** What cannot be read is no entry. */
function readEntry(file: string): Entry | undefined {
  try {
    if (!lstatSync(file).isFile()) return undefined;
    return entrySchema.safeParse(readDocument(file)).data;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A folder that nobody else can write: below the user's runtime directory, else the temporary one, where anybody may have
 * made a folder of that name. https://specifications.freedesktop.org/basedir-spec/latest/
 * @returns undefined when there is no such folder to be had
 */
function registryFolder(): string | undefined {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const uid = process.getuid?.() ?? 'user';
  const folder =
    runtime !== undefined && isPrivate(runtime)
      ? join(runtime, 'clawharbor')
      : join(tmpdir(), `clawharbor-${uid}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return undefined;
  }
  return isPrivate(folder) ? folder : undefined;
}

/** A folder itself, no link to one, of this user, that nobody else may enter. */
function isPrivate(path: string): boolean {
  if (!isAbsolute(path)) return false;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0);
}
