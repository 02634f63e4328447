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
  const tar = startTar(['-xf', '-', '-C', directory, '--no-same-owner']);
  const hash = createHash('sha256');
  await Promise.all([
    pipeline(
      createReadStream(file),
      hashing(hash),
      createZstdDecompress(),
      (content: AsyncIterable<Buffer>) => feed(tar.stdin, content),
    ),
    tar.ended,
  ]);
  return hash.digest('hex');
}

/** tar closes its input at the end mark of an archive; what follows is padding, and must be hashed all the same. */
async function feed(input: Writable, content: AsyncIterable<Buffer>): Promise<void> {
  input.on('error', () => {});
  for await (const chunk of content) {
    if (input.destroyed || input.write(chunk)) continue;
    await Promise.race([once(input, 'drain'), once(input, 'close')]).catch(() => {});
  }
  input.end();
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
