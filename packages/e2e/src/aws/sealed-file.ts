import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { StandInError } from '../errors.ts';
import { isErrorCode, stateFile, type StateFile } from './state-file.ts';

const sealedSchema = z.strictObject({ iv: z.string(), tag: z.string(), data: z.string() });

/** Reads the key of a data directory (32 bytes, mode 0600), or makes it. Two processes that make it at once agree. */
export async function keyFile(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true });
  const candidate = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    return checked(path, await readFile(path));
  } catch (error) {
    if (!isErrorCode(error, 'ENOENT')) throw error;
  }
  await writeFile(candidate, randomBytes(32), { mode: 0o600, flag: 'wx' });
  try {
    // Unlike a rename, a link does not replace a key that somebody else just made and used.
    await link(candidate, path);
  } catch (error) {
    if (!isErrorCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(candidate);
  }
  return checked(path, await readFile(path));
}

function checked(path: string, key: Buffer): Buffer {
  if (key.length === 32) return key;
  throw new StandInError(
    'STATE_UNREADABLE',
    `${path}: not a key of 32 bytes. What it sealed is lost without it: restore the file, or remove it and what it sealed.`,
  );
}

/**
 * A {@link stateFile} whose content is encrypted at rest (AES-256-GCM).
 * @param purpose bound into the seal, so that one sealed file cannot take the place of another
 */
export function sealedFile<T>(
  path: string,
  purpose: string,
  key: Buffer,
  parse: (value: unknown) => T,
): StateFile<T> {
  const file = stateFile(path, (value) => sealedSchema.parse(value));
  return {
    async read() {
      const sealed = await file.read();
      if (sealed === undefined) return undefined;
      try {
        return parse(JSON.parse(open(sealed, purpose, key)));
      } catch (cause) {
        const message = `${path}: not sealed with the key of this data directory, or damaged. Restore both, or remove it.`;
        throw new StandInError('STATE_UNREADABLE', message, { cause });
      }
    },
    write: (value) => file.write(seal(JSON.stringify(value), purpose, key)),
  };
}

type Sealed = z.output<typeof sealedSchema>;

function seal(text: string, purpose: string, key: Buffer): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

function open({ iv, tag, data }: Sealed, purpose: string, key: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(Buffer.from(tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
}
