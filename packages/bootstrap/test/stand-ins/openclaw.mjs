// A gateway as the bootstrap sees it: the program, its config, its exit codes, its log lines and /readyz. What the real
// one does is proved elsewhere, with the real one; this one makes its rare answers come when a test wants them.
import { existsSync, readFileSync, statSync, watchFile, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { backup } from './backup.mjs';
import {
  answerAs,
  applied,
  asked,
  beside,
  file,
  isBroken,
  openDatabase,
  revision,
  state,
  text,
} from './gateway-methods.mjs';

const log = (line) => console.log(`${new Date().toISOString()} ${line}`);

if (process.argv[2] === 'backup') backup(process.argv.slice(3));

if (process.argv[2] === 'gateway' && process.argv[3] === 'call') {
  const parameters = JSON.parse(process.argv[process.argv.indexOf('--params') + 1]);
  try {
    const answer = await answerAs(process.argv[4], parameters);
    await new Promise((written) => process.stdout.write(answer, written));
    process.exit(0);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
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

// What a gateway does at its start with a config of an older release that it knows.
const old = /"retired":\s*("\w+")/.exec(text());
if (old) writeFileSync(file, text().replace(old[0], `"modern": ${old[1]}`));

log(`[gateway] key ${process.env.FAKE_API_KEY ?? 'absent'}`);
const wish = asked();
// The real one may take half a minute between what it reads and what it says of it: here, until a test wants it.
if (wish === 'refusesLate')
  while (!existsSync(join(state, 'refuse-now'))) await new Promise((later) => setTimeout(later, 50));
if (wish === 'refuse' || wish === 'refusesLate') {
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
// What it is not ready for, as long as a test wants it: names, one a line.
const failing = () => {
  const list = join(state, 'failing');
  return existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
};
createServer((request, response) => {
  if (asked() === 'silent' || !['/readyz', '/startupz'].includes(request.url)) {
    response.writeHead(404).end();
    return;
  }
  const said = request.url === '/readyz' ? failing() : [];
  response.writeHead(isReady && said.length === 0 ? 200 : 503).end(JSON.stringify({ failing: said }));
}).listen(port, '127.0.0.1');
// As long as a test wants it, it holds more memory than a heap of 96 MB.
const held = [];
setInterval(() => {
  if (existsSync(join(state, 'grow')) && held.length === 0) held.push(Buffer.alloc(150 * 1024 ** 2, 1));
}, 100);
process.on('SIGTERM', () => process.exit(0));
