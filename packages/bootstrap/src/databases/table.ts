import { join } from 'node:path';
import { isDirectory, namesIn } from './presence.ts';

/** Where a part of OpenClaw's state lives while a gateway runs, with `databases: replicated`. */
export interface Part {
  /** Below the state directory; `*` is any one name. */
  readonly path: string;
  readonly lives: 'on the local disk, replicated' | 'on the local disk' | 'on the file system';
  readonly why: string;
}

/**
 * The one table of what lives where. A chat turn takes about 9,000 locks of its databases, and on a network file system each is
 * a question to a server; everything else is read and written seldom, or is large, and is there at once after a replacement.
 */
export const whereStateLives: readonly Part[] = [
  {
    path: 'state',
    lives: 'on the local disk, replicated',
    why: 'openclaw.sqlite: people, pairings, schedules, what plugins keep',
  },
  {
    path: 'agents/*/agent',
    lives: 'on the local disk, replicated',
    why: 'openclaw-agent.sqlite: sessions and their transcripts',
  },
  { path: 'tmp', lives: 'on the local disk', why: 'lock files of the databases; made again at each start' },
  { path: 'cache', lives: 'on the local disk', why: 'made again at each start, about 1,500 files' },
  {
    path: 'openclaw.json',
    lives: 'on the file system',
    why: 'read at a start, written by hand or in the page',
  },
  {
    path: 'agents/*/sessions',
    lives: 'on the file system',
    why: 'cold transcripts: many files, seldom read',
  },
  { path: 'workspace*', lives: 'on the file system', why: 'files of people and agents, of any size' },
  { path: 'media', lives: 'on the file system', why: 'what was sent and received, of any size' },
  { path: '*', lives: 'on the file system', why: 'small, or of nobody knows what' },
];

/** Directories, below the state, that are on the local disk and made anew at each start. */
export const madeAnew: readonly string[] = ['tmp'];

/**
 * Directories of databases, below the state, as in `agents/main/agent`. The one of an agent that is made while the gateway runs is
 * found at its next start: until then its database lives on the file system.
 * @param agents that there will be: their directories are made by the gateway, which finds them on the local disk then
 */
export async function databaseDirectories(state: string, agents: readonly string[]): Promise<string[]> {
  const found = await agentsIn(state);
  const named = agents.filter((each) => plain.test(each)).map(directoryOf);
  return ['state', ...[...new Set([...named, ...found])].toSorted()];
}

/**
 * An agent that people remove takes its database along. The one that every gateway has cannot be removed, nor can the state: who
 * removes their databases has done harm, and the next machine has them as they were.
 */
export function goesWithItsAgent(path: string): boolean {
  return path.startsWith('agents/') && !path.startsWith('agents/main/');
}

/** What a unit file can say; the database of an agent with another name stays on the file system. */
const plain = /^(?!\.{1,2}$)[A-Za-z0-9_.@+-]{1,64}$/;

/** Below the state. */
export const directoryOf = (agent: string): string => join('agents', agent, 'agent');

async function agentsIn(state: string): Promise<string[]> {
  const found: string[] = [];
  for (const agent of await namesIn(join(state, 'agents'))) {
    const path = directoryOf(agent);
    const isOne = plain.test(agent) && (await isDirectory(join(state, 'agents', agent)));
    if (isOne && (await isDirectory(join(state, path)))) found.push(path);
  }
  return found;
}
