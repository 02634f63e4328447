import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { diskErrorIn } from '../disk-error.ts';
import { BootstrapError } from '../errors.ts';

/**
 * Packs a directory into a .tar.zst file and makes it durable.
 * @returns its SHA-256, in hex
 * @throws the signal's reason; BootstrapError `COMMAND_FAILED` when somebody else ended tar, `DISK_FULL`, `DISK_READ_ONLY`
 */
export async function pack(directory: string, file: string, signal?: AbortSignal): Promise<string> {
  const tar = startTar(['-cf', '-', '-C', directory, '.'], signal);
  const hash = createHash('sha256');
  const write = pipeline(
    tar.stdout,
    zlib.createZstdCompress(),
    hashing(hash),
    createWriteStream(file, { flags: 'wx', mode: 0o644 }),
  );
  // Both, or the file may come to be after whoever wanted it has removed it.
  const [writing, ending] = await Promise.allSettled([write, tar.ended]);
  signal?.throwIfAborted();
  if (writing.status === 'rejected') throw writing.reason;
  if (ending.status === 'rejected') throw ending.reason;
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/**
 * Unpacks a .tar.zst file into a directory.
 * @returns the SHA-256 of what was read, in hex: trust the directory only if it is the expected one
 * @throws as {@link pack} does: then nothing is known of the file
 */
export async function unpack(file: string, directory: string, signal?: AbortSignal): Promise<string> {
  // Without --ignore-zeros tar closes its input at the end mark, before the padding: what reads the file would fail.
  const tar = startTar(['-xf', '-', '-C', directory, '--no-same-owner', '--ignore-zeros'], signal);
  const hash = createHash('sha256');
  const read = pipeline(createReadStream(file), hashing(hash), zlib.createZstdDecompress(), tar.stdin);
  const [reading, ending] = await Promise.allSettled([read, tar.ended]);
  signal?.throwIfAborted();
  // A tar that fails closes its input, too: its own words say more.
  if (reading.status === 'rejected' && isBroken(reading.reason) && ending.status === 'rejected')
    throw ending.reason;
  if (reading.status === 'rejected') throw reading.reason;
  if (ending.status === 'rejected') throw ending.reason;
  return hash.digest('hex');
}

/**
 * Copies a file to one that is not there yet.
 * @param isDurable waits until the disk has it. Default: false
 * @returns its SHA-256, in hex
 * @throws the signal's reason
 */
export async function copyFile(
  file: string,
  to: string,
  { signal, isDurable = false }: { readonly signal?: AbortSignal | undefined; readonly isDurable?: boolean },
): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(
    createReadStream(file, { highWaterMark: copied }),
    hashing(hash),
    createWriteStream(to, { flags: 'wx', mode: 0o644, flush: isDurable }),
    signal ? { signal } : {},
  );
  return hash.digest('hex');
}

/** @returns SHA-256 of a file, in hex */
export async function checksumOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: copied }), hash, { signal });
  return hash.digest('hex');
}

/** Bytes that are read at once: a file server answers each question in milliseconds. */
const copied = 1024 * 1024;

function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}

function hashing(hash: ReturnType<typeof createHash>): PassThrough {
  return new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk));
}

function startTar(
  args: string[],
  signal: AbortSignal | undefined,
): { stdin: Writable; stdout: Readable; ended: Promise<void> } {
  const child = spawn('tar', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    // What it says is read.
    env: { ...process.env, LC_ALL: 'C' },
    ...(signal ? { signal } : {}),
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-1000)));
  const end = async (): Promise<void> => {
    const [code, endedBy] = await once(child, 'close');
    if (endedBy !== null) throw new BootstrapError('COMMAND_FAILED', `tar was ended by ${String(endedBy)}.`);
    if (code === 0) return;
    throw diskErrorIn(said, 'tar') ?? new Error(`tar ended with code ${String(code)}: ${said.trim()}`);
  };
  return { stdin: child.stdin, stdout: child.stdout, ended: end() };
}
