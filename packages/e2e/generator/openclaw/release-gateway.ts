import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ModelServer } from '../../src/model/index.ts';
import { tryPort } from '../../src/pod/port.ts';

const run = promisify(execFile);

/** What became of a start. */
export interface Started {
  /** Seconds until it was ready; undefined when it was not. */
  readonly readySeconds?: number;
  /** How it ended before it was ready. */
  readonly exitCode?: number | null;
  /** Last words of one that ended. */
  readonly said?: string;
}

const readyWithin = 180;

/**
 * The gateway of a release as it is installed, without the bootstrap: also one that no pod can run yet, or ever. Its
 * proxy is this machine, at an address that is not loopback, which OpenClaw would trust more.
 */
export class ReleaseGateway {
  readonly state: string;
  readonly #program: string;
  readonly #home: string;
  readonly #model: ModelServer;
  #child: ChildProcess | undefined;
  #port = 0;

  /** @param directory of the package openclaw */
  constructor(directory: string, home: string, model: ModelServer) {
    this.#model = model;
    this.#program = join(directory, 'openclaw.mjs');
    this.#home = home;
    // Where older releases keep the workspace, whatever the state is: with any other, they would leave it behind.
    this.state = join(home, '.openclaw');
  }

  async start(): Promise<Started> {
    this.#port = await tryPort(0);
    await mkdir(this.state, { recursive: true, mode: 0o700 });
    await writeFile(
      join(this.state, 'openclaw.json'),
      JSON.stringify(configOf(this.#port, this.#model.url)),
      { mode: 0o600 },
    );
    const begin = Date.now();
    const child = spawn(process.execPath, [this.#program, 'gateway', '--port', String(this.#port)], {
      cwd: this.state,
      env: environmentOf(this.#home, this.state),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
    }
    while (child.exitCode === null && child.signalCode === null && Date.now() - begin < readyWithin * 1000) {
      const answer = await fetch(`http://127.0.0.1:${this.#port}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return { readySeconds: (Date.now() - begin) / 1000 };
      await new Promise((wake) => setTimeout(wake, 200));
    }
    const { exitCode } = child;
    await this.stop();
    return { exitCode, said: said.replaceAll(this.#home, '~').trim().split('\n').slice(-8).join('\n') };
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 60_000);
    await once(child, 'exit');
    clearTimeout(patience);
  }

  /** One turn of the agent, so that there is a conversation. @returns what it printed */
  async say(message: string): Promise<string> {
    const { stdout } = await run(
      process.execPath,
      [this.#program, 'agent', '--local', '--agent', 'main', '--message', message],
      { cwd: this.state, env: environmentOf(this.#home, this.state), timeout: 120_000 },
    );
    return stdout;
  }

  /** Asks as the health check of a load balancer does: through a trusted proxy, in nobody's name. */
  probe(path: string): Promise<Response> {
    return fetch(`http://${proxyAddress()}:${this.#port}${path}`, {
      headers: { 'x-forwarded-proto': 'https' },
    });
  }
}

/** What every release reads: the way in of a pod, without what came later. */
function configOf(port: number, model: string): object {
  return {
    gateway: {
      mode: 'local',
      port,
      bind: 'lan',
      auth: { mode: 'trusted-proxy', trustedProxy: { userHeader: 'x-amzn-oidc-identity' } },
      trustedProxies: [`${proxyAddress()}/32`],
      controlUi: { allowedOrigins: ['https://pod.example.com'] },
    },
    discovery: { mdns: { mode: 'off' } },
    models: {
      providers: {
        'stand-in': {
          baseUrl: `${model}/v1`,
          api: 'openai-completions',
          apiKey: 'none',
          models: [
            { id: 'stand-in-1', name: 'Stand-in', input: ['text'], contextWindow: 200_000, maxTokens: 4096 },
          ],
        },
      },
    },
    agents: { defaults: { model: { primary: 'stand-in/stand-in-1' } } },
  };
}

function environmentOf(home: string, state: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    OPENCLAW_STATE_DIR: state,
    OPENCLAW_CONFIG_PATH: join(state, 'openclaw.json'),
    OPENCLAW_NO_AUTO_UPDATE: '1',
    OPENCLAW_NO_RESPAWN: '1',
    OPENCLAW_DISABLE_BONJOUR: '1',
    OPENCLAW_PACKAGED_COMPILE_CACHE_RESPAWNED: '1',
  };
}

function proxyAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found) return found.address;
  throw new Error('this machine has no address but loopback: a health check cannot be told from a local one');
}
