import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { artifactCache } from './local-pod.ts';

const repository = join(import.meta.dirname, '../../../..');
const PATH = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

/** A clone of this working tree, for what somebody types who has read the READMEs, with the host's Node.js. */
export class NewcomersClone {
  readonly directory = mkdtempSync(join(tmpdir(), 'clawharbor-newcomer-'));
  readonly #environment = {
    // Without what npm and vitest add for theirs.
    ...Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(npm_|node_(env|options|path)|nx_|vitest|init_cwd)/i.test(name),
      ),
    ),
    PATH,
    // Where pods of this user are looked for: a newcomer has no other.
    XDG_RUNTIME_DIR: mkdtempSync(join(tmpdir(), 'clawharbor-runtime-')),
  };

  constructor() {
    const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: repository,
      encoding: 'utf8',
    });
    const files = listed.stdout.split('\0').filter((path) => existsSync(join(repository, path)) && path);
    for (const file of files) {
      mkdirSync(join(this.directory, dirname(file)), { recursive: true });
      cpSync(join(repository, file), join(this.directory, file));
    }
  }

  /** Gives a folder what an earlier run has kept: without it a start takes a minute longer, and proves the same. */
  keepsArtifacts(folder: string): void {
    if (existsSync(artifactCache)) cpSync(artifactCache, join(this.directory, folder), { recursive: true });
  }

  /** Types a command line and waits for its end. */
  type(command: string): { status: number | null; stdout: string; stderr: string } {
    return spawnSync('sh', ['-c', command], {
      cwd: this.directory,
      env: this.#environment,
      encoding: 'utf8',
      timeout: 400_000,
    });
  }

  /** Types a command line that stays, and leaves it in the foreground of a terminal of its own. */
  leave(command: string, folder = '.'): Foreground {
    const cwd = join(this.directory, folder);
    return new Foreground(
      spawn('sh', ['-c', `exec ${command}`], { cwd, env: this.#environment, detached: true }),
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export class Foreground {
  readonly #child: ChildProcess;
  output = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
  }

  async says(words: RegExp): Promise<void> {
    await expect
      .poll(() => this.output + (this.#ended ? ' (ended)' : ''), { timeout: 400_000, interval: 500 })
      .toMatch(new RegExp(`${words.source}|\\(ended\\)$`));
    expect(this.output).toMatch(words);
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** As a terminal does on Ctrl-C: everything that the command started hears it. */
  interrupt(): void {
    if (!this.#ended) process.kill(-this.#child.pid!, 'SIGINT');
  }

  async end(): Promise<number | null> {
    if (!this.#ended) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}
