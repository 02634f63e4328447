import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Server, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { StandInError } from '../errors.ts';
import { ip } from './run-ip.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type SocketRequest = Address & { readonly id: number } & (
    { readonly type: 'listen' } | { readonly type: 'dial'; readonly from?: string }
  );

/** The socket itself comes with it, unless there was a problem. */
export interface SocketResponse {
  readonly id: number;
  readonly problem?: string;
}

/** A network namespace of Linux, and a way to use its sockets from this process. */
export class Namespace {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #requests = 0;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    child.on('message', (response: SocketResponse, handle: unknown) => {
      const waiting = this.#pending.get(response.id);
      this.#pending.delete(response.id);
      if (response.problem === undefined) waiting?.resolve(handle);
      else waiting?.reject(new StandInError('NETWORK_FAILED', `${name}: ${response.problem}`));
    });
    child.once('exit', () => {
      for (const { reject } of this.#pending.values()) reject(gone(name));
      this.#pending.clear();
    });
  }

  /** @throws StandInError NETWORK_FAILED */
  static async create(name: string): Promise<Namespace> {
    await ip('netns', 'add', name);
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    const script = fileURLToPath(import.meta.url).replace(/namespace\.(\w+)$/, 'namespace-sockets.$1');
    const child = spawn('ip', ['netns', 'exec', name, process.execPath, script], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = await Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'exit').then(() => false),
    ]);
    if (!started) throw gone(name);
    return new Namespace(name, child);
  }

  /** As `systemd-nspawn --network-namespace-path` takes it. */
  get path(): string {
    return `/run/netns/${this.name}`;
  }

  /** Put before a command, runs it in the namespace. */
  get execPrefix(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** A socket that listens in the namespace, for `server.listen(handle)`. @throws StandInError NETWORK_FAILED */
  async listen(address: Address): Promise<Server> {
    const handle = await this.#request({ type: 'listen', ...address });
    if (handle instanceof Server) return handle;
    throw gone(this.name);
  }

  /**
   * A connection out of the namespace.
   * @param from local address, where the namespace has several
   * @throws StandInError NETWORK_FAILED
   */
  async dial({ host, port }: Address, from?: string): Promise<Socket> {
    const handle = await this.#request({ type: 'dial', host, port, ...(from === undefined ? {} : { from }) });
    if (handle instanceof Socket) return handle;
    throw gone(this.name);
  }

  /** Ends the namespace, and whatever still runs in it. */
  async remove(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.disconnect();
      await exited;
    }
    await removeNamespace(this.name);
  }

  #request(request: DistributiveOmit<SocketRequest, 'id'>): Promise<unknown> {
    if (!this.#child.connected) return Promise.reject(gone(this.name));
    const id = ++this.#requests;
    const waiting = Promise.withResolvers<unknown>();
    this.#pending.set(id, waiting);
    this.#child.send({ ...request, id });
    return waiting.promise;
  }
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;

function gone(name: string): StandInError {
  return new StandInError('NETWORK_FAILED', `The network namespace ${name} is not there any more.`);
}

/** Ends a namespace by name: also one that a killed process left behind. What runs in it is ours, and is killed. */
export async function removeNamespace(name: string): Promise<void> {
  for (const pid of (await ip('netns', 'pids', name)).split('\n').filter((line) => line !== '')) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  await ip('netns', 'delete', name);
}

/** Names of the namespaces that begin with `prefix`. */
export async function namespacesNamed(prefix: string): Promise<string[]> {
  return (await ip('netns', 'list'))
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(prefix));
}
