import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { parseOrNothing } from '../config/files.ts';
import { databasesProgram } from '../databases/bundled.ts';
import { epochFile } from '../databases/holder.ts';
import type { Places } from '../databases/places.ts';
import { BootstrapError, type BootstrapErrorCode } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Layout } from '../host/layout.ts';
import { placeFile } from '../host/systemd/place-file.ts';

/** Where the program lies that does things with databases, as the gateway's user. */
export const programFile = '/usr/local/lib/clawharbor-databases.mjs';

/** @param agents as in {@link Places} */
export function placesOf({ state, databases, replica }: Layout, agents: readonly string[] = []): Places {
  return { state, local: databases, replica, agents };
}

const moved = z.object({
  changes: z.array(z.string()),
  problems: z.array(z.string()).default([]),
  directories: z.array(z.string()).default([]),
});
export type Moved = Readonly<z.infer<typeof moved>>;

const staged = z.object({
  directory: z.string(),
  asOf: z.record(z.string(), z.string()),
  without: z.array(z.string()),
  removed: z.array(z.string()),
});
/** As `Staged` of the databases. */
export type StagedDatabases = Readonly<z.infer<typeof staged>>;

/** Places the program, and the directories that it works in. */
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

interface Words {
  /** As in {@link Places}. Default: none. */
  readonly agents?: readonly string[];
  /** With what it is done. Default: nothing. */
  readonly what?: unknown;
}

/**
 * Moves databases, while nobody else does and nothing replicates them.
 * @throws BootstrapError `STATE_LOCKED` where another machine's replicate still; what the program says
 */
export async function moveDatabases(
  host: Host,
  verb: 'bring' | 'fold' | 'abandon' | 'rewind',
  words: Words = {},
): Promise<Moved> {
  await prepareDirectories(host);
  const lock = join(host.layout.replica, 'keeper.lock');
  const args = ['--timeout', String(keeperSeconds), '--conflict-exit-code', '75', lock];
  const { exitCode, answer } = await ask(host, ['flock', ...args], verb, words);
  if (exitCode === 75) {
    throw new BootstrapError(
      'STATE_LOCKED',
      `Another machine still replicates its databases: it has had ${lock} for ${keeperSeconds} s. End it first.`,
    );
  }
  return moved.parse(answer());
}

/**
 * Makes them as they were at a time, beside those that are there.
 * @param agents as in {@link Places}
 * @throws what the program says
 */
export async function stageDatabases(
  host: Host,
  at: Date,
  agents: readonly string[],
): Promise<StagedDatabases> {
  await prepareDirectories(host);
  const { answer } = await ask(host, [], 'stage', { agents, what: at.toISOString() });
  return staged.parse(answer());
}

/** How long the one that replicated before may take for its last word: it has as long to end. */
const keeperSeconds = 360;

async function ask(
  host: Host,
  behind: readonly string[],
  verb: string,
  { agents = [], what = null }: Words,
): Promise<{ readonly exitCode: number; readonly answer: () => unknown }> {
  const places = JSON.stringify(placesOf(host.layout, agents));
  const program = [host.node, '--disable-warning=ExperimentalWarning', programFile, verb, places];
  const [file, ...args] = [...behind, ...program, JSON.stringify(what)];
  const { exitCode, stdout, stderr } = await host.run({
    file,
    args,
    timeoutSeconds: 3600,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  const answer = (): unknown => {
    if (exitCode === 0) return JSON.parse(stdout);
    const said = failure.safeParse(parseOrNothing(stderr.trim().split('\n').at(-1) ?? '')).data;
    throw new BootstrapError(
      (said?.code === 'UNEXPECTED' ? undefined : (said?.code as BootstrapErrorCode)) ?? 'COMMAND_FAILED',
      said?.message ?? `The databases could not be moved (${verb}): ${stderr.trim().slice(-500)}`,
    );
  };
  return { exitCode, answer };
}

const failure = z.object({ code: z.string(), message: z.string() });
