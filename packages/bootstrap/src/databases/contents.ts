import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { kindOf, type Kind } from './database-file.ts';

/** A regular file below a directory of databases. */
export interface Content {
  /** Below the directory. */
  readonly path: string;
  readonly kind: Kind;
}

/**
 * The regular files below a directory of databases; empty where it is not there. Links and what is neither are nobody's state:
 * OpenClaw refuses them there.
 */
export async function contentsOf(directory: string): Promise<Content[]> {
  const found: Content[] = [];
  for (const path of await filesIn(directory)) {
    if (path.endsWith('.tmp')) continue;
    // OpenClaw's own lie at the top; those of the programs that an agent uses are files as any other.
    found.push({ path, kind: path === basename(path) ? kindOf(path) : 'file' });
  }
  return found;
}

/**
 * Below the directory, as paths from there. Each folder by itself: one that goes meanwhile has none, and takes no other with it, as
 * it does where Node.js is asked for all of them at once.
 */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  for (const { name } of entries.filter((entry) => entry.isDirectory()))
    found.push(...(await filesIn(join(directory, name))).map((path) => join(name, path)));
  return found;
}
