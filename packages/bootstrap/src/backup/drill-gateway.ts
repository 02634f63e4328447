import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { inOwnWorld } from '../host/own-world.ts';
import { openclawProgram } from '../openclaw/gateway-unit.ts';
import type { PodSpec } from '../spec/pod-spec.ts';

/**
 * Starts a gateway, waits until it is ready, asks it for a session and its messages, and ends it: one process of its own,
 * because gateway and questions share a network that nobody else is in.
 */
const program = `
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
const { openclaw, port, readySeconds } = JSON.parse(readFileSync(0, 'utf8'));
const started = performance.now();
let said = '';
let ended;
const gateway = spawn(process.execPath, ['--max-old-space-size=768', openclaw, 'gateway', '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
for (const stream of [gateway.stdout, gateway.stderr]) stream.on('data', (text) => (said = (said + text).slice(-4000)));
gateway.on('exit', (code, signal) => (ended = 'ended with ' + (code ?? signal)));
const answer = (value) => process.stdout.write(JSON.stringify(value));
const isReady = () => fetch('http://127.0.0.1:' + port + '/readyz').then(({ ok }) => ok, () => false);
const ask = (method, parameters) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [openclaw, 'gateway', 'call', method, '--json', '--params', JSON.stringify(parameters)], { encoding: 'utf8', timeout: 90000, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(method + ': ' + (stderr || stdout).trim().slice(-500));
  return JSON.parse(stdout);
};
try {
  while (!(await isReady())) {
    if (ended) throw new Error('the gateway ' + ended + ': ' + said.trim().split('\\n').slice(-4).join(' | '));
    if (performance.now() - started > readySeconds * 1000) throw new Error('the gateway was not ready after ' + readySeconds + ' s');
    await sleep(250);
  }
  const ready = (performance.now() - started) / 1000;
  const { sessions = [] } = ask('sessions.list', {});
  let messages = 0;
  for (const { key } of sessions.slice(0, 5)) {
    messages = (ask('chat.history', { sessionKey: key, limit: 50 }).messages ?? []).length;
    if (messages > 0) break;
  }
  answer({ readySeconds: ready, sessions: sessions.length, messages });
} catch (error) {
  answer({ error: error.message });
} finally {
  gateway.kill('SIGTERM');
  for (let waited = 0; !ended && waited < 20000; waited += 100) await sleep(100);
  if (!ended) gateway.kill('SIGKILL');
}
`;

const answerSchema = z.union([
  z.object({ readySeconds: z.number(), sessions: z.int(), messages: z.int() }),
  z.object({ error: z.string() }),
]);

export interface DrillGatewayOptions {
  /** Directory with the restored state, as a world of its own needs it. */
  readonly scratch: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** What people would find: how long until ready, and what could be read. */
export interface Seen {
  readonly readySeconds: number;
  readonly sessions: number;
  readonly messages: number;
}

/** @throws BootstrapError `DRILL_FAILED` */
export async function tryGateway(
  host: Host,
  spec: PodSpec,
  { scratch, environment, port, signal }: DrillGatewayOptions,
): Promise<Seen> {
  const command = {
    // Whoever works with the pod meanwhile has the machine first.
    file: 'nice',
    args: ['-n', '10', host.node, '--no-warnings', '--input-type=module', '--eval', program],
    input: JSON.stringify({
      openclaw: openclawProgram(host.layout, spec.openclaw.version),
      port,
      readySeconds: spec.readyTimeoutSeconds,
    }),
    cwd: '/',
    environment,
    timeoutSeconds: spec.readyTimeoutSeconds + 600,
    signal,
  };
  // It has what the agent wrote, plugins and all, and no unit around it: no path in there may lead it to the live state.
  const result = await host.run(inOwnWorld(host, command, { scratch }));
  const answer = result.exitCode === 0 ? answerSchema.parse(JSON.parse(result.stdout)) : undefined;
  if (answer && !('error' in answer)) return answer;
  throw new BootstrapError('DRILL_FAILED', answer?.error ?? result.stderr.trim().slice(-500));
}
