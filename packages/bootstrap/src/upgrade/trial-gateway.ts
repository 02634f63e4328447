import * as z from 'zod';
import { answerMark } from '../host/conversation.ts';

const seen = z.object({
  down: z.string().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  isOther: z.boolean().optional(),
  unanswered: z.string().optional(),
  anonymous: z.int().optional(),
  signedIn: z.int().optional(),
  impostor: z.int().optional(),
  lockedOut: z.string().optional(),
  sessions: z.int().optional(),
  /** Why it did not answer a message; absent: it did, or was not asked. */
  silent: z.string().optional(),
  /** From its start to ready, in milliseconds. */
  readyMs: z.number().optional(),
  /** The last that it printed. */
  lines: z.array(z.string()),
});

/** What {@link trialProgram} saw. */
export type Trial = Readonly<z.infer<typeof seen>>;

export function parseTrial(stdout: string): Trial | undefined {
  const answer = stdout.split(answerMark).at(1);
  return answer === undefined ? undefined : seen.parse(JSON.parse(answer));
}

export interface TrialInput {
  /** The gateway and its arguments. */
  readonly command: readonly string[];
  /** The package.json of the release's installation. */
  readonly install: string;
  readonly port: number;
  /** Where the agents of its config find their model. */
  readonly modelPort: number;
  readonly readySeconds: number;
  /** How long it is watched once it is ready. */
  readonly watchSeconds: number;
  /** Files that the state gets before, by their path in it. */
  readonly files: Readonly<Record<string, string>>;
  readonly state: string;
  /** How somebody comes who signed in at the load balancer; absent where nobody comes that way. */
  readonly signIn?: {
    /** Leads to the gateway by way of the load balancer. Absent: that is on this machine. */
    readonly socketPath: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    /** Where the gateway says what would become of them, and what it says where all is well; absent where nothing is signed. */
    readonly attempt?: { readonly path: string; readonly fine: string };
  };
}

/**
 * Starts a gateway, looks whether it is ready and stays so, asks it what it runs with, has it answer a message, and ends it.
 * Its model is in here. Runs apart from this program, as the gateway's user in a world of its own, so it is text. When memory
 * runs out, it goes before the real one.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming for what the model answers
 */
