import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bringDatabases, type Moment } from './bring.ts';
import { contentsOf } from './contents.ts';
import { copyDatabase } from './copy-database.ts';
import { besides } from './database-file.ts';
import { readHolder, writeHolder } from './holder.ts';
import { mirrorOrSay } from './mirror.ts';
import { localCopies, localEpoch, type Places } from './places.ts';

/** What was done so that the state directory is the whole state. */
export interface Folded {
  readonly changes: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Brings the databases back into the state directory, which is then the whole state, as files that anything may copy, exchange or
 * go back from: for an upgrade, a restore, or a pod that keeps them there. Only behind the fence, and as the gateway's user.
 * Cut short, it is done again: until the end, what is on the local disk or in the replica counts.
 * @throws BootstrapError as {@link bringDatabases} does
 */
export async function foldDatabases(places: Places, moment: Moment): Promise<Folded> {
  const holder = await readHolder(places);
  if (holder?.lives !== 'local') return { changes: [], problems: [] };
  // Where they are here, that does nothing; those of another machine are as good as ours then.
  const problems = [...(await bringDatabases(places, moment)).problems];
  const held = (await readHolder(places))!;
  for (const directory of held.directories) {
    const from = join(localCopies(places), directory);
    const to = join(places.state, directory);
    await mkdir(to, { recursive: true, mode: 0o700 });
    const here = (await contentsOf(from)).filter(({ kind }) => kind === 'database');
    for (const { path } of here) {
      await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
      await copyDatabase(join(from, path), join(to, path));
    }
    for (const { path, kind } of await contentsOf(to)) {
      if (kind !== 'database' || here.some((each) => each.path === path)) continue;
      for (const suffix of ['', ...besides]) await rm(join(to, path) + suffix, { force: true });
    }
    problems.push(...(await mirrorOrSay(from, to)));
  }
  await writeHolder(places, { ...held, lives: 'state', directories: [], earlier: [] });
  // The state has them all. What was set aside before is not to make room for them.
  await rm(localEpoch(places), { force: true });
  await rm(localCopies(places), { recursive: true, force: true });
  return { changes: ['databases in the state directory'], problems };
}
