import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { adoptCopies, bringDatabases, type Moment } from './bring.ts';
import { contentsOf } from './contents.ts';
import { copyDatabase } from './copy-database.ts';
import { foldDatabases, type Folded } from './fold.ts';
import { readHolder } from './holder.ts';
import { mirrorFiles } from './mirror.ts';
import { localCopies, type Places } from './places.ts';
import { mustBeReplicated, removeStaged, type Staged } from './staged.ts';

/**
 * Puts what was staged in place of the databases, in the state directory. What they were is replicated, and can be gone back to in
 * the same way for as long as that is kept. Only behind the fence, and as the gateway's user. Cut short, either all of them are
 * as they were staged, or none.
 */
export async function rewindDatabases(
  places: Places,
  moment: Moment,
  { directory, asOf }: Staged,
): Promise<Folded> {
  await mustBeReplicated(places);
  // What was said last is here then, and all that is not rewound.
  const { problems } = await bringDatabases(places, moment);
  const holder = (await readHolder(places))!;
  const half = `${localCopies(places)}.tmp`;
  await rm(half, { recursive: true, force: true });
  for (const each of holder.directories) {
    const from = join(localCopies(places), each);
    const to = join(half, each);
    await mkdir(to, { recursive: true, mode: 0o700 });
    const databases = (await contentsOf(from)).filter(({ kind }) => kind === 'database');
    for (const { path } of databases) {
      const database = join(each, path);
      const then = join(directory, database);
      await copyDatabase(database in asOf ? then : join(from, path), join(to, path));
    }
    await mirrorFiles(from, to);
  }
  await adoptCopies(places, moment, { half, holder, directories: holder.directories });
  const folded = await foldDatabases(places, moment);
  await removeStaged(places);
  return { changes: folded.changes, problems: [...problems, ...folded.problems] };
}
