import { InvalidArgumentError, type Command, type Option } from 'commander';
import * as z from 'zod';
import { patienceAtBoot } from '../aws/patience.ts';
import { backUp, inScratch, type Backup, type BackupContext } from '../backup/create.ts';
import { drill } from '../backup/drill.ts';
import { asFailure, remember, rememberStored, storeAll } from '../backup/keep.ts';
import { backupId } from '../backup/manifest.ts';
import { replacedDays, replacedStates } from '../backup/replaced.ts';
import { planRestore, restoreBackup } from '../backup/restore.ts';
import { planRewind, rewind, type Rewound } from '../backup/rewind.ts';
import { BackupStore } from '../backup/store.ts';
import { pendingSwap } from '../backup/swap.ts';
import { unpackBackup } from '../backup/unpack.ts';
import { converge } from '../converge.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { ProcessHost } from '../host/process/process-host.ts';
import { areSeen } from '../openclaw/gateway-databases.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { podsRun } from '../openclaw-release.ts';
import { loadPodSpec } from '../spec/load.ts';
import { describeDrill } from '../steps/drill.ts';
import { whileNobodyWrites } from '../upgrade/fence.ts';
import { ReleaseRecords } from '../upgrade/records.ts';
import { touched } from '../upgrade/situation.ts';
import { join } from 'node:path';
import { describeBackup, table } from './backup-output.ts';
import { openHost, type HostOptions } from './open-host.ts';
import { outputFor } from './output.ts';
import { needsRunLock, withRunLock } from './run-lock.ts';

interface CommonOptions extends HostOptions {
  readonly spec: string;
  readonly json: boolean;
}

interface RestoreOptions extends CommonOptions {
  readonly list: boolean;
  readonly databases: boolean;
  readonly dryRun: boolean;
  readonly from?: string;
  readonly at?: Date;
  readonly pod?: string;
}

export interface BackupCommandsOptions {
  readonly onHost: (command: Command) => Command;
  readonly specOption: () => Option;
  readonly end: (exitCode: number) => void;
}

/** `backup create|list|verify|drill` and `restore`. */
export function addBackupCommands(
  program: Command,
  { onHost, specOption, end }: BackupCommandsOptions,
): void {
  const backup = program.command('backup').description('archives of the state');
  const verb = (called: string, description: string): Command =>
    onHost(backup.command(called).description(description)).addOption(specOption());
  verb('create', 'makes one now, and copies it to the bucket').action(async (options: CommonOptions) =>
    end(await alone(options, create)),
  );
  verb('list', 'says which there are, here and in the bucket').action(async (options: CommonOptions) =>
    end(await withBackups(options, list)),
  );
  verb('verify', 'unpacks one aside and checks all of it')
    .argument('[id]', 'its name; default: the newest', name)
    .action(async (id: string | undefined, options: CommonOptions) =>
      end(await withBackups(options, (work) => verify(work, id))),
    );
  verb('drill', 'restores the newest aside and starts a gateway on it').action(
    async (options: CommonOptions) => end(await alone(options, tryNewest)),
  );
  onHost(program.command('restore').description('puts the state of a backup in place of the live one'))
    .addOption(specOption())
    .option('--list', 'says which there are, and which replaced states are kept', false)
    .option('--from <id>', 'the backup of this name', name)
    .option('--at <time>', 'the last backup of this time or before, as in 2026-11-29T08:00Z', time)
    .option(
      '--databases',
      'with --at: only the databases, as they were at that very time, by what was replicated',
      false,
    )
    .option('--pod <name>', 'take backups of a pod of another name', podName)
    .option('--dry-run', 'says what would happen and what would be lost; changes nothing', false)
    .action(async (options: RestoreOptions) => end(await restore(options)));
}

interface Work {
  readonly context: BackupContext;
  readonly store: BackupStore;
  readonly options: CommonOptions;
}

