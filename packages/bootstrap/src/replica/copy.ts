import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../config/atomic-file.ts';
import { databaseName, type Completion, type Generation } from './generation.ts';
import { writeAt } from './plain-file.ts';
import type { Source } from './source.ts';

const chunkBytes = 1024 * 1024;
/** A network file system takes much at once and is long about making it durable: a few moments at a time. */
const syncedBytes = 16 * 1024 * 1024;

/**
 * A raw copy of a main file while a pin stands. Pages that are checkpointed meanwhile may be copied old, new or torn: they
 * all are in the WAL, from the first frame of the incarnation in which the copy began, and come over the copy.
 */
export class Copy {
  readonly #source: Source;
  readonly #generation: Generation;
  readonly #hash = createHash('sha256');
  #handle: FileHandle | undefined;
  #bytes = 0;
  #unsynced = 0;

  constructor(source: Source, generation: Generation) {
    this.#source = source;
    this.#generation = generation;
  }

  /**
   * Goes on for about so long. What has failed once cannot go on: what was written may be gone with the error.
   * @returns what it came to, once it is durable; undefined: it is to go on
   * @throws the system's own error
   */
  async advance(milliseconds: number): Promise<Completion['database'] | undefined> {
    this.#handle ??= await open(join(this.#generation.directory, databaseName), 'wx', 0o600);
    for (const until = performance.now() + milliseconds; performance.now() < until;) {
      const chunk = this.#source.readMain(this.#bytes, chunkBytes);
      await writeAt(this.#handle, this.#bytes, chunk);
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      this.#unsynced += chunk.length;
      const isDone = chunk.length < chunkBytes;
      if (isDone || this.#unsynced >= syncedBytes) {
        await this.#handle.datasync();
        this.#unsynced = 0;
      }
      if (!isDone) continue;
      await this.close();
      await syncDirectory(this.#generation.directory);
      return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
    }
    return undefined;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}
