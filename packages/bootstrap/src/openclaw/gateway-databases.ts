import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { databasesProgram } from '../databases/bundled.ts';
import { epochFile, holderFile, readHolder, type Holder } from '../databases/holder.ts';
import { localCopies, localEpoch, type Places } from '../databases/places.ts';
import { madeAnew } from '../databases/table.ts';
import { BootstrapError, type BootstrapErrorCode } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Layout } from '../host/layout.ts';
import { placeFile } from '../host/systemd/place-file.ts';
import type { Place, Unit } from '../host/unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

export const replicaUnitName = 'openclaw-replica';

const programFile = '/usr/local/lib/clawharbor-databases.mjs';

/** Whether the gateway of a pod has its databases on the machine's own disk. A laptop has no other. */
export function isReplicated(host: Pick<Host, 'kind'>, { fileSystem }: Pick<PodSpec, 'fileSystem'>): boolean {
  return host.kind === 'systemd' && fileSystem?.databases === 'replicated';
}

/** @param agents as in {@link Places} */
export function placesOf({ state, databases, replica }: Layout, agents: readonly string[] = []): Places {
  return { state, local: databases, replica, agents };
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

const answer = z.object({
  changes: z.array(z.string()),
  problems: z.array(z.string()).default([]),
  directories: z.array(z.string()).default([]),
});
export type Moved = Readonly<z.infer<typeof answer>>;

/**
 * Brings the databases to the local disk for the next start of the gateway. Only behind the fence, which nobody has.
 * @throws BootstrapError `REPLICA_DAMAGED`, `REPLICA_MISSING`
 */
export async function bringToDisk(host: Host, gateway: string, agents: readonly string[]): Promise<Moved> {
  const { layout } = host;
  await recordOf(host);
  await prepareDirectories(host);
  const moved = await run(host, 'bring', agents);
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
  await prepareDirectories(host);
  const moved = await run(host, 'fold');
  await rm(elsewhereMark(layout), { force: true });
  return moved;
}

/**
 * Gives up what is on a local disk and in the replica: the state directory is the whole state, as it is. Only behind the fence,
 * by who has decided to replace that by a backup.
 */
export async function abandonDatabases(host: Host): Promise<void> {
  const { layout } = host;
  // A laptop, and a pod that never replicated, has no record.
  if ((await readIfPresent(holderFile(placesOf(layout)))) === undefined) return;
  await prepareDirectories(host);
  await run(host, 'abandon');
  await rm(elsewhereMark(layout), { force: true });
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

/** Says to who does not see the replica that what lies in the state directory is old. */
const elsewhereMark = ({ records }: Layout): string => join(records, 'databases-elsewhere.json');

async function prepareDirectories(host: Host): Promise<void> {
  const { layout } = host;
  const text = databasesProgram();
  if (text === undefined)
    throw new BootstrapError('HOST_UNSUPPORTED', 'Only the bundled bootstrap replicates databases.');
  await placeFile(programFile, text, 0o644);
  for (const directory of [layout.databases, layout.replica, dirname(epochFile(placesOf(layout)))]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await own(host, directory);
  }
}

/** An access point of EFS gives every file to one account, and every account may do what that may. */
async function own(host: Host, directory: string): Promise<void> {
  await host.own(directory, 0o700).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM') throw error;
  });
}

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

/** How long the one that replicated before may take for its last word: it has as long to end. */
const keeperSeconds = 360;

async function run(
  host: Host,
  verb: 'bring' | 'fold' | 'abandon',
  agents: readonly string[] = [],
): Promise<Moved> {
  const { layout } = host;
  const program = [host.node, '--disable-warning=ExperimentalWarning', programFile, verb];
  const lock = join(layout.replica, 'keeper.lock');
  const { exitCode, stdout, stderr } = await host.run({
    file: 'flock',
    args: [
      '--timeout',
      String(keeperSeconds),
      '--conflict-exit-code',
      '75',
      lock,
      ...program,
      JSON.stringify(placesOf(layout, agents)),
    ],
    timeoutSeconds: 3600,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  if (exitCode === 0) return answer.parse(JSON.parse(stdout));
  if (exitCode === 75) {
    throw new BootstrapError(
      'STATE_LOCKED',
      `Another machine still replicates its databases: it has had ${lock} for ${keeperSeconds} s. End it first.`,
    );
  }
  const said = failure.safeParse(parseOrNothing(stderr.trim().split('\n').at(-1) ?? '')).data;
  throw new BootstrapError(
    (said?.code === 'UNEXPECTED' ? undefined : (said?.code as BootstrapErrorCode)) ?? 'COMMAND_FAILED',
    said?.message ?? `The databases could not be moved (${verb}): ${stderr.trim().slice(-500)}`,
  );
}

const failure = z.object({ code: z.string(), message: z.string() });
