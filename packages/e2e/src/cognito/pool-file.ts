import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';

import { StandInError } from '../errors.ts';

const User = z.object({
  username: z.string(),
  sub: z.uuid(),
  email: z.string(),
  groups: z.array(z.string()),
  /** Empty for somebody whom a provider of others signs in. */
  passwordHash: z.string(),
  /** Of a provider of others, by names of the pool; what stands above is not repeated. */
  federated: z
    .object({ provider: z.string(), subject: z.string(), attributes: z.record(z.string(), z.string()) })
    .optional(),
  /** Of an invitation: until when its password is taken, in milliseconds since the epoch. */
  temporaryUntil: z.number().optional(),
  authenticator: z.object({ secret: z.string(), lastStep: z.number().optional() }).optional(),
  enabled: z.boolean().default(true),
});
export type StoredUser = z.output<typeof User>;

const PoolFile = z.object({
  users: z.array(User),
  /** Client secrets by client id. */
  secrets: z.record(z.string(), z.string()),
  /** The private key that signs tokens. */
  key: z.looseObject({ kid: z.string(), alg: z.literal('RS256') }),
});
export type StoredPool = z.output<typeof PoolFile>;

/** What a user pool keeps: its users, the secrets of its clients and its key, in one file for its owner's eyes. */
export class PoolStore {
  readonly #path: string;
  #pool: StoredPool;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, pool: StoredPool) {
    this.#path = path;
    this.#pool = pool;
  }

  /** Throws `USER_POOL_UNREADABLE`. */
  static async open(dir: string): Promise<PoolStore> {
    const path = join(dir, 'user-pool.json');
    await mkdir(dir, { recursive: true });
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw unreadable(path, error);
    });
    if (text !== undefined) return new PoolStore(path, parse(path, text));
    const store = new PoolStore(path, { users: [], secrets: {}, key: await makeKey() });
    await store.#save();
    return store;
  }

  get pool(): StoredPool {
    return this.#pool;
  }

  async update(change: (pool: StoredPool) => StoredPool): Promise<void> {
    this.#pool = change(this.#pool);
    await this.#save();
  }

  #save(): Promise<void> {
    const text = `${JSON.stringify(this.#pool, null, 2)}\n`;
    // One after the other: a later state must not be overwritten by an earlier one.
    const write = async () => {
      const temporary = `${this.#path}.${process.pid}`;
      await writeFile(temporary, text, { mode: 0o600 });
      await rename(temporary, this.#path);
    };
    this.#saving = this.#saving.then(write, write);
    return this.#saving;
  }
}

export function makeSecret(): string {
  return randomBytes(32).toString('hex');
}

function parse(path: string, text: string): StoredPool {
  try {
    return PoolFile.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): StandInError {
  return new StandInError(
    'USER_POOL_UNREADABLE',
    `The users of the user pool cannot be read from ${path}. Repair the file, or remove it to start without users.`,
    { cause },
  );
}

async function makeKey(): Promise<StoredPool['key']> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    ...(await exportJWK(privateKey)),
    kid: randomBytes(16).toString('base64url'),
    alg: 'RS256',
    use: 'sig',
  };
}
