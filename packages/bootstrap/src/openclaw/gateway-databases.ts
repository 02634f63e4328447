import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { elsewhereName, epochFile, readHolder, type Holder } from '../databases/holder.ts';
import { localCopies, localEpoch } from '../databases/places.ts';
import { madeAnew } from '../databases/table.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Layout } from '../host/layout.ts';
import type { Place, Unit } from '../host/unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import {
  moveDatabases,
  placesOf,
  programFile,
  type Moved,
  type StagedDatabases,
} from './databases-program.ts';

export const replicaUnitName = 'openclaw-replica';

/** Whether the gateway of a pod has its databases on the machine's own disk. A laptop has no other. */
export function isReplicated(host: Pick<Host, 'kind'>, { fileSystem }: Pick<PodSpec, 'fileSystem'>): boolean {
  return host.kind === 'systemd' && fileSystem?.databases === 'replicated';
}

/** Tells whose the databases are: a look need not read it, another machine makes another file. */
export function holderFiles(
  host: Pick<Host, 'kind' | 'layout'>,
  spec: Pick<PodSpec, 'fileSystem'>,
): string[] {
  return isReplicated(host, spec) ? [epochFile(placesOf(host.layout))] : [];
}

/**
 * Whether others have gone on with the databases that a gateway of this machine writes to: another machine had the fence since,
 * as after a partition in which a file server has ended the lock of this one.
 * @returns false, too, where nobody can tell
 */
export async function haveMovedOn(
  host: Pick<Host, 'kind' | 'layout'>,
  spec: Pick<PodSpec, 'fileSystem'>,
): Promise<boolean> {
  if (!isReplicated(host, spec)) return false;
  const places = placesOf(host.layout);
  const read = (file: string): Promise<string | undefined> => readIfPresent(file).catch(() => undefined);
  const [here, there] = await Promise.all([read(localEpoch(places)), read(epochFile(places))]);
  return here !== undefined && there !== undefined && here !== there;
}

/** Where a unit sees whose the databases are. */
const shownAt = '/run/clawharbor-holder';

/** What is another gateway's unit with databases on the local disk. */
export function replicatedUnit(unit: Unit, { layout }: Pick<Host, 'layout'>): Unit {
  const places = placesOf(layout);
  return {
    ...unit,
    shown: [{ directory: dirname(epochFile(places)), at: shownAt }],
    sameFiles: [localEpoch(places), join(shownAt, 'epoch')],
    companion: replicaUnitName,
  };
}

/** The unit that replicates what the gateway writes. It ends after the gateway, once all of it is on the file system. */
export function replicaUnit(host: Host, gateway: string): Unit {
  const { layout } = host;
  const places = placesOf(layout);
  return {
    name: replicaUnitName,
    description: 'Replica of the databases of OpenClaw',
    command: [
      host.node,
      '--disable-warning=ExperimentalWarning',
      programFile,
      'keep',
      JSON.stringify(places),
    ],
    // A file system that hangs holds a thread for each database.
    environment: { HOME: layout.home, UV_THREADPOOL_SIZE: '64' },
    workingDirectory: layout.databases,
    user: host.gatewayUser ?? '',
    writable: [layout.state, layout.databases, layout.replica],
    homeDirectory: layout.state,
    lockFile: join(layout.replica, 'keeper.lock'),
    sameFiles: [localEpoch(places), epochFile(places)],
    restart: { delaySeconds: 2, neverOn: [], burst: { starts: 10_000, seconds: 60 } },
    companionOf: gateway,
    // A file system that is away may come back; whoever comes next waits for the same lock.
    stopTimeoutSeconds: 330,
  };
}

/**
 * Brings the databases to the local disk for the next start of the gateway. Only behind the fence, which nobody has.
 * @throws BootstrapError `REPLICA_DAMAGED`, `REPLICA_MISSING`
 */
