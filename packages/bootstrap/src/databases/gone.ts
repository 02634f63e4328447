import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import { isThere } from './presence.ts';

/** In the replica of a database that was removed on purpose, as with its agent: it must not come back. */
const mark = (folder: string): string => join(folder, 'gone');

export async function isGone(folder: string): Promise<boolean> {
  return isThere(mark(folder));
}

export async function sayGone(folder: string, now: Date): Promise<void> {
  await writeAtomically(mark(folder), `${now.toISOString()}\n`);
}

/** It was made anew. */
export async function isBack(folder: string): Promise<void> {
  await rm(mark(folder), { force: true });
}
