import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Places } from './places.ts';

const epoch = z.string().regex(/^[0-9]{8}T[0-9]{9}Z-[0-9a-f]{8}$/);
const directory = z.string().regex(/^(state|agents\/[^/]+\/agent)$/);

const schema = z.object({
  /**
   * `state`: the files in the state directory are the databases. `local`: those are, which a machine has on its disk, or what it
   * has replicated of them.
   */
  lives: z.enum(['state', 'local']),
  /** Begins whenever a machine takes the databases to its disk: a copy of an earlier one is not what others go on with. */
  epoch,
  /** What it has taken, below the state. */
  directories: z.array(directory),
  /**
   * The epochs since the files in the state directory were the databases, newest first: one in which nothing was replicated
   * yet when its machine was lost has what the one before it had.
   */
  earlier: z.array(epoch),
});

/** Where the databases are. Written only behind the fence. */
export type Holder = Readonly<z.infer<typeof schema>>;

/**
 * Lies beside Clawharbor's other records in the state, and says to who does not see the replica that what lies in the state directory is
 * old.
 */
export const elsewhereName = 'databases-elsewhere.json';

export const holderFile = ({ replica }: Pick<Places, 'replica'>): string =>
  join(replica, 'holder', 'databases.json');

/**
 * @returns undefined where they have always been in the state directory
 * @throws BootstrapError `REPLICA_DAMAGED` for a record that cannot be read: without it nobody knows which databases are right
 */
export async function readHolder(places: Pick<Places, 'replica'>): Promise<Holder | undefined> {
  const text = await readIfPresent(holderFile(places));
  if (text === undefined) return undefined;
  const holder = schema.safeParse(parseOrNothing(text)).data;
  if (holder) return holder;
  throw new BootstrapError(
    'REPLICA_DAMAGED',
    `${holderFile(places)} cannot be read: nobody knows where the databases are. Its epochs lie beside it; restore a backup, or put the record right.`,
  );
}

/**
 * The epoch alone, for whoever can compare files and no more: a unit that has waited for the fence. It says what the record says,
 * or what it is about to say.
 */
export const epochFile = ({ replica }: Pick<Places, 'replica'>): string => join(replica, 'holder', 'epoch');

export async function writeHolder(places: Places, holder: Holder): Promise<void> {
  schema.parse(holder);
  await writeAtomically(epochFile(places), holder.lives === 'local' ? holder.epoch : '');
  await writeAtomically(holderFile(places), `${JSON.stringify(holder)}\n`);
}