export async function bringToDisk(host: Host, gateway: string, agents: readonly string[]): Promise<Moved> {
  const { layout } = host;
  await recordOf(host);
  const moved = await moveDatabases(host, 'bring', { agents });
  await writeAtomically(elsewhereMark(layout), '{}\n');
  await host.units.setPlaces(gateway, await placesFor(host, moved.directories));
  await host.units.install(replicaUnit(host, gateway));
  await host.units.setSecretEnvironment(replicaUnitName, {});
  return moved;
}

/**
 * Makes the state directory the whole state, wherever the databases are. Only behind the fence.
 * @throws BootstrapError `STATE_NOT_MOUNTED` where it cannot be seen where they are; as {@link bringToDisk}
 */
export async function wholeState(host: Host): Promise<Moved> {
  const { layout } = host;
  const holder = await recordOf(host);
  if (holder?.lives !== 'local') return { changes: [], problems: [], directories: [] };
  const moved = await moveDatabases(host, 'fold');
  await rm(elsewhereMark(layout), { force: true });
  return moved;
}

/**
 * Gives up what is on a local disk and in the replica: the state directory is the whole state, as it is. Only behind the fence,
 * by who has decided to replace that by a backup.
 */
export async function abandonDatabases(host: Host): Promise<void> {
  const { layout } = host;
  // One that cannot be read is a reason to restore; one that cannot be seen none to leave what it says behind.
  const holder = await recordOf(host).catch((error: unknown) => {
    if (!(error instanceof BootstrapError) || error.code !== 'REPLICA_DAMAGED') throw error;
    return 'unreadable';
  });
  // A laptop, and a pod that never replicated, has no record.
  if (holder === undefined) return;
  await moveDatabases(host, 'abandon');
  await rm(elsewhereMark(layout), { force: true });
}

/** Puts what was staged in place of the databases, in the state directory. Only behind the fence. */
export async function rewindDatabases(host: Host, staged: StagedDatabases): Promise<Moved> {
  const done = await moveDatabases(host, 'rewind', { what: staged });
  await rm(elsewhereMark(host.layout), { force: true });
  return done;
}

/** Whether the state directory is not the whole state. @throws BootstrapError `REPLICA_DAMAGED`, `STATE_NOT_MOUNTED` */
export async function areElsewhere(host: Pick<Host, 'layout'>): Promise<boolean> {
  return (await recordOf(host))?.lives === 'local';
}

/**
 * Whether a command of this machine sees the databases as they are: in the state directory, or beside the gateway that has them.
 * @throws BootstrapError `REPLICA_DAMAGED`, `STATE_NOT_MOUNTED`
 */
export async function areSeen(host: Host, gateway: string): Promise<boolean> {
  return (await host.units.state(gateway)).status === 'active' || !(await areElsewhere(host));
}

/** @throws BootstrapError `STATE_NOT_MOUNTED` where there must be one, and is none: what lies in the state is old */
async function recordOf({ layout }: Pick<Host, 'layout'>): Promise<Holder | undefined> {
  const holder = await readHolder(placesOf(layout));
  if (holder !== undefined || (await readIfPresent(elsewhereMark(layout))) === undefined) return holder;
  throw new BootstrapError(
    'STATE_NOT_MOUNTED',
    `The databases of ${layout.state} were replicated to ${layout.replica}, and no record of them is there. Run the bootstrap, which mounts it; where somebody has removed it, remove ${elsewhereMark(layout)} and restore a backup.`,
  );
}

const elsewhereMark = ({ records }: Layout): string => join(records, elsewhereName);

/** In the unit's own sight; where an agent has a name that no unit file can say, its databases stay on the file system. */
async function placesFor({ layout }: Host, directories: readonly string[]): Promise<Place[]> {
  const replicated = directories.map((each) => ({
    directory: join(localCopies(placesOf(layout)), each),
    at: join(layout.state, each),
  }));
  const anew = madeAnew.map((each) => ({
    directory: join(layout.databases, each),
    at: join(layout.state, each),
  }));
  return [...replicated, ...anew];
}
