import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import { temporaryOf } from '../temporary/name.ts';
import { pack, unpack } from './archive.ts';

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
   * @throws BootstrapError `ARTIFACT_CORRUPT` after it was set aside; the signal's reason
   */
  async restore(name: string, directory: string, signal?: AbortSignal): Promise<boolean> {
    const expected = await readIfPresent(this.#checksumOf(name));
    if (expected === undefined) return false;
    const problem = await this.#unpackChecked(name, directory, expected.trim(), signal);
    if (problem === undefined) return true;
    const aside = await this.#setAside(name);
    throw new BootstrapError(
      'ARTIFACT_CORRUPT',
      `${join(this.#directory, name)}: ${problem}. Set aside as ${aside}.`,
    );
  }

  /** Stores a directory. The checksum is written last: an artifact without it does not count. */
  async store(name: string, directory: string, signal?: AbortSignal): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const file = join(this.#directory, name);
    const temporary = temporaryOf(file);
    try {
      const checksum = await pack(directory, temporary, signal);
      await rename(temporary, file);
      await syncDirectory(this.#directory);
      await writeAtomically(this.#checksumOf(name), `${checksum}\n`, { mode: 0o644 });
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #unpackChecked(
    name: string,
    directory: string,
    expected: string,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    try {
      const actual = await unpack(join(this.#directory, name), directory, signal);
      return actual === expected ? undefined : `its SHA-256 is ${actual}, not ${expected}`;
    } catch (error) {
      // Interrupted, it was not found wrong.
      if (signal?.aborted || error instanceof BootstrapError) throw error;
      return `it cannot be unpacked (${(error as Error).message})`;
    }
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
