import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';

/** Packs a directory into a .tar.zst file and makes it durable. @returns its SHA-256, in hex */
export async function pack(directory: string, file: string): Promise<string> {
  const tar = startTar(['-cf', '-', '-C', directory, '.']);
  const hash = createHash('sha256');
  await Promise.all([
    pipeline(
      tar.stdout,
      createZstdCompress(),
      hashing(hash),
      createWriteStream(file, { flags: 'wx', mode: 0o644 }),
    ),
    tar.ended,
  ]);
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
 */
export async function unpack(file: string, directory: string): Promise<string> {
  // Without --ignore-zeros tar closes its input at the end mark, before the padding: what reads the file would fail.
  const tar = startTar(['-xf', '-', '-C', directory, '--no-same-owner', '--ignore-zeros']);
  const hash = createHash('sha256');
  const read = pipeline(createReadStream(file), hashing(hash), createZstdDecompress(), tar.stdin);
  const [reading, ending] = await Promise.allSettled([read, tar.ended]);
  // A tar that fails closes its input, too: its own words say more.
  if (reading.status === 'rejected' && isBroken(reading.reason) && ending.status === 'rejected')
    throw ending.reason;
  if (reading.status === 'rejected') throw reading.reason;
  if (ending.status === 'rejected') throw ending.reason;
  return hash.digest('hex');
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}

function hashing(hash: ReturnType<typeof createHash>): PassThrough {
  return new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk));
}

function startTar(args: string[]): { stdin: Writable; stdout: Readable; ended: Promise<void> } {
  const child = spawn('tar', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-1000)));
  const end = async (): Promise<void> => {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`tar ended with code ${String(code)}: ${said.trim()}`);
  };
  return { stdin: child.stdin, stdout: child.stdout, ended: end() };
}
