import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Shipper } from '../replica/shipper.ts';
import { adoptCopies, bringDatabases, type Moment } from './bring.ts';
import { contentsOf } from './contents.ts';
import { copyDatabase } from './copy-database.ts';
import { foldDatabases, type Folded } from './fold.ts';
import { readHolder } from './holder.ts';
import { mirrorOrSay } from './mirror.ts';
import { localCopies, replicaOf, type Places } from './places.ts';
import { removeStaged, type Staged } from './staged.ts';

/** What the replica may take for what is about to be exchanged. */
const shipMilliseconds = 300_000;

/**
 * Puts what was staged in place of the databases, in the state directory. What they were is replicated first, so that it can be gone
 * forward to in the same way. Only behind the fence, and as the gateway's user. Cut short, either all of them are as they
 * were staged, or none.
 * @throws BootstrapError `REPLICA_MISSING` where what they were cannot be replicated: then nothing was changed
 */
export async function rewindDatabases(
  places: Places,
  moment: Moment,
  { directory, asOf }: Pick<Staged, 'directory' | 'asOf'>,
): Promise<Folded> {
  // What was said last is here then, and all that is not rewound.
  const { problems } = await bringDatabases(places, moment);
  const holder = (await readHolder(places))!;
  const half = `${localCopies(places)}.tmp`;
  await rm(half, { recursive: true, force: true });
  const said: string[] = [...problems];
  // One whose directory the state has lost comes back with its database.
  const directories = [...new Set([...holder.directories, ...Object.keys(asOf).map(dirname)])].toSorted();
  for (const each of directories) {
    const from = join(localCopies(places), each);
    const to = join(half, each);
    await mkdir(to, { recursive: true, mode: 0o700 });
    const here = (await contentsOf(from))
      .filter(({ kind }) => kind === 'database')
      .map(({ path }) => join(each, path));
    // Of what stays, whoever has it next sees to that.
    for (const database of here.filter((name) => name in asOf)) await ship(places, holder.epoch, database);
    const then = Object.keys(asOf).filter((database) => dirname(database) === each);
    for (const database of new Set([...here, ...then])) {
      const source = database in asOf ? directory : localCopies(places);
      await copyDatabase(join(source, database), join(half, database));
    }
    said.push(...(await mirrorOrSay(from, to)));
  }
  await adoptCopies(places, moment, { half, holder, directories });
  const { changes, problems: folded } = await foldDatabases(places, moment);
  await removeStaged(places);
  return { changes, problems: [...said, ...folded] };
}

async function ship(places: Places, epoch: string, database: string): Promise<void> {
  const shipper = new Shipper({
    database: join(localCopies(places), database),
    folder: replicaOf(places, epoch, database),
  });
  try {
    await shipper.end(shipMilliseconds);
  } finally {
    await shipper.close();
  }
}
