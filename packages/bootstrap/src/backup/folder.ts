import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeAtomically } from '../config/atomic-file.ts';
import { readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Layout } from '../host/layout.ts';
import { temporaryOf } from '../temporary/name.ts';
import { backupId, manifestSchema, type BackupManifest } from './manifest.ts';

/** The backups on the durable file system: `<id>.tar.gz`, and `<id>.json` that says what it is. */
export class BackupFolder {
  readonly directory: string;

  constructor({ backups }: Layout) {
    this.directory = backups;
  }

  archiveOf(id: string): string {
    return join(this.directory, `${id}.tar.gz`);
  }

  manifestOf(id: string): string {
    return join(this.directory, `${id}.json`);
  }

  async make(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
  }

  /** Oldest first. What has no readable manifest is no backup. */
  async list(): Promise<BackupManifest[]> {
    const names = await readdir(this.directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const ids = names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((id) => backupId.test(id));
    const found = await Promise.all(ids.toSorted().map((id) => this.read(id).catch(noManifest)));
    return found.filter((manifest) => manifest !== undefined);
  }

  /** @returns undefined if there is none, or none that can be read */
  async read(id: string): Promise<BackupManifest | undefined> {
    return parseManifest(await readIfPresent(this.manifestOf(id)), id);
  }

  /**
   * Takes over an archive: copied under a temporary name, durable, renamed, and its manifest last.
   * @returns its size and SHA-256
   */
  async take(
    from: string,
    describe: (copy: { bytes: number; sha256: string }) => BackupManifest,
  ): Promise<BackupManifest> {
    await this.make();
    const temporary = temporaryOf(join(this.directory, 'archive'));
    try {
      const manifest = describe(await copyDurably(from, temporary));
      await rename(temporary, this.archiveOf(manifest.id));
      await syncDirectory(this.directory);
      await this.describe(manifest);
      return manifest;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async describe(manifest: BackupManifest): Promise<void> {
    await writeAtomically(this.manifestOf(manifest.id), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }

  /** The manifest first: half a removal is no backup. */
  async remove(id: string): Promise<void> {
    await rm(this.manifestOf(id), { force: true });
    await rm(this.archiveOf(id), { force: true });
    // What was noted of it.
    for (const name of await readdir(this.directory))
      if (name.startsWith(`${id}.`)) await rm(join(this.directory, name), { force: true });
  }

  /**
   * Whether the archive is the one that its manifest describes.
   * @throws BootstrapError `BACKUP_CORRUPT`
   */
  async check({ id, bytes, sha256 }: BackupManifest): Promise<void> {
    const file = this.archiveOf(id);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) throw new BootstrapError('BACKUP_CORRUPT', `${file} is not there.`);
    const actual = found.size === bytes ? await sha256Of(file) : undefined;
    if (actual === sha256) return;
    const difference =
      actual === undefined
        ? `has ${found.size} bytes, not ${bytes}`
        : `has the SHA-256 ${actual}, not ${sha256}`;
    throw new BootstrapError('BACKUP_CORRUPT', `${file} ${difference}: it is not what was backed up.`);
  }
}

/** One that cannot be read keeps nobody from the others. */
function noManifest(error: unknown): undefined {
  if (!(error instanceof BootstrapError)) throw error;
}

/** @returns undefined for what is no manifest of this id */
export function parseManifest(text: string | undefined, id: string): BackupManifest | undefined {
  if (text === undefined) return undefined;
  try {
    const { data } = manifestSchema.safeParse(JSON.parse(text));
    return data?.id === id ? data : undefined;
  } catch {
    return undefined;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await openRegular(file);
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

async function copyDurably(from: string, to: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const source = await openRegular(from);
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      for await (const chunk of source.createReadStream({ autoClose: false })) {
        const part = chunk as Buffer;
        hash.update(part);
        bytes += part.length;
        await target.writeFile(part);
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The agent may write where OpenClaw writes: a link planted there must not make root read something else. */
async function openRegular(file: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new BootstrapError('FILE_NOT_REGULAR', `${file} must be a regular file, not a link or a device.`);
}
