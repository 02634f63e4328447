import { constants } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfPresent } from '../../config/files.ts';
import { temporaryOf } from '../../temporary/name.ts';

/** Says what a copy was made of. A replacement has its own directories, so that it makes its own copy. */
const marker = '.clawharbor-copied-from';

export async function isCopied(directory: string, at: string): Promise<boolean> {
  return (await readIfPresent(join(at, marker))) === directory;
}

/** Where nothing can be mounted without being root, a copy stands for it: state and instance share a disk there. */
export async function copyIntoState(directory: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true, mode: 0o700 });
  const temporary = temporaryOf(at);
  try {
    await cp(directory, temporary, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
    await writeFile(join(temporary, marker), directory);
    await rm(at, { recursive: true, force: true });
    await rename(temporary, at);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
