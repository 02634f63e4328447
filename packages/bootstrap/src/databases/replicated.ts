import { join } from 'node:path';
import { contentsOf } from './contents.ts';
import { isGone } from './gone.ts';
import { replicaOf, type Places } from './places.ts';
import { namesIn } from './presence.ts';

/**
 * Databases of a directory that somebody has on a local disk, by their paths below the state: what was replicated, and what it
 * began with. What was removed on purpose since is none of it.
 * @param epochs since the files in the state directory were the databases, newest first
 */
export async function databasesOf(
  places: Places,
  epochs: readonly string[],
  directory: string,
): Promise<string[]> {
  const found = new Set<string>();
  const gone = new Set<string>();
  for (const epoch of epochs) {
    for (const name of await namesIn(replicaOf(places, epoch, directory))) {
      const database = join(directory, name);
      if (gone.has(database) || found.has(database)) continue;
      ((await isGone(replicaOf(places, epoch, database))) ? gone : found).add(database);
    }
  }
  for (const { path, kind } of await contentsOf(join(places.state, directory))) {
    const database = join(directory, path);
    if (kind === 'database' && !gone.has(database)) found.add(database);
  }
  return [...found].toSorted();
}
