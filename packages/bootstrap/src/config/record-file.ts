import { join, relative, sep } from 'node:path';
import { BootstrapError } from '../errors.ts';
import type { Layout } from '../host/layout.ts';
import { inDirectory, removeBelow } from '../temporary/sweep.ts';
import { writeAtomically } from './atomic-file.ts';

/**
 * Does something in the directory of Clawharbor's records, or in one below it. It lies in the state, where the agent can put a
 * link in its place at any moment: what was opened is what is written to, and not what a path leads to by then.
 * @param below names of directories in it
 * @param action gets a path that means this very directory
 * @throws BootstrapError `FILE_NOT_REGULAR`
 */
export async function inRecords<T>(
  { state, records }: Pick<Layout, 'state' | 'records'>,
  below: readonly string[],
  action: (here: string) => Promise<T>,
): Promise<T> {
  const names = [...relative(state, records).split(sep), ...below];
  const done = await inDirectory(state, names, async (here) => ({ result: await action(here) }));
  if (done !== undefined) return done.result;
  const directory = join(records, ...below);
  throw new BootstrapError(
    'FILE_NOT_REGULAR',
    `${directory} must be a directory, and no link. Look what is there, remove it, and run again.`,
  );
}

/** Writes a record as {@link writeAtomically} does. @throws as that, and `FILE_NOT_REGULAR` */
export async function writeRecord(
  layout: Pick<Layout, 'state' | 'records'>,
  name: string,
  content: string,
): Promise<void> {
  await inRecords(layout, [], (here) =>
    writeAtomically(join(here, name), content, { called: join(layout.records, name) }),
  );
}

/** Removes a record, if it is there. */
export async function forgetRecord(
  { state, records }: Pick<Layout, 'state' | 'records'>,
  name: string,
): Promise<void> {
  await removeBelow(state, join(records, name));
}
