/**
 * What the life of a pod costs its people: how long an upgrade and a rollback take it away, over the gateway's own start, and how long
 * 100 MB are backed up and restored, over tar and gzip of the same files in the same place. Real OpenClaw, on a state of
 * 150 MB; fetched from npm the first time. Each figure is held against one of the same run, so that it means the same on
 * every machine.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Report } from '@clawharbor/bootstrap';
import { BackupStore, backUp, restoreBackup, type BackupContext } from '@clawharbor/bootstrap/backup';
import { breakRelease } from '../e2e/support/broken-release.ts';
import { UpgradePod } from '../e2e/support/upgrade-pod.ts';
import { conversationOf, fillState } from './fill.ts';
import { compared, median, print, type Figure } from './figures.ts';
import { largeRestore } from './large.ts';
import { timesOffline, watched, type Offline } from './timeline.ts';

const [from, to] = ['2026.9.5', '2026.9.6'] as const;
/** For all but the start of a gateway, each time one is exchanged for another: its stop, the copy, the way back. */
const exchangeSeconds = 3;
const rounds = 3;
/** What a person waits for without wondering; the gateway answers all the while. */
const changeSeconds = 3;
/**
 * Times of tar and gzip. A backup copies each database, packs, and reads all of it again; a restore also runs SQLite's checks
 * and counts rows; each starts OpenClaw first. In time of the processor it was 5 and 11 times on 2026-11-29.
 */
const limits = { backup: 10, restore: 20 } as const;

const pod = await UpgradePod.open({ smokeTest: false });
const { host } = pod;
// Gateways are in groups of their own: they would outlive an interrupted run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void pod.close().finally(() => process.exit(1)));
}
const readyz = `http://127.0.0.1:${pod.port}/readyz`;
try {
  await bringUp();
  print(await upgrades());
  print(await backups());
  print([await changes()]);
  say('a database of 2 GB of its replica');
  print([await largeRestore()]);
} finally {
  await pod.close();
}

/** A gateway of the old release on a state that is filled, and the new one installed beside it. */
async function bringUp(): Promise<void> {
  say(`OpenClaw ${from} starts, and ${to} is installed beside it`);
  expectOutcome(await pod.converge(from), 'ready');
  expectOutcome(await pod.converge(to, { phase: 'prepare' }), 'prepared');
  const ann = await pod.connect('ann-sub');
  for (const what of ['one', 'two', 'three']) await ann.say(`Say harbor-${what}`);
  ann.close();
  await host.units.stop('openclaw');
  say('the state is filled');
  await fillState(host.layout.state);
  expectOutcome(await pod.converge(from), 'ready');
  await expectConversations();
}

/** First one that is rolled back, so that both begin with the same. */
async function upgrades(): Promise<Figure[]> {
  say(`an upgrade to a ${to} that refuses the state`);
  await breakRelease(host, to, 'refuses its state', 'state');
  const rollback = await timeOffline(() => pod.converge(to), 'rolled-back');
  say(`an upgrade to ${to} as it is`);
  await breakRelease(host, to, undefined);
  const upgrade = await timeOffline(() => pod.converge(to, { seconds: 121 }), 'ready');
  await expectConversations();
  const held = (figure: string, { offline, start, tried }: Offline, exchanges: number): Figure => ({
    figure,
    seconds: offline / 1000,
    over: start / 1000,
    limit: (start + tried) / 1000 + exchanges * exchangeSeconds,
  });
  const known = `${(rollback.tried / 1000).toFixed(1)} s until it was known`;
  return [
    held(`offline for an upgrade, over the start of ${to}`, upgrade, 1),
    held(`offline for a rollback, over the start of ${from} (${known})`, rollback, 2),
  ];
}

async function timeOffline(run: () => Promise<Report>, outcome: Report['outcome']): Promise<Offline> {
  const looks = await watched(host, readyz, async () => expectOutcome(await run(), outcome));
  const times = timesOffline(looks);
  say(`offline for ${times.map(({ offline }) => `${Math.round(offline)} ms`).join(', ')}`);
  // A look that a busy gateway left without an answer is no exchange of it.
  const [longest] = times.toSorted((a, b) => b.offline - a.offline);
  if (longest === undefined) throw new Error('nobody was offline: the gateway was not exchanged');
  return longest;
}

