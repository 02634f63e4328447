import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { explain } from '../aws/explain.ts';
import { outlookOfCall } from '../aws/outlook.ts';
import { oneTry, patiently, type Patience } from '../aws/patience.ts';
import { diskError } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { temporaryOf } from '../temporary/name.ts';
import { parseManifest, type BackupFolder } from './folder.ts';
import { backupId, type BackupManifest } from './manifest.ts';

/**
 * What is larger goes in parts, so that what is interrupted costs one of them. Two are in memory at a time.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
const partBytes = 32 * 1024 ** 2;
const mostParts = 10_000;
const partsAtATime = 2;

/**
 * The backups in S3: `<prefix><id>.tar.gz`, and `<prefix><id>.json` that says what it is. The bucket is for secrets: `.env`
 * files are in the archives. Nothing is ever deleted from here; the bucket's own rules do that.
 */
export class BackupBucket {
  readonly #name: string;
  readonly #prefix: string;
  readonly #key: string | undefined;
  readonly #region: string;
  readonly #patience: Patience;

  /**
   * @param patience its `trySeconds` are those without a byte in either direction. Default: 60
   * @returns undefined for a pod without a bucket
   */
  static of({ backups, region }: PodSpec, patience: Patience = oneTry): BackupBucket | undefined {
    if (backups?.bucket === undefined) return undefined;
    return new BackupBucket({ ...backups, bucket: backups.bucket, region }, patience);
  }

  private constructor(
    options: { bucket: string; prefix: string; kmsKey?: string | undefined; region: string },
    patience: Patience,
  ) {
    this.#name = options.bucket;
    this.#prefix = options.prefix;
    this.#key = options.kmsKey;
    this.#region = options.region;
    this.#patience = patience;
  }

  /** As in `s3://bucket/prefix/`. */
  get url(): string {
    return `s3://${this.#name}/${this.#prefix}`;
  }

