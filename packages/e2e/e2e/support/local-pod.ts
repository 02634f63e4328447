import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PodEvent, ReadyEvent } from '../../src/pod/events.ts';
import type { PodStatus } from '../../src/pod/operations.ts';
import { tryPort } from '../../src/pod/port.ts';

const cli = join(import.meta.dirname, '../../src/bin/clawharbor-local.ts');

/** As in the first line of the program. */
const nodeFlags = ['--conditions=source', '--disable-warning=ExperimentalWarning'];

/** Artifacts outlive test runs: the first installs OpenClaw from npm, later ones prove that the cache suffices. */
export const artifactCache = join(homedir(), '.cache/clawharbor-e2e/artifacts');

/** A pod keeps its backups, the replica of its databases, and who is put out of it, beside its artifacts, and they are its own. */
const isArtifact = (path: string): boolean => !['backups', 'replica', 'people'].includes(basename(path));

export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The local pod as a person runs it: through its command line. */
export class LocalPod {
  readonly dataDir: string;
  readonly port: number;
  readonly loginPort: number;
  readonly events: PodEvent[] = [];
  readonly #arguments: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #stderr = '';
  #closed: Promise<number | null> = Promise.resolve(null);

  private constructor(
    dataDir: string,
    [port, loginPort]: readonly [number, number],
    more: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) {
    this.dataDir = dataDir;
    this.port = port;
    this.loginPort = loginPort;
    this.#arguments = more;
    this.#environment = environment;
  }

  /** A pod with a data directory and a port of its own, not started yet. */
  static async create(
    options: {
      arguments?: string[];
      environment?: NodeJS.ProcessEnv;
      cold?: boolean;
      /** Default: a free port. */
      loginPort?: number;
    } = {},
  ): Promise<LocalPod> {
    const dataDir = mkdtempSync(join(tmpdir(), 'clawharbor-pod-'));
    if (!options.cold && existsSync(artifactCache)) {
      cpSync(artifactCache, join(dataDir, 'artifacts'), { recursive: true, filter: isArtifact });
    }
    return new LocalPod(
      dataDir,
      [await tryPort(0), options.loginPort ?? (await tryPort(0))],
      options.arguments ?? [],
      options.environment ?? {},
    );
  }

  get url(): string {
    return `https://localhost:${this.port}`;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Starts the pod. @returns what the ready line says. Rejects when `up` ends before it is ready. */
  async up(): Promise<ReadyEvent> {
    this.events.length = 0;
    const child = spawn(
      process.execPath,
      [
        ...nodeFlags,
        cli,
        'up',
        '--json',
        '--data-dir',
        this.dataDir,
        '--port',
        String(this.port),
        '--login-port',
        String(this.loginPort),
        ...this.#arguments,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.#environment } },
    );
    this.#child = child;
    this.#stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.#stderr += chunk));
    this.#closed = new Promise((closed) => child.once('close', closed));
    const ready = await new Promise<ReadyEvent>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const event = JSON.parse(line) as PodEvent;
        this.events.push(event);
        if (event.event === 'ready') resolve(event);
      });
      void this.#closed.then((code) =>
        reject(new Error(`up ended with ${code} before it was ready:\n${this.#stderr}`)),
      );
    });
    this.keepArtifacts();
    return ready;
  }

  /** Waits for an `up` that was told to end by somebody else: a signal on its last steps would end it in place of itself. */
  async ended(): Promise<number | null> {
    return this.#closed;
  }

  /** Sends a signal to `up`. @returns its exit code */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    return this.#closed;
  }

  command(...args: string[]): CommandOutcome {
    return this.commandWithInput('', ...args);
  }

  commandWithInput(input: string, ...args: string[]): CommandOutcome {
    const dataDir = args.includes('--data-dir') ? [] : ['--data-dir', this.dataDir];
    const outcome = spawnSync(process.execPath, [...nodeFlags, cli, ...args, ...dataDir], {
      encoding: 'utf8',
      input,
      timeout: 400_000,
    });
    return { exitCode: outcome.status, stdout: outcome.stdout, stderr: outcome.stderr };
  }

  status(): PodStatus {
    const { exitCode, stdout, stderr } = this.command('status', '--json');
    if (exitCode !== 0) throw new Error(`status ended with ${exitCode}: ${stderr}`);
    return JSON.parse(stdout) as PodStatus;
  }

  private keepArtifacts(): void {
    const made = join(this.dataDir, 'artifacts');
    mkdirSync(artifactCache, { recursive: true });
    for (const name of readdirSync(made).filter(isArtifact)) {
      if (existsSync(join(artifactCache, name))) continue;
      // Another file of tests may take what it finds there.
      const half = mkdtempSync(`${artifactCache}-`);
      cpSync(join(made, name), join(half, name), { recursive: true });
      renameSync(join(half, name), join(artifactCache, name));
      rmSync(half, { recursive: true });
    }
  }
}