async function withBackups(options: CommonOptions, action: (work: Work) => Promise<number>): Promise<number> {
  const { host, close } = openHost(options);
  const ended = new AbortController();
  const stop = (): void => {
    ended.abort();
    void close();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  try {
    const spec = await loadPodSpec(options.spec, patienceAtBoot);
    const context = { host, spec, signal: ended.signal };
    return await action({ context, store: new BackupStore(host, spec), options });
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    process.stderr.write(
      'stopped: what a restore has begun is finished by the next run, all else is as it was\n',
    );
    return 1;
  } finally {
    await close();
    process.off('SIGTERM', stop).off('SIGINT', stop);
  }
}

/** Not during one of the timer's runs. */
async function alone(options: CommonOptions, action: (work: Work) => Promise<number>): Promise<number> {
  return needsRunLock(options) ? withRunLock() : withBackups(options, action);
}

/** With the release that the pod has: an upgrade may lie ahead of it, or have been rolled back, and another one does not take the state. */
async function asItRuns(context: BackupContext): Promise<BackupContext> {
  const { version } = (await new ReleaseRecords(context.host).last()) ?? {};
  if (!podsRun(version)) return context;
  const { spec } = context;
  return { ...context, spec: { ...spec, openclaw: { ...spec.openclaw, version } } };
}

async function create({ context, store, options }: Work): Promise<number> {
  await mustBeOneState(context.host);
  const made = async (): Promise<Backup> => await backUp(await asItRuns(context), 'asked-for');
  // Where no gateway runs, what it has replicated is brought into the state first, as no other may while it is being read.
  const { id, file, bytes, at, manifest } = (await areSeen(context.host, gatewayUnitName))
    ? await made()
    : await whileNobodyWrites(context, made);
  await remember(context, { lastBackup: at, backupFailure: undefined, backupBegun: undefined });
  say(options, { event: 'backup', id, file, bytes, at }, `${id}: ${bytes} bytes, ${file}`);
  for (const remark of manifest.remarks) say(options, { event: 'remark', remark }, `    ${remark}`);
  try {
    for (const line of await storeAll(store, context.host.now()))
      say(options, { event: 'stored', line }, line);
    if (store.bucket) await rememberStored(context, store);
  } catch (error) {
    await rememberStored(context, store, asFailure(context.host.now(), error));
    throw error;
  }
  return 0;
}

async function list({ context, store, options }: Work): Promise<number> {
  const local = await store.folder.list();
  const here = new Set(local.map(({ id }) => id));
  let unreadable: unknown;
  const all = await store.list().catch((error: unknown) => {
    // What is here is here without the bucket, too.
    unreadable = error;
    return local;
  });
  const replaced = await replacedStates(context.host.layout);
  if (options.json) {
    for (const manifest of all) {
      process.stdout.write(
        `${JSON.stringify({ event: 'backup', here: here.has(manifest.id), ...manifest })}\n`,
      );
    }
    for (const each of replaced) process.stdout.write(`${JSON.stringify({ event: 'replaced', ...each })}\n`);
    if (unreadable !== undefined) throw unreadable;
    return 0;
  }
  print(all.length === 0 ? 'There is no backup.' : table(all, here));
  for (const { directory, at } of replaced) {
    print(`replaced at ${at}, kept for ${replacedDays} days: ${directory}`);
  }
  if (unreadable !== undefined) throw unreadable;
  return 0;
}

async function verify({ store, options, ...work }: Work, id: string | undefined): Promise<number> {
  const context = await asItRuns(work.context);
  const manifest = await store.find(id === undefined ? { at: context.host.now() } : { id });
  await store.fetch(manifest);
  await inScratch(context.host, (scratch) =>
    unpackBackup(context, store.folder, manifest, { target: join(scratch, 'restored'), scratch }),
  );
  say(
    options,
    { event: 'verified', id: manifest.id },
    `${manifest.id} is whole: ${describeBackup(manifest)}`,
  );
  return 0;
}

async function tryNewest({ context, store, options }: Work): Promise<number> {
  const result = await drill(await asItRuns(context), store);
  await remember(context, {
    lastDrill: result,
    drillBegun: undefined,
    ...(result.error ? {} : { lastGoodDrill: result }),
  });
  say(options, { event: 'drill', ...result }, describeDrill(result));
  if (result.error) throw new BootstrapError('DRILL_FAILED', describeDrill(result));
  return 0;
}

async function restore(options: RestoreOptions): Promise<number> {
  const { list: asked, from, at, dryRun, pod, databases } = options;
  if ([asked, from !== undefined, at !== undefined].filter(Boolean).length !== 1) {
    throw new BootstrapError('USAGE', 'restore wants one of --list, --from and --at.');
  }
  if (asked && (dryRun || pod !== undefined)) {
    throw new BootstrapError('USAGE', '--dry-run and --pod go with --from or --at: --list changes nothing.');
  }
  if (databases && (at === undefined || pod !== undefined)) {
    throw new BootstrapError(
      'USAGE',
      '--databases goes with --at, and not with --pod: it takes what this pod replicated.',
    );
  }
  if (asked) return withBackups(options, list);
  const wanted = from === undefined ? { at: at ?? new Date() } : { id: from };
  const more = pod === undefined ? {} : { pod };
  // A start of the gateway removes databases that were made to be looked at: who looks may have been killed.
  const mayShare = dryRun && !databases;
  return (mayShare ? withBackups : alone)(options, async ({ context, store }) => {
    const tell = (line: string): void => say(options, { event: 'restore', line }, line);
    // Nobody else may start the gateway meanwhile, and nothing was changed when somebody runs it.
    if (context.host instanceof ProcessHost) await context.host.units.refuseSecondSupervisor();
    if (databases) {
      tellRewound(dryRun ? await planRewind(context, at!) : await rewind(context, at!), dryRun, tell);
    } else if (dryRun) {
      const { backup, losses } = await planRestore(context, store, { wanted, ...more });
      tell(`would stop the gateway, put ${describeBackup(backup)} in place, and start it again`);
      for (const loss of losses) tell(`would be lost: ${loss}`);
      if (losses.length === 0) tell('nothing is newer than it');
    } else {
      const { losses } = await restoreBackup(context, store, { wanted, ...more, onProgress: tell });
      for (const loss of losses) tell(`put aside: ${loss}`);
    }
    if (dryRun) return 0;
    const output = outputFor(options.json);
    const report = await converge(context.spec, context.host, {
      onEvent: output.step,
      signal: context.signal,
    });
    output.report(report);
    const error = report.steps.find((step) => step.error)?.error;
    if (report.outcome !== 'failed') return 0;
    process.stderr.write(`${error?.code ?? 'UNEXPECTED'}: ${error?.message ?? 'the run failed'}\n`);
    return 1;
  });
}

function tellRewound(
  { asOf, without, removed, losses }: Rewound,
  isDry: boolean,
  tell: (line: string) => void,
): void {
  const would = isDry ? 'would be' : 'is';
  for (const [database, then] of Object.entries(asOf)) tell(`${database} ${would} as of ${then}`);
  for (const database of without)
    tell(`${database} ${isDry ? 'would stay' : 'stays'} as it is: nothing of it was replicated then`);
  for (const database of removed) tell(`${database} stays away: its agent was removed since`);
  for (const loss of losses) tell(`${isDry ? 'would be lost' : 'gone'}: ${loss}`);
}

/** What a run that was killed has exchanged half of is no state that anybody had. @throws BootstrapError `STATE_LOCKED` */
async function mustBeOneState(host: Host): Promise<void> {
  const record = await new ReleaseRecords(host).upgrade();
  const isUpgrading = record?.state === 'under-way' && touched.includes(record.step);
  const what = (await pendingSwap(host.layout)) ? 'A restore' : isUpgrading ? 'An upgrade' : undefined;
  if (what === undefined) return;
  throw new BootstrapError(
    'STATE_LOCKED',
    `${what} is under way, or was cut short: a backup of now would have half of it. The next run of the bootstrap finishes it; back up then.`,
  );
}

/** `Date` itself takes 1 for the year 2001, the 31st of February for March, and what has no zone for a time of this machine. */
const isoTime = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
  z.iso.date(),
]);

function time(text: string): Date {
  const { data } = isoTime.safeParse(text);
  if (data !== undefined) return new Date(data);
  throw new InvalidArgumentError('It must be a time with its zone, as in 2026-11-29T08:00Z, or a day.');
}

function name(text: string): string {
  if (backupId.test(text)) return text;
  throw new InvalidArgumentError('It must be a name as "backup list" has it: 2026-11-29T07-00-00.000Z.');
}

function podName(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must be the name of a pod, as "backup list --json" has it.');
}

/** Names of people's and the agent's files are in it: none may move the cursor or begin a line of its own. */
function say({ json }: CommonOptions, event: object, line: string): void {
  print(json ? JSON.stringify(event) : line.replaceAll(/\p{Cc}/gu, '\u{fffd}'));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