  /**
   * Stores an archive and then its manifest: without it an archive does not count. S3 checks both by their SHA-256, of each
   * part where there are many (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html).
   * @throws BootstrapError `BACKUP_NOT_STORED`, `BACKUP_CORRUPT`
   */
  async store(folder: BackupFolder, manifest: BackupManifest): Promise<void> {
    const { id, bytes, sha256 } = manifest;
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    await this.#ask('BACKUP_NOT_STORED', 's3:PutObject', async (client, signal) => {
      const name = `${id}.tar.gz`;
      const archive = folder.archiveOf(id);
      if (bytes > partBytes) {
        await this.#putParts(client, name, checked(archive, name, sha256), bytes, signal);
      } else {
        // The SDK listens to no error of a stream: one that cannot be read any more would end the process.
        const Body = await readFile(archive);
        mustBe(name, createHash('sha256').update(Body).digest('hex'), sha256);
        await this.#put(client, name, { Body, length: bytes, digest: sha256 }, signal);
      }
      const digest = createHash('sha256').update(text).digest('hex');
      await this.#put(client, `${id}.json`, { Body: text, length: Buffer.byteLength(text), digest }, signal);
    });
  }

  async #put(
    client: S3Client,
    name: string,
    content: { Body: Uint8Array | string; length: number; digest: string },
    abortSignal: AbortSignal,
  ): Promise<void> {
    const { PutObjectCommand } = await sdk();
    const { Body, length, digest } = content;
    const ChecksumSHA256 = Buffer.from(digest, 'hex').toString('base64');
    await client.send(
      new PutObjectCommand({ ...this.#object(name), Body, ContentLength: length, ChecksumSHA256 }),
      { abortSignal },
    );
  }

  /** What is cut short leaves its parts: the role may delete nothing, and a rule of the bucket removes them. */
  async #putParts(
    client: S3Client,
    name: string,
    Body: Readable,
    bytes: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const upload = new Upload({
      client,
      params: { ...this.#object(name), Body, ContentLength: bytes, ChecksumAlgorithm: 'SHA256' },
      partSize: Math.max(partBytes, Math.ceil(bytes / mostParts)),
      queueSize: partsAtATime,
      leavePartsOnError: true,
    });
    const abort = (): void => void upload.abort();
    signal.addEventListener('abort', abort);
    try {
      await upload.done();
    } finally {
      signal.removeEventListener('abort', abort);
      Body.destroy();
    }
  }

  /** Where something goes, and how it is encrypted. */
  #object(name: string): Pick<PutObjectCommandInput, 'Bucket' | 'Key'> {
    return {
      Bucket: this.#name,
      Key: `${this.#prefix}${name}`,
      ...(this.#key === undefined
        ? {}
        : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: this.#key, BucketKeyEnabled: true }),
    };
  }

  /**
   * Those that are not in `known`, oldest first.
   * @throws BootstrapError `BACKUP_BUCKET_UNREADABLE`
   */
  async list(known: ReadonlySet<string> = new Set()): Promise<BackupManifest[]> {
    return this.#ask(
      'BACKUP_BUCKET_UNREADABLE',
      's3:ListBucket and s3:GetObject',
      async (client, abortSignal) => {
        const { GetObjectCommand, paginateListObjectsV2 } = await sdk();
        const found: BackupManifest[] = [];
        const pages = paginateListObjectsV2({ client }, { Bucket: this.#name, Prefix: this.#prefix });
        for await (const { Contents = [] } of pages) {
          abortSignal.throwIfAborted();
          for (const { Key = '' } of Contents) {
            const id = Key.slice(this.#prefix.length).replace(/\.json$/, '');
            if (!Key.endsWith('.json') || !backupId.test(id) || known.has(id)) continue;
            const { Body } = await client.send(new GetObjectCommand({ Bucket: this.#name, Key }), {
              abortSignal,
            });
            const manifest = parseManifest(await Body?.transformToString(), id);
            if (manifest) found.push(manifest);
          }
        }
        return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      },
    );
  }

  /**
   * Brings an archive into the folder, whole and checked, or not at all.
   * @throws BootstrapError `BACKUP_BUCKET_UNREADABLE`, `BACKUP_CORRUPT`, `DISK_FULL`
   */
  async fetch(folder: BackupFolder, manifest: BackupManifest): Promise<void> {
    await folder.make();
    const temporary = temporaryOf(join(folder.directory, 'archive'));
    try {
      const digest = await this.#ask('BACKUP_BUCKET_UNREADABLE', 's3:GetObject', (client, signal) =>
        this.#download(client, manifest, temporary, signal),
      );
      if (digest !== manifest.sha256) {
        throw new BootstrapError(
          'BACKUP_CORRUPT',
          `${this.url}${manifest.id}.tar.gz has the SHA-256 ${digest}, not ${manifest.sha256}.`,
        );
      }
      await rename(temporary, folder.archiveOf(manifest.id));
      await folder.describe(manifest);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** @throws BootstrapError `BACKUP_CORRUPT` for one that is longer than it should be: it must not fill the disk */
  async #download(
    client: S3Client,
    { id, bytes }: BackupManifest,
    file: string,
    abortSignal: AbortSignal,
  ): Promise<string> {
    const { GetObjectCommand } = await sdk();
    const name = `${id}.tar.gz`;
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: this.#name, Key: `${this.#prefix}${name}` }),
      { abortSignal },
    );
    const hash = createHash('sha256');
    const handle = await open(file, 'w', 0o600);
    try {
      let length = 0;
      for await (const chunk of Body as Readable) {
        length += (chunk as Buffer).length;
        if (length > bytes) {
          throw new BootstrapError('BACKUP_CORRUPT', `${this.url}${name} has more than its ${bytes} bytes.`);
        }
        hash.update(chunk as Buffer);
        await handle.writeFile(chunk as Buffer);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return hash.digest('hex');
  }

  async #ask<T>(
    code: 'BACKUP_NOT_STORED' | 'BACKUP_BUCKET_UNREADABLE',
    permission: string,
    action: (client: S3Client, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      const patience = { ...this.#patience, trySeconds: transferSeconds };
      return await patiently(patience, outlookOfCall, async (signal) => {
        const silence = (this.#patience.trySeconds ?? silenceSeconds) * 1000;
        const client = new (await sdk()).S3Client({
          region: this.#region,
          logger: silent,
          requestHandler: { connectionTimeout: silence, socketTimeout: silence },
        });
        const letGo = (): void => client.destroy();
        signal.addEventListener('abort', letGo);
        try {
          return await action(client, signal);
        } finally {
          signal.removeEventListener('abort', letGo);
          client.destroy();
        }
      });
    } catch (error) {
      if (error instanceof BootstrapError) throw error;
      // Of this machine: the bucket has nothing to do with it.
      const full = diskError(error);
      if (full) throw full;
      throw new BootstrapError(
        code,
        `${this.url}: ${explain(error)}. The role needs ${permission} there, and the key must be enabled and let it ` +
          `${code === 'BACKUP_NOT_STORED' ? 'encrypt' : 'decrypt'}.`,
        { cause: error },
      );
    }
  }
}

/** Ends with an error in place of its last word when it was not what it should be: then nothing is made of the parts. */
function checked(archive: string, name: string, sha256: string): Readable {
  const hash = createHash('sha256');
  return Readable.from(
    (async function* () {
      // Opened when it is read: before, nobody would hear that it cannot be.
      for await (const chunk of createReadStream(archive)) {
        hash.update(chunk as Buffer);
        yield chunk as Buffer;
      }
      mustBe(name, hash.digest('hex'), sha256);
    })(),
    { objectMode: false },
  );
}

function mustBe(name: string, digest: string, sha256: string): void {
  if (digest === sha256) return;
  throw new BootstrapError('BACKUP_CORRUPT', `${name} has the SHA-256 ${digest}, not ${sha256}.`);
}

/** An archive of many gigabytes over a slow way, as long as it goes on. */
const transferSeconds = 3600;

/** By default the SDK waits for ever for a server that says nothing. */
const silenceSeconds = 60;

/** Without one the SDK writes to stderr that it cannot repeat a stream, which is asked again as a whole. */
const silent = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** It is large, and most runs of the bootstrap upload nothing. */
function sdk(): Promise<typeof import('@aws-sdk/client-s3')> {
  return import('@aws-sdk/client-s3');
}
