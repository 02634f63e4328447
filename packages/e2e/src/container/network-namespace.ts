import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execute, succeed } from './execute.ts';

/** A service outside, as seen from inside: an address and port that lead to a Unix socket of the machine. */
export interface Relay {
  readonly address: string;
  readonly port: number;
  readonly socket: string;
}

/** A network with loopback only, and no way out but its relays. */
export class NetworkNamespace {
  readonly path: string;
  readonly #name: string;
  readonly #relay: ChildProcess | undefined;

  private constructor(name: string, relay: ChildProcess | undefined) {
    this.#name = name;
    this.path = `/run/netns/${name}`;
    this.#relay = relay;
  }

  static async create(name: string, relays: readonly Relay[]): Promise<NetworkNamespace> {
    await succeed('ip', ['netns', 'add', name]);
    await succeed('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    for (const address of new Set(relays.map((relay) => relay.address))) {
      if (!address.startsWith('127.'))
        await succeed('ip', ['-n', name, 'address', 'add', `${address}/32`, 'dev', 'lo']);
    }
    return new NetworkNamespace(name, relays.length > 0 ? await startRelays(name, relays) : undefined);
  }

  async remove(): Promise<void> {
    if (this.#relay && this.#relay.exitCode === null) {
      this.#relay.stdin?.end();
      await once(this.#relay, 'exit');
    }
    await execute('ip', ['netns', 'delete', this.#name]);
  }
}

async function startRelays(name: string, relays: readonly Relay[]): Promise<ChildProcess> {
  const words = relays.flatMap(({ address, port, socket }) => [address, String(port), socket]);
  const script = fileURLToPath(import.meta.resolve('./relay.ts'));
  const child = spawn('ip', ['netns', 'exec', name, process.execPath, script, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [first] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as unknown[];
  if (String(first).startsWith('listening')) return child;
  throw new Error(`the relays of network namespace ${name} did not start`);
}