async function backups(): Promise<Figure[]> {
  const context: BackupContext = { host, spec: pod.spec(to), signal: new AbortController().signal };
  const store = new BackupStore(host, context.spec);
  const scratch = join(pod.directory, 'tar');
  await mkdir(scratch);
  const tree = join(scratch, 'tree');
  const archive = join(scratch, 'archive.tar.gz');

  say(`backups while the gateway runs, ${rounds} times`);
  // The same files for both.
  await unpack(store.folder.archiveOf((await backUp(context, 'asked-for')).id), tree);
  const created = await compared(rounds, {
    before: async () => {
      if ((await host.probe(readyz))?.status !== 200) throw new Error('the gateway has ended');
    },
    ours: async () => void (await backUp(context, 'asked-for')),
    reference: () => tar('--create', '--gzip', '--file', archive, '--directory', tree, '.'),
  });
  const bytes = await sizeOf(tree);
  await host.units.stop('openclaw');

  say(`restores, ${rounds} times`);
  const newest = (await store.list()).at(-1)!;
  const restored = await compared(rounds, {
    before: () => rm(tree, { recursive: true }),
    ours: async () => void (await restoreBackup(context, store, { wanted: { id: newest.id } })),
    reference: () => unpack(archive, tree),
  });
  expectOutcome(await pod.converge(to, { seconds: 121 }), 'ready');
  await expectConversations();
  const each = bytes / 100e6;
  const size = `${Math.round(bytes / 1e6)} MB`;
  return [
    held100(`backup, each 100 MB of ${size}, over tar --create --gzip`, created, each, limits.backup),
    held100(`restore, each 100 MB of ${size}, over tar --extract --gzip`, restored, each, limits.restore),
  ];
}

/**
 * From the begin of a run until the gateway was seen to run with the change; what comes after that changes nothing about it.
 * What a look takes to come to it is not measured.
 */
async function changes(): Promise<Figure> {
  say(`changes of the spec that OpenClaw takes without a restart, ${rounds} times`);
  await pod.converge(to, { seconds: 122 });
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const report = await pod.converge(to, { seconds: 122, agents: { maxConcurrent: 4 + round } });
    expectOutcome(report, 'ready');
    const seen = report.steps.find(({ name }) => name === 'wait-ready');
    if (seen?.startMs === undefined) throw new Error('the report says nothing of the config in effect');
    times.push((seen.startMs + seen.durationMs) / 1000);
    if (report.gateway !== undefined) throw new Error('the gateway was started again for it');
  }
  const seconds = median(times);
  return {
    figure: 'a change of the spec until it is served',
    seconds,
    over: changeSeconds,
    limit: changeSeconds,
  };
}

function held100(
  figure: string,
  { ours, reference }: { readonly ours: number; readonly reference: number },
  times: number,
  ratio: number,
): Figure {
  const over = reference / times;
  return { figure, seconds: ours / times, over, limit: over * ratio };
}

async function unpack(archive: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await tar('--extract', '--gzip', '--file', archive, '--directory', target);
}

async function tar(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await host.run({ file: 'tar', args });
  if (exitCode !== 0) throw new Error(stderr);
}

async function sizeOf(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What the state was filled with is to OpenClaw what people have said. */
async function expectConversations(): Promise<void> {
  const ann = await pod.connect('ann-sub');
  const answer = await ann.call('chat.history', { sessionKey: conversationOf(7) });
  ann.close();
  const { messages = [] } = (answer.payload ?? {}) as { messages?: unknown[] };
  if (messages.length !== 6) throw new Error(`a conversation has ${messages.length} messages instead of 6`);
}

function expectOutcome(report: Report, outcome: Report['outcome']): void {
  if (report.outcome === outcome) return;
  const said = report.steps.flatMap(({ error, warnings }) => [error ?? [], warnings].flat());
  throw new Error(`the run ended as ${report.outcome}: ${JSON.stringify(said)}`);
}

function say(line: string): void {
  console.error(`${Math.round(performance.now() / 1000)} s: ${line}`);
}
