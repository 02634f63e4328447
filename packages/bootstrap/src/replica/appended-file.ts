import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../config/atomic-file.ts';
import { BootstrapError } from '../errors.ts';
import { isMissing, openPlain, writeAt } from './plain-file.ts';

/**
 * A file of the replica that only grows. Bytes count once they are durable: after a failure the next append begins where
 * they end, whatever was written behind them.
 */
export class AppendedFile {
  readonly path: string;
  #handle: FileHandle | undefined;
  #length = 0;
  #isMade = false;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws BootstrapError `REPLICA_DAMAGED` where somebody took from it; the system's own error */
  async append(...parts: readonly Uint8Array[]): Promise<void> {
    try {
      this.#handle ??= await this.#open();
      await this.#mustBeWhole(this.#handle);
      let end = this.#length;
      for (const part of parts) {
        await writeAt(this.#handle, end, part);
        end += part.length;
      }
      await this.#handle.datasync();
      this.#length = end;
      await this.#mustBeWhole(this.#handle);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    // All that counts is durable; a network file system says an old error once more.
    await handle?.close().catch(() => {});
  }

  async #open(): Promise<FileHandle> {
    const handle = this.#isMade ? await this.#openAgain() : await open(this.path, 'wx', 0o600);
    this.#isMade = true;
    try {
      await this.#mustBeWhole(handle);
      await handle.truncate(this.#length);
      // Its name must be durable, too.
      if (this.#length === 0) await syncDirectory(dirname(this.path));
      return handle;
    } catch (error) {
      await handle.close().catch(() => {});
      throw error;
    }
  }

  #openAgain(): Promise<FileHandle> {
    return openPlain(this.path, constants.O_RDWR).catch((error: unknown) => {
      throw isMissing(error) ? this.#damaged('was removed', error) : error;
    });
  }

  /** What is written to a file without a name is nowhere, and behind bytes that are gone it is worth nothing. */
  async #mustBeWhole(handle: FileHandle): Promise<void> {
    const { nlink, size } = await handle.stat();
    if (nlink === 0) throw this.#damaged('was removed');
    if (size < this.#length) throw this.#damaged(`has ${size} bytes of ${this.#length}`);
  }

  #damaged(how: string, cause?: unknown): BootstrapError {
    return new BootstrapError('REPLICA_DAMAGED', `${this.path} ${how}: another copy is made.`, { cause });
  }
}
