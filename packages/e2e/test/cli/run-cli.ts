import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';

const cli = join(import.meta.dirname, '../../src/bin/clawharbor-local.ts');
const program = [process.execPath, '--conditions=source', '--disable-warning=ExperimentalWarning', cli];

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to type commands in, of a user who runs no pods. */
export interface Desk {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export function newDesk(): Desk {
  const cwd = mkdtempSync(join(tmpdir(), 'clawharbor-desk-'));
  const runtime = mkdtempSync(join(tmpdir(), 'clawharbor-runtime-'));
  // A person is no test run: projen says nothing in one, ora does not turn, and nx asks for colours.
  const { NODE_ENV: _, FORCE_COLOR: __, CI: ___, ...env } = process.env;
  return { cwd, env: { ...env, XDG_RUNTIME_DIR: runtime } };
}

/** Types a command while this process has something to do for it. */
export async function typeWhileAnswering(desk: Desk, args: readonly string[], input = ''): Promise<Outcome> {
  const [file, ...first] = program;
  const child = spawn(file!, [...first, ...args], { ...desk, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

/** Types a command. After a minute it counts as hanging: a busy machine takes half of one to start it. */
export function type(desk: Desk, args: readonly string[], input = ''): Outcome {
  const [file, ...first] = program;
  const { status, stdout, stderr } = spawnSync(file!, [...first, ...args], {
    ...desk,
    input,
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return { exitCode: status, stdout, stderr };
}

/** A command in a pseudo terminal of its own. */
export interface PseudoTerminal {
  /** What it has shown so far. */
  readonly shown: string;
  /** Resolves once it has shown this. */
  untilShown(pattern: RegExp): Promise<void>;
  press(keys: string): void;
  readonly closed: Promise<void>;
  close(): void;
}

/** script(1) of util-linux makes the terminal; Debian's bsdutils, which every installation has, brings it. */
export function openTerminal(desk: Desk, shellCommand: string): PseudoTerminal {
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', shellCommand, '/dev/null'], {
    ...desk,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk;
    for (const look of listeners) look();
  });
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  return {
    get shown() {
      return shown;
    },
    closed,
    press: (keys) => void child.stdin.write(keys),
    close: () => void child.kill('SIGKILL'),
    async untilShown(pattern) {
      await new Promise<void>((seen, failed) => {
        const look = () => pattern.test(shown) && (listeners.delete(look), seen());
        listeners.add(look);
        look();
        void closed.then(() => failed(new Error(`it ended before it showed ${pattern}:\n${shown}`)));
      });
    },
  };
}

/** The lines of a terminal as they are seen in the end: without what was erased. */
export function linesSeen(shown: string): string[] {
  return shown
    .split(/\r?\n/)
    .map((line) => stripVTControlCharacters(line.split(/\p{Cc}\[[012]?K/u).at(-1)!).trimEnd());
}

/** The program, for a shell. */
export const typed = program.map((part) => `'${part}'`).join(' ');
