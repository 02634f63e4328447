import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { awaitStop, killGroup, reasonOf } from './command.ts';
import type { Program } from './host.ts';

/** An answer longer than this is none, in characters. */
const answerLimit = 128 * 1024 * 1024;

/** What a message needs of what a program said besides. */
const wordsLimit = 4096;

/** How long a program may take to end by itself. */
const endMilliseconds = 2_000;

/** In front of a line that is an answer, and not something that the program prints besides. */
export const answerMark = '\u001eclawharbor ';

/** Why a program gave no answer: its last words, or that there were none. */
export class NoAnswer extends Error {}

/** A program that is asked again and again: a line in, a marked line out. One question at a time. */
export class Conversation {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #signal: AbortSignal;
  readonly #closed: Promise<void>;
  #isOver = false;
  #said = '';
  #words = '';
  #heard: ((answer: string) => void) | undefined;

  /** @param environment besides that of the program @param signal kills the program, and what it started */
  constructor(program: Program, environment: Readonly<Record<string, string>>, signal: AbortSignal) {
    signal.throwIfAborted();
    this.#signal = signal;
    this.#child = spawn(program.file, [...program.args], {
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
      env: { ...environment, ...program.environment },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const kill = () => this.#kill();
    signal.addEventListener('abort', kill, { once: true });
    this.#closed = new Promise<void>((resolve) => {
      const end = () => {
        this.#isOver = true;
        signal.removeEventListener('abort', kill);
        resolve();
      };
      this.#child.once('close', end).once('error', ({ message }) => {
        this.#words += message;
        end();
      });
    });
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => this.#note(text));
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  /** Whether the program has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @throws NoAnswer if it ends or takes longer; the reason of the stop, if it was stopped */
  async ask(line: string, seconds: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#kill();
        reject(new NoAnswer(`it gave no answer within ${seconds} s`));
      }, seconds * 1000);
    });
    const over = this.#closed.then(async () => {
      await awaitStop(this.#signal);
      if (this.#signal.aborted) throw reasonOf(this.#signal);
      throw new NoAnswer(this.#words.trim() || 'it ended without an answer');
    });
    over.catch(() => {});
    try {
      const answer = new Promise<string>((heard) => (this.#heard = heard));
      this.#child.stdin.write(`${line}\n`);
      return await Promise.race([answer, late, over]);
    } finally {
      clearTimeout(timer);
      this.#heard = undefined;
    }
  }

  /** Ends the program, and waits until it has let go of what it held. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#kill(), endMilliseconds);
    await this.#closed;
    clearTimeout(timer);
  }

  #kill(): void {
    if (this.#child.pid !== undefined) killGroup(this.#child.pid);
    // What it started elsewhere may hold its output.
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  #read(text: string): void {
    this.#said += text;
    // Only what is new can hold the end of a line.
    if (!text.includes('\n')) return this.#said.length > answerLimit ? this.#kill() : undefined;
    const lines = this.#said.split('\n');
    this.#said = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith(answerMark)) this.#heard?.(line.slice(answerMark.length));
      else this.#note(`${line}\n`);
    }
  }

  #note(text: string): void {
    this.#words = (this.#words + text).slice(-wordsLimit);
  }
}