export const trialProgram = `
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { command, install, port, modelPort, readySeconds, watchSeconds, files, state, signIn } = JSON.parse(await text(process.stdin));
try {
  writeFileSync('/proc/self/oom_score_adj', '1000');
  setPriority(5);
} catch {}
for (const [name, content] of Object.entries(files)) {
  mkdirSync(dirname(join(state, name)), { recursive: true, mode: 0o700 });
  writeFileSync(join(state, name), content, { mode: 0o600 });
}

const word = 'clawharbor-' + process.pid;
const chunk = (delta, finish_reason = null) => 'data: ' + JSON.stringify({
  id: 'rehearsal', object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1000), model: 'answer',
  choices: [{ index: 0, delta, finish_reason }],
}) + '\\n\\n';
let wasAsked = false;
createServer((request, response) => {
  request.resume().once('end', () => {
    wasAsked ||= request.method === 'POST';
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(chunk({ role: 'assistant', content: word }) + chunk({}, 'stop') + 'data: [DONE]\\n\\n');
  });
}).listen(modelPort, '127.0.0.1').unref();

const lines = [];
const started = performance.now();
const gateway = spawn(command[0], command.slice(1), { cwd: state, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
for (const stream of [gateway.stdout, gateway.stderr]) {
  stream.setEncoding('utf8').on('data', (part) => lines.push(...part.split('\\n').filter(Boolean)) > 200 && lines.splice(0, lines.length - 100));
}
let end;
const closed = new Promise((resolve) => gateway.once('close', (code, signal) => {
  end = code === null ? 'was killed by ' + signal : 'exited with code ' + code;
  resolve();
}));
gateway.once('error', (error) => (end = 'does not start: ' + error.message));

const status = (path, options = {}) => new Promise((resolve) => {
  const request = get({ host: '127.0.0.1', port, path, timeout: 5000, ...options }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  request.on('timeout', () => request.destroy()).on('error', () => resolve(undefined));
});

/** @returns why nobody would be let in; undefined: everybody would, or it does not say */
async function whyLockedOut({ path, fine }) {
  for (const until = performance.now() + 30_000; ; await delay(250)) {
    const said = await fetch('http://127.0.0.1:' + port + path).then(
      async (response) => (response.status === 200 ? await response.json() : {}),
      () => undefined,
    );
    if (said !== undefined && (said.reason === undefined || said.reason === fine)) return undefined;
    if (end || performance.now() > until) return said?.reason ?? path + ' does not answer';
  }
}

let client;
async function ask(method, parameters = {}, more = {}) {
  try {
    client ??= await import(pathToFileURL(createRequire(install).resolve('openclaw/plugin-sdk/gateway-runtime')).href);
    const call = client.callGatewayFromCli(method, { json: true, timeout: '90000' }, parameters, { progress: false, sharedStateMode: 'read-only', ...more });
    const late = delay(100_000, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer within 100 s')));
    return { answer: await Promise.race([call, late]) };
  } catch (error) {
    return { failed: method + ': ' + String(error?.message ?? error).trim().split('\\n').slice(-3).join(' ') };
  }
}

/** A message to an agent, in a conversation of its own: one turn with all that a turn has. @returns why there is no answer */
async function takeTurn() {
  const { answer, failed } = await ask('agents.list');
  const agentId = answer?.defaultId ?? answer?.agents?.[0]?.id;
  if (agentId === undefined) return failed ?? 'agents.list names no agent';
  const sessionKey = 'agent:' + agentId + ':clawharbor-rehearsal';
  const turn = await ask('agent', { agentId, sessionKey, message: 'Reply with one word.', deliver: false, idempotencyKey: randomUUID() }, { expectFinal: true });
  if (turn.failed) return turn.failed;
  const said = (turn.answer.result?.payloads ?? []).map(({ text }) => text ?? '').join('');
  if (said.includes(word)) return undefined;
  return (wasAsked ? 'the model said ' + word + ', and the agent ' : 'the model was not asked, and the agent said ') + JSON.stringify(said.slice(0, 200));
}

async function observe() {
  let last;
  for (const deadline = started + readySeconds * 1000; (last = await status('/readyz')) !== 200; await delay(200)) {
    if (end) return { down: end };
    if (performance.now() > deadline) return { down: last === undefined ? 'does not answer in time' : 'answers ' + last + ' to /readyz and is not ready in time' };
  }
  const ready = performance.now();
  const found = { readyMs: Math.round(ready - started), anonymous: await status('/control-ui-config.json') };
  if (signIn) {
    const { socketPath, headers, attempt } = signIn;
    if (attempt) found.lockedOut = await whyLockedOut(attempt);
    else found.signedIn = await status('/control-ui-config.json', { socketPath, headers });
    if (socketPath) found.impostor = await status('/control-ui-config.json', { headers });
  }
  const config = await ask('config.get');
  if (config.failed) found.unanswered = config.failed;
  else {
    const { resolved, configRevisionHash: onDisk, appliedConfigHash: applied } = config.answer;
    found.config = resolved;
    found.isOther = typeof onDisk === 'string' && typeof applied === 'string' && onDisk !== applied;
  }
  const sessions = await ask('sessions.list');
  if (Array.isArray(sessions.answer?.sessions)) found.sessions = sessions.answer.sessions.length;
  else found.unanswered ??= sessions.failed ?? 'sessions.list names no sessions';
  if (found.unanswered) delete found.config;
  else found.silent = await takeTurn();
  while (performance.now() < ready + watchSeconds * 1000) {
    await delay(200);
    if (end) return { ...found, down: end + ' ' + Math.round((performance.now() - ready) / 1000) + ' s after it was ready' };
  }
  if ((await status('/readyz')) !== 200) found.down = 'was ready and is no longer';
  return found;
}

const found = await observe().catch((error) => ({ down: 'could not be watched: ' + error.message }));
if (!end) {
  gateway.kill('SIGTERM');
  await Promise.race([closed, delay(20_000)]);
  try {
    process.kill(-gateway.pid, 'SIGKILL');
  } catch {}
}
process.stdout.write(${JSON.stringify(answerMark)} + JSON.stringify({ ...found, lines: lines.slice(-12) }) + ${JSON.stringify(answerMark)}, () => process.exit(0));
`;
