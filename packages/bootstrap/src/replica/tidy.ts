import { BootstrapError } from '../errors.ts';
import { listGenerations, removeGeneration, superfluous } from './generation.ts';

/**
 * Removes what may go: what stays although it might costs room, and goes the next time.
 * @param followed the generation that is written to
 * @throws BootstrapError `REPLICA_DAMAGED`: it is none any more; the system's own error
 */
export async function tidy(folder: string, followed: string): Promise<void> {
  const all = await listGenerations(folder);
  if (!all.some(({ name, completion }) => name === followed && completion !== undefined))
    throw new BootstrapError(
      'REPLICA_DAMAGED',
      `${followed} was taken out of ${folder}: another copy is made.`,
    );
  for (const each of superfluous(all, Date.now())) await removeGeneration(each).catch(() => {});
}
