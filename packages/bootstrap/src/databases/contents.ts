import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const found: Content[] = [];
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith('.tmp')) continue;
    const path = join(entry.parentPath, entry.name).slice(directory.length + 1);
    // OpenClaw's own lie at the top; those of the programs that an agent uses are files as any other.
    found.push({ path, kind: path === entry.name ? kindOf(entry.name) : 'file' });
  }
  return found;
}
