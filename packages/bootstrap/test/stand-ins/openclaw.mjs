// A gateway as the bootstrap sees it: the program, its config, its exit codes, its log lines and /readyz. What the real
// one does is proved elsewhere, with the real one; this one makes its rare answers come when a test wants them.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  watchFile,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { backup } from './backup.mjs';

const beside = (name) => new URL(name, import.meta.url);
const state = process.env.OPENCLAW_STATE_DIR;

const file = process.env.OPENCLAW_CONFIG_PATH;
const text = () => readFileSync(file, 'utf8');
// The revision that the gateway runs with.
const applied = join(process.env.OPENCLAW_STATE_DIR, 'applied');
const revision = () => createHash('sha256').update(text()).digest('hex');
const asked = () => (existsSync(file) ? /"test":\s*"(\w+)"/.exec(text())?.[1] : undefined);
const log = (line) => console.log(`${new Date().toISOString()} ${line}`);

if (process.argv[2] === 'backup') backup(process.argv.slice(3));

if (process.argv[2] === 'gateway' && process.argv[3] === 'call') {
  const [method, parameters] = [
    process.argv[4],
    JSON.parse(process.argv[process.argv.indexOf('--params') + 1]),
  ];
  appendFileSync(join(process.env.OPENCLAW_STATE_DIR, 'calls'), `${method}\n`);
  // What a test wants of a method: no answer at all, or one that nobody knows the form of.
  const instead = join(process.env.OPENCLAW_STATE_DIR, `instead-of-${method}`);
  if (existsSync(instead)) {
    const said = readFileSync(instead, 'utf8');
    if (said === '') console.error(`no answer, tried with ${process.env.OPENCLAW_GATEWAY_PASSWORD}`);
    else process.stdout.write(said);
    process.exit(said === '' ? 1 : 0);
  }
  const answer =
    {
      'config.get': config,
      'gateway.restart.preflight': work,
      'sessions.list': sessions,
      'agents.list': () => ({ defaultId: 'main', agents: [{ id: 'main' }] }),
      agent: turn,
    }[method] ?? people;
  const answered = JSON.stringify(await answer(method, parameters));
  await new Promise((written) => process.stdout.write(answered, written));
  process.exit(0);
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
  const turns = join(process.env.OPENCLAW_STATE_DIR, 'turns');
  const embeddedRuns = existsSync(turns) ? Number(readFileSync(turns, 'utf8')) : 0;
  return { counts: { embeddedRuns, pendingReplies: 0, queueSize: 0, activeTasks: 0 } };
}

function openDatabase(...names) {
  mkdirSync(join(state, ...names.slice(0, -1)), { recursive: true });
  return new DatabaseSync(join(state, ...names));
}

function sessions() {
  const database = openDatabase('agents', 'main', 'agent', 'openclaw-agent.sqlite');
  const rows = database.prepare('SELECT session_key AS key FROM session_nodes').all();
  database.close();
  return { sessions: rows };
}

/** Brings the databases to the form of this release, as the real one does: an older one refuses them. */
function migrate() {
  const schemas = JSON.parse(readFileSync(beside('schemas.json'), 'utf8'));
  const kinds = {
    state: ['state', 'openclaw.sqlite'],
    agent: ['agents', 'main', 'agent', 'openclaw-agent.sqlite'],
  };
  for (const [kind, names] of Object.entries(kinds)) {
    const database = openDatabase(...names);
    const { user_version: found } = database.prepare('PRAGMA user_version').get();
    if (found > schemas[kind]) {
      log(`${names.at(-1)} uses newer schema version ${found}; this build supports ${schemas[kind]}`);
      process.exit(1);
    }
    database.exec(`PRAGMA user_version = ${schemas[kind]}`);
    if (kind === 'agent') database.exec('CREATE TABLE IF NOT EXISTS session_nodes (session_key TEXT) STRICT');
    if (kind === 'agent' && isBroken('loses sessions')) database.exec('DELETE FROM session_nodes');
    database.close();
  }
}

