// What the methods of the gateway answer, and what a test asked of it in its config and beside the program.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const state = process.env.OPENCLAW_STATE_DIR;
export const file = process.env.OPENCLAW_CONFIG_PATH;
export const beside = (name) => new URL(name, import.meta.url);
export const text = () => readFileSync(file, 'utf8');
// The revision that the gateway runs with.
export const applied = join(state, 'applied');
export const revision = () => createHash('sha256').update(text()).digest('hex');
export const asked = () => (existsSync(file) ? /"test":\s*"(\w+)"/.exec(text())?.[1] : undefined);

/** @returns JSON, or what a test wants instead. @throws Error that says why not */
export async function answerAs(method, parameters) {
  appendFileSync(join(state, 'calls'), `${method}\n`);
  // What a test wants of a method: no answer at all, or one that nobody knows the form of.
  const instead = join(state, `instead-of-${method}`);
  if (existsSync(instead)) {
    const said = readFileSync(instead, 'utf8');
    if (said === '') throw new Error(`no answer, tried with ${process.env.OPENCLAW_GATEWAY_PASSWORD}`);
    return said;
  }
  const answer =
    {
      'config.get': config,
      'gateway.restart.preflight': work,
      'sessions.list': sessions,
      'agents.list': () => ({ defaultId: 'main', agents: [{ id: 'main' }] }),
      agent: turn,
    }[method] ?? people;
  return JSON.stringify(await answer(method, parameters));
}

/** What the default model of the config says. @returns `said` is undefined where it does not */
async function askModel() {
  const { models, agents } = config().parsed;
  const [provider, model] = agents?.defaults?.model?.primary?.split('/') ?? [];
  const url = models?.providers?.[provider]?.baseUrl;
  if (url === undefined || isBroken('answers no message')) return { provider, model };
  const request = { method: 'POST', body: JSON.stringify({ model, stream: true, messages: [] }) };
  const stream = await fetch(`${url}/chat/completions`, request).then(
    (response) => response.text(),
    () => '',
  );
  const chunks = [...stream.matchAll(/^data: ({.*})$/gm)].map(([, chunk]) => JSON.parse(chunk));
  const said = chunks.map(({ choices }) => choices[0].delta.content ?? '').join('');
  return { provider, model, said: said || undefined };
}

async function turn(method, { sessionKey, modelRun }) {
  const { provider, model, said } = await askModel();
  if (modelRun) {
    if (said === undefined) throw new Error('503 no model');
    return { result: { payloads: [{ text: said }], meta: { agentMeta: { provider, model } } } };
  }
  const database = openDatabase('agents', 'main', 'agent', 'openclaw-agent.sqlite');
  database.prepare('INSERT INTO session_nodes VALUES (?)').run(sessionKey);
  database.close();
  return { status: 'ok', result: { payloads: said === undefined ? [] : [{ text: said }] } };
}

/** The config on disk, and what the gateway said that it runs with. */
function config() {
  if (!existsSync(file)) return { exists: false, valid: true, parsed: {} };
  // The tests write JSON with comments at the end of a line.
  const parsed = JSON.parse(
    text()
      .replaceAll(/(^|\s)\/\/ .*$/gm, '')
      .replaceAll(/,(\s*[}\]])/g, '$1'),
  );
  return {
    exists: true,
    valid: true,
    parsed,
    resolved: parsed,
    configRevisionHash: revision(),
    appliedConfigHash: asked() === 'other' ? 'of another config' : readFileSync(applied, 'utf8'),
  };
}

/** What is under way: so many turns as the file says. */
function work() {
  const turns = join(state, 'turns');
  const embeddedRuns = existsSync(turns) ? Number(readFileSync(turns, 'utf8')) : 0;
  return { counts: { embeddedRuns, pendingReplies: 0, queueSize: 0, activeTasks: 0 } };
}

export function openDatabase(...names) {
  mkdirSync(join(state, ...names.slice(0, -1)), { recursive: true });
  return new DatabaseSync(join(state, ...names));
}

function sessions() {
  const database = openDatabase('agents', 'main', 'agent', 'openclaw-agent.sqlite');
  const rows = database.prepare('SELECT session_key AS key FROM session_nodes').all();
  database.close();
  return { sessions: rows };
}

/** What a test asks of an installed release, everywhere or only where it is no rehearsal. */
export function isBroken(way) {
  const wanted = existsSync(beside('broken')) ? readFileSync(beside('broken'), 'utf8') : '';
  return wanted === way || (wanted === `${way}, on the state` && process.env.OPENCLAW_SKIP_CRON !== '1');
}

/** The people of the real state database, in its tables. */
function people(method, { profileId, role, email, targetProfileId, displayName }) {
  const directory = join(state, 'state');
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'openclaw.sqlite'));
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA user_version = ${asked() === 'newer' ? 19 : 18};
    CREATE TABLE IF NOT EXISTS user_profiles (id TEXT NOT NULL PRIMARY KEY, display_name TEXT, merged_into TEXT,
      role TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS user_profile_emails (email TEXT NOT NULL PRIMARY KEY, profile_id TEXT NOT NULL) STRICT;
  `);
  const one = database
    .prepare('SELECT id, role FROM user_profiles WHERE id = ?')
    .get(profileId ?? targetProfileId ?? '');
  if (method !== 'users.list' && !one) throw new Error('user profile not found');
  if (method === 'users.setRole')
    database.prepare('UPDATE user_profiles SET role = ? WHERE id = ?').run(role, profileId);
  if (method === 'users.setDisplayName')
    database.prepare('UPDATE user_profiles SET display_name = ? WHERE id = ?').run(displayName, profileId);
  if (method === 'users.linkEmail') {
    database
      .prepare('INSERT INTO user_profile_emails VALUES (?, ?)')
      .run(email.trim().toLowerCase(), targetProfileId);
  }
  const emails = database.prepare('SELECT email FROM user_profile_emails WHERE profile_id = ?');
  const rows = database.prepare('SELECT id, display_name, role FROM user_profiles ORDER BY id').all();
  const answer = {
    profiles: rows.map(({ id, display_name: called, role: given }) => ({
      id,
      ...(called === null ? {} : { displayName: called }),
      ...(given === null ? {} : { role: given }),
      emails: emails.all(id).map((row) => row.email),
    })),
  };
  database.close();
  return answer;
}
