import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { BootstrapError } from '../errors.ts';

/**
 * Opens a regular file and nothing else: a link may lead anywhere, and a pipe never answers.
 * @throws BootstrapError `REPLICA_DAMAGED`; the system's own error, as ENOENT
 */
export async function openPlain(path: string, flags: number = constants.O_RDONLY): Promise<FileHandle> {
  const handle = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ELOOP' ? notPlain(path, error) : error;
    },
  );
  const stat = await handle.stat();
  if (stat.isFile()) return handle;
  await handle.close();
  throw notPlain(path);
}

function notPlain(path: string, cause?: unknown): BootstrapError {
  return new BootstrapError(
    'REPLICA_DAMAGED',
    `${path} is no regular file: Clawharbor has not written it. Look who can write there.`,
    { cause },
  );
}

/** The whole of a small file. @throws as {@link openPlain}; BootstrapError `REPLICA_DAMAGED` where it is too large */
export async function readPlain(path: string, atMostBytes: number): Promise<string> {
  const handle = await openPlain(path);
  try {
    const { size } = await handle.stat();
    if (size > atMostBytes)
      throw new BootstrapError('REPLICA_DAMAGED', `${path} has ${size} bytes, more than any such file has.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** As many bytes as there are from a place on, at most so many. */
export async function readAt(handle: FileHandle, position: number, atMostBytes: number): Promise<Uint8Array> {
  // Of its own, so that it is aligned to words.
  const bytes = new Uint8Array(atMostBytes);
  let length = 0;
  while (length < atMostBytes) {
    const { bytesRead } = await handle.read(bytes, length, atMostBytes - length, position + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** All of the bytes at a place: one call of the system may take only a part. */
export async function writeAt(handle: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** For `catch`: what is not there is undefined. */
export function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

/** For `catch`: what is not as it was written is undefined; what the system says is not about it. */
export function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof BootstrapError)) throw error;
}
