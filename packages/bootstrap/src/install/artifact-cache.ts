import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { diskError } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import { temporaryOf } from '../temporary/name.ts';
import { copyFile, pack, unpack } from './archive.ts';

export interface ArtifactKey {
  /** Of what is inside, as in `openclaw-plugin-discord`. Default: `openclaw`. */
  readonly name?: string;
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly nodeMajor: number;
  /** Text of the lockfile: what exactly is inside. */
  readonly lockfile: string;
}

/** The file name says everything that decides what is inside. */
export function artifactName(key: ArtifactKey): string {
  const { name = 'openclaw', version, platform, arch, nodeMajor, lockfile } = key;
  const hash = createHash('sha256').update(`node${nodeMajor}\n${lockfile}`).digest('hex').slice(0, 16);
  return `${name}-${version}-${platform}-${arch}-${hash}.tar.zst`;
}

/** Installed packages by content, on the durable file system: a replacement needs no registry. */
export class ArtifactCache {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async has(name: string): Promise<boolean> {
    return (await readIfPresent(this.#checksumOf(name))) !== undefined;
  }

  /**
   * Unpacks an artifact into an empty directory.
   * @returns false if there is none
   * @throws BootstrapError `ARTIFACT_CORRUPT` after it was set aside, or where the storage does not give it; the signal's reason
   */
  async restore(name: string, directory: string, signal?: AbortSignal): Promise<boolean> {
    const take = (file: string) => unpack(file, directory, signal);
    return (await this.#take(name, take, 'unpacked', signal)) !== undefined;
  }

  /**
   * Copies an artifact as it is to a file that is not there yet.
   * @returns its SHA-256, in hex; undefined if there is none
   * @throws as {@link restore} does; BootstrapError `DISK_FULL`, `DISK_READ_ONLY`
   */
  async copy(name: string, to: string, signal?: AbortSignal): Promise<string | undefined> {
    const take = async (file: string): Promise<string> => {
      try {
        return await copyFile(file, to, { signal });
      } catch (error) {
        throw diskError(error, to) ?? error;
      }
    };
    return await this.#take(name, take, 'read', signal);
  }

  /** Stores a directory. The checksum is written last: an artifact without it does not count. */
  async store(name: string, directory: string, signal?: AbortSignal): Promise<void> {
    await this.#put(name, (temporary) => pack(directory, temporary, signal));
  }

  /** Stores a file as it is, as {@link store} does. */
  async storeFile(name: string, file: string, signal?: AbortSignal): Promise<void> {
    await this.#put(name, (temporary) => copyFile(file, temporary, { signal, isDurable: true }));
  }

  /** @param write writes the file durably and returns its SHA-256 */
  async #put(name: string, write: (temporary: string) => Promise<string>): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const file = join(this.#directory, name);
    const temporary = temporaryOf(file);
    try {
      const checksum = await write(temporary);
      await rename(temporary, file);
      await syncDirectory(this.#directory);
      await writeAtomically(this.#checksumOf(name), `${checksum}\n`, { mode: 0o644 });
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /**
   * @param take reads the file and returns its SHA-256
   * @returns that, if it is the expected one; undefined if there is no such artifact
   */
  async #take(
    name: string,
    take: (file: string) => Promise<string>,
    how: string,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const expected = (await readIfPresent(this.#checksumOf(name)))?.trim();
    if (expected === undefined) return undefined;
    const problem = await take(join(this.#directory, name)).then(
      (actual) => (actual === expected ? undefined : `its SHA-256 is ${actual}, not ${expected}`),
      (error: unknown) => {
        // Interrupted, it was not found wrong.
        if (signal?.aborted || error instanceof BootstrapError) throw error;
        const why = `it cannot be ${how} (${(error as Error).message})`;
        if (isOfStorage(error as Error))
          throw corrupt(join(this.#directory, name), why, 'It was left as it is');
        return why;
      },
    );
    if (problem === undefined) return expected;
    const aside = await this.#setAside(name);
    throw corrupt(join(this.#directory, name), problem, `Set aside as ${aside}`);
  }

  async #setAside(name: string): Promise<string> {
    const file = join(this.#directory, name);
    await rm(this.#checksumOf(name), { force: true });
    await rename(file, `${file}.corrupt`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return `${name}.corrupt`;
  }

  #checksumOf(name: string): string {
    return join(this.#directory, `${name}.sha256`);
  }
}

function corrupt(file: string, problem: string, done: string): BootstrapError {
  return new BootstrapError('ARTIFACT_CORRUPT', `${file}: ${problem}. ${done}.`);
}

/** Says nothing of what an artifact is: a file server that fails, or the disk that it is copied to, may be right again later. */
function isOfStorage(error: NodeJS.ErrnoException): boolean {
  return (
    /^(EIO|ESTALE|ETIMEDOUT|EREMOTEIO)$/.test(error.code ?? '') || /Input\/output error/.test(error.message)
  );
}
