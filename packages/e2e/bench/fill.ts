import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

/** What a state is filled with: about 150 MB. */
const filling = {
  /** Of three questions and answers, with what OpenClaw keeps of each run besides: half a megabyte. */
  conversations: 150,
  /** Of each message, in characters. */
  message: 6000,
  /** Photographs and archives, which do not compress: so many of 2 MB. */
  photographs: 25,
  /** Text of people, which does: so many of 1 MB. */
  documents: 25,
  /** As in `node_modules`: so many of 4 kB. */
  smallFiles: 2000,
} as const;

/** Key of the so-manieth conversation that is there besides, from 0. */
export const conversationOf = (number: number): string => `agent:main:bench-${number}`;

type Row = Record<string, SQLOutputValue>;

/** Tables of 2026.9.x that hold a conversation, parents first. */
const tables = [
  'session_nodes',
  'session_participants',
  'session_windows',
  'transcript_events',
  'transcript_event_identities',
  'transcript_rewrite_watermarks',
  'trajectory_runtime_events',
  'session_transcript_index_state',
  'session_transcript_active_events',
  'session_transcript_fts',
] as const;

/**
 * Fills the state of a stopped gateway with what a team leaves there in some months: the only conversation in it is there
 * so many times more, in every table in which OpenClaw itself has put it, with messages as long as those of models; and
 * the workspace has files of three kinds.
 */
export async function fillState(state: string): Promise<void> {
  const database = new DatabaseSync(join(state, 'agents/main/agent/openclaw-agent.sqlite'));
  try {
    multiplyConversation(database);
  } finally {
    database.close();
  }
  await fillWorkspace(join(state, 'workspace'));
}

function multiplyConversation(database: DatabaseSync): void {
  const [node] = database.prepare('SELECT session_key, current_session_id FROM session_nodes').all();
  const [key, session] = [String(node?.['session_key']), String(node?.['current_session_id'])];
  const rows = tables.map((table) => ({ table, rows: rowsOf(database, table, key, session) }));
  const events = database
    .prepare('SELECT event_id FROM transcript_event_identities WHERE session_id = ?')
    .all(session)
    .map((row) => String(row['event_id']));
  const said = new Set(rows.at(-1)?.rows.map((row) => String(row['text'])));
  database.exec('BEGIN');
  for (let copy = 0; copy < filling.conversations; copy++) {
    const fresh = new Map([session, ...events].map((id) => [id, randomUUID()]));
    const words = new Map([...said].map((text) => [text, prose(filling.message)]));
    const ids = new Map([...fresh, [key, conversationOf(copy)]]);
    for (const { table, rows: originals } of rows) {
      for (const row of originals) insert(database, table, changedRow(row, ids, words));
    }
  }
  database.exec('COMMIT');
}

function rowsOf(database: DatabaseSync, table: string, key: string, session: string): Row[] {
  const columns = database.prepare(`PRAGMA table_info("${table}")`).all();
  const [column, value] = columns.some(({ name }) => name === 'session_id')
    ? ['session_id', session]
    : ['session_key', key];
  return database.prepare(`SELECT * FROM "${table}" WHERE ${column} = ?`).all(value);
}

/** Columns in which a message is there as a whole; others have a title made of it. */
const withMessages = new Set(['event_json', 'text']);

function changedRow(row: Row, ids: ReadonlyMap<string, string>, words: ReadonlyMap<string, string>): Row {
  const changed = (name: string, value: string): string =>
    [...ids, ...(withMessages.has(name) ? words : [])].reduce(
      (text, [from, to]) => text.replaceAll(from, to),
      value,
    );
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' ? changed(name, value) : value,
    ]),
  );
}

function insert(database: DatabaseSync, table: string, row: Row): void {
  const names = Object.keys(row);
  database
    .prepare(`INSERT INTO "${table}" (${names.join()}) VALUES (${names.map(() => '?').join()})`)
    .run(...Object.values(row));
}

async function fillWorkspace(workspace: string): Promise<void> {
  const folders = ['photographs', 'documents', 'node_modules'].map((name) => join(workspace, name));
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 });
  const [photographs = '', documents = '', modules = ''] = folders;
  for (let at = 0; at < filling.photographs; at++)
    await writeFile(join(photographs, `${at}.jpg`), randomBytes(2_000_000));
  for (let at = 0; at < filling.documents; at++)
    await writeFile(join(documents, `${at}.md`), prose(1_000_000));
  for (let at = 0; at < filling.smallFiles; at++) await writeFile(join(modules, `${at}.js`), prose(4000));
}

/** As many words as there may be in somebody's language, so that it compresses as text does, to about a third. */
const vocabulary = Array.from({ length: 4000 }, () =>
  randomBytes(2 + Math.floor(Math.random() * 3)).toString('hex'),
);

function prose(characters: number): string {
  const words: string[] = [];
  for (let length = 0; length < characters;) {
    // The first words of a language are said most.
    const word = vocabulary[Math.floor(Math.random() ** 3 * vocabulary.length)]!;
    words.push(word);
    length += word.length + 1;
  }
  return words.join(' ');
}
