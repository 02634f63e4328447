import { join } from 'node:path';
import * as z from 'zod';
import { inspectDatabases, type InspectedDatabase } from '../backup/databases.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';

/** What must not become less by an upgrade. Absent: this state keeps no such thing. */
export const counts = z.object({
  sessions: z.int().optional(),
  /** Entries of all transcripts. */
  messages: z.int().optional(),
  people: z.int().optional(),
  /** Scheduled by people or their agent. */
  jobs: z.int().optional(),
});
export type Counts = Readonly<z.infer<typeof counts>>;

/** What a state directory holds. */
export interface StateFacts {
  readonly counts: Counts;
  /** `user_version`, the lowest of each kind of database. Absent: there is none. */
  readonly schemas: { readonly state?: number; readonly agent?: number };
  /** Databases that are damaged or cannot be read, and what SQLite says of them. */
  readonly damaged: readonly string[];
}

/** The tables of 2026.9.x that hold what is counted. */
const tables: Readonly<Record<string, keyof Counts>> = {
  session_nodes: 'sessions',
  transcript_events: 'messages',
  user_profiles: 'people',
  cron_jobs: 'jobs',
};

/**
 * Counts what a state directory holds, in the databases of 2026.9.x or the files of 2026.7.x. It only reads, also while a
 * gateway of this machine writes.
 * @param check whether SQLite looks at every page of the databases
 * @throws BootstrapError `UPGRADE_NOT_POSSIBLE` if it cannot be read at all
 */
export async function readState(host: Host, state: string, check: boolean): Promise<StateFacts> {
  const databases = await inspectDatabases(host, state, { check });
  const isSchema = (kind: 'state' | 'agent') => (file: InspectedDatabase) =>
    file.file.endsWith(kind === 'state' ? 'state/openclaw.sqlite' : 'openclaw-agent.sqlite');
  const lowest = (kind: 'state' | 'agent'): number | undefined =>
    databases
      .filter(isSchema(kind))
      .map(({ schema }) => schema)
      .toSorted((a, b) => a - b)[0];
  const [stateSchema, agentSchema] = [lowest('state'), lowest('agent')];
  return {
    counts: { ...rowsOf(databases), ...(agentSchema === undefined ? await countFiles(host, state) : {}) },
    schemas: {
      ...(stateSchema === undefined ? {} : { state: stateSchema }),
      ...(agentSchema === undefined ? {} : { agent: agentSchema }),
    },
    damaged: databases.flatMap(({ file, fault }) => (fault === undefined ? [] : [`${file}: ${fault}`])),
  };
}

/** What there is less of than before, one line each. */
export function lossesOf(before: Counts, after: Counts): string[] {
  return Object.entries(before).flatMap(([name, count]) => {
    const now = after[name as keyof Counts] ?? 0;
    return count !== undefined && now < count ? [`${now} of ${count} ${name}`] : [];
  });
}

/** What must be there after one more conversation, of a message and its answer: it must not stand in for one that was lost. */
export function withTurn(found: Counts): Counts {
  const { sessions, messages } = found;
  return {
    ...found,
    ...(sessions === undefined ? {} : { sessions: sessions + 1 }),
    ...(messages === undefined ? {} : { messages: messages + 2 }),
  };
}

function rowsOf(databases: readonly InspectedDatabase[]): Counts {
  const sums: Partial<Record<keyof Counts, number>> = {};
  for (const { rows, passing } of databases) {
    for (const [table, count] of Object.entries(rows)) {
      const name = tables[table];
      if (name !== undefined) sums[name] = (sums[name] ?? 0) + count - (passing?.[table] ?? 0);
    }
  }
  return sums;
}

const files = z.object({ sessions: z.int().optional(), messages: z.int().optional() });

/** Before 2026.9 a conversation was a file of lines, and an index named them. */
async function countFiles(host: Host, state: string): Promise<Counts> {
  const result = await host.run({
    file: host.node,
    args: ['--input-type=module', '--eval', program],
    input: JSON.stringify({ agents: join(state, 'agents') }),
    timeoutSeconds: 600,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  if (result.exitCode === 0) return files.parse(JSON.parse(result.stdout));
  throw new BootstrapError(
    'UPGRADE_NOT_POSSIBLE',
    `The conversations in ${state} could not be counted: ${result.stderr.trim().slice(-500)}`,
  );
}

/** Runs apart from this program, as the gateway's user, so it is text. */
const program = `
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const { agents } = JSON.parse(await text(process.stdin));
const counts = {};
const add = (name, count) => { counts[name] = (counts[name] ?? 0) + count; };
for (const agent of await readdir(agents).catch(() => [])) {
  const folder = join(agents, agent, 'sessions');
  const index = await readFile(join(folder, 'sessions.json'), 'utf8').catch(() => undefined);
  if (index === undefined) continue;
  add('sessions', Object.keys(JSON.parse(index)).length);
  add('messages', 0);
  for (const name of await readdir(folder)) {
    if (!/^[^.]+\\.jsonl$/.test(name)) continue;
    const lines = (await readFile(join(folder, name), 'utf8')).split('\\n');
    add('messages', lines.filter((line) => /"type":\\s*"message"/.test(line)).length);
  }
}
process.stdout.write(JSON.stringify(counts));
`;