/** What a test asks of an installed release, everywhere or only where it is no rehearsal. */
function isBroken(way) {
  const wanted = existsSync(beside('broken')) ? readFileSync(beside('broken'), 'utf8') : '';
  return wanted === way || (wanted === `${way}, on the state` && process.env.OPENCLAW_SKIP_CRON !== '1');
}

/** The people of the real state database, in its tables. */
function people(method, { profileId, role, email, targetProfileId }) {
  const directory = join(process.env.OPENCLAW_STATE_DIR, 'state');
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
  if (method === 'users.linkEmail') {
    database
      .prepare('INSERT INTO user_profile_emails VALUES (?, ?)')
      .run(email.trim().toLowerCase(), targetProfileId);
  }
  const emails = database.prepare('SELECT email FROM user_profile_emails WHERE profile_id = ?');
  const rows = database.prepare('SELECT id, role FROM user_profiles ORDER BY id').all();
  const answer = {
    profiles: rows.map(({ id, role: given }) => ({
      id,
      ...(given === null ? {} : { role: given }),
      emails: emails.all(id).map((row) => row.email),
    })),
  };
  database.close();
  return answer;
}

// What a gateway does at its start with a config of an older release that it knows.
const old = /"retired":\s*("\w+")/.exec(text());
if (old) writeFileSync(file, text().replace(old[0], `"modern": ${old[1]}`));

log(`[gateway] key ${process.env.FAKE_API_KEY ?? 'absent'}`);
if (asked() === 'refuse') {
  log('Gateway failed to start: Invalid config');
  process.exit(78);
}
if (existsSync(beside('schemas.json'))) migrate();
// Both say what they have read, as one may that does not understand it.
for (const [way, code] of [
  ['does not start', 1],
  ['refuses its state', 78],
]) {
  if (!isBroken(way)) continue;
  log(text());
  process.exit(code);
}
if (asked() === 'older') {
  log(
    'Refusing to start because this OpenClaw binary (1) is older than the config last written by OpenClaw 2.',
  );
  process.exit(1);
}
writeFileSync(applied, revision());
// A path that its config does not show, as one in a file that it includes: it writes to where that leads.
const elsewhere = join(state, 'writes-to');
if (existsSync(elsewhere)) writeFileSync(readFileSync(elsewhere, 'utf8'), 'written');
const answers = {
  refuse: 'config reload failed: Error: no',
  restart: 'config change requires gateway restart (gateway.tls) — preparing',
  deferred: 'config change requires gateway restart (gateway.tls) - deferring until 1 operation(s) complete',
  off: 'config reload disabled (gateway.reload.mode=off)',
  quiet: 'config change detected; evaluating reload (logging.level)',
};
let isReady = true;
watchFile(file, { interval: 50 }, (now, before) => {
  // Reading the file changes its access time, which is no change; what is no file is not read.
  if (now.mtimeMs === before.mtimeMs || !statSync(file, { throwIfNoEntry: false })?.isFile()) return;
  log(`[reload] ${answers[asked()] ?? 'config hot reload applied (messages)'}`);
  if (['refuse', 'off', 'deferred'].includes(asked())) return;
  if (asked() !== 'restart') {
    writeFileSync(applied, revision());
    return;
  }
  // In the same process, as OpenClaw does it where its supervisor is somebody else.
  setTimeout(() => (isReady = false), 200);
  setTimeout(() => {
    writeFileSync(applied, revision());
    isReady = true;
  }, 2000);
});
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
createServer((request, response) => {
  const isThere = request.url === '/readyz' && asked() !== 'silent';
  response.writeHead(isThere ? (isReady ? 200 : 503) : 404).end('{"ready":true}');
}).listen(port, '127.0.0.1');
// As long as a test wants it, it holds more memory than a heap of 96 MB.
const held = [];
setInterval(() => {
  if (existsSync(join(state, 'grow')) && held.length === 0) held.push(Buffer.alloc(150 * 1024 ** 2, 1));
}, 100);
process.on('SIGTERM', () => process.exit(0));
