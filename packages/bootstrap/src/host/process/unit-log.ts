import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

const fileLimit = 10 * 1024 * 1024;
const linesKept = 500;

/** What a unit printed: the last lines in memory, and a file that is bounded by one rotation. */
export class UnitLog {
  readonly file: string;
  readonly #lines: string[] = [];
  #stream: WriteStream | undefined;
  #size = 0;

  constructor(file: string) {
    this.file = file;
  }

  follow(output: Readable): void {
    let rest = '';
    output.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.write(line);
    });
    output.on('end', () => {
      if (rest !== '') this.write(rest);
    });
  }

  write(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > linesKept) this.#lines.shift();
    const bytes = Buffer.byteLength(line) + 1;
    // Opening finds out how much an earlier run has written.
    this.#open();
    if (this.#size + bytes > fileLimit) this.#rotate();
    this.#open().write(`${line}\n`);
    this.#size += bytes;
  }

  tail(lines: number): string[] {
    return lines <= 0 ? [] : this.#lines.slice(-lines);
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream) await new Promise<void>((resolve) => stream.end(resolve));
  }

  #open(): WriteStream {
    if (this.#stream) return this.#stream;
    mkdirSync(dirname(this.file), { recursive: true });
    this.#size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = createWriteStream(this.file, { flags: 'a', mode: 0o600 });
    // A full disk must not end the supervisor; the lines in memory remain.
    this.#stream.on('error', () => {});
    return this.#stream;
  }

  #rotate(): void {
    this.#stream?.end();
    this.#stream = undefined;
    if (statSync(this.file, { throwIfNoEntry: false })) renameSync(this.file, `${this.file}.1`);
    this.#size = 0;
  }
}
