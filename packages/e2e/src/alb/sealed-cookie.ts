/**
 * Encrypted cookies, cut into shards.
 *
 * Elastic Load Balancing, "Authenticate users using an Application Load Balancer", authentication flow and logout: the
 * session is in the cookie and encrypted, a cookie over 4 KB is cut into at most 4, it is kept by the browser for
 * 7 days whatever the session timeout (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html)
 */
import { EncryptJWT, errors, type JWTPayload, jwtDecrypt } from 'jose';

const maxShards = 4;
const shardLength = 3900;
const cookieLifetime = 7 * 24 * 60 * 60 * 1000;

export type Opened<T> =
  { readonly kind: 'valid'; readonly value: T } | { readonly kind: 'expired' } | { readonly kind: 'invalid' };

/** Encrypts and authenticates what a browser keeps for the load balancer. What is sealed for one use opens for no other. */
export class Seal {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** `expires` is in seconds since the epoch. */
  seal(use: string, value: object, expires: number): Promise<string> {
    return new EncryptJWT({ value } satisfies JWTPayload)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(use)
      .setExpirationTime(expires)
      .encrypt(this.#key);
  }

  async open<T>(use: string, sealed: string): Promise<Opened<T>> {
    try {
      const { payload } = await jwtDecrypt<{ value: T }>(sealed, this.#key, { audience: use });
      return { kind: 'valid', value: payload.value };
    } catch (error) {
      return { kind: error instanceof errors.JWTExpired ? 'expired' : 'invalid' };
    }
  }
}

export type Cookies = ReadonlyMap<string, string>;

export function parseCookies(header: string | undefined): Cookies {
  const pairs = (header ?? '').split(';').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
  });
  // The first of several cookies with one name is the one with the most specific path.
  return new Map(pairs.toReversed());
}

/** The value that was cut into the cookies `name-0`, `name-1` and so on. */
export function joinShards(cookies: Cookies, name: string): string | undefined {
  const shards: string[] = [];
  for (const shard of shardNames(name)) {
    const value = cookies.get(shard);
    if (value === undefined) break;
    shards.push(value);
  }
  return shards.length === 0 ? undefined : shards.join('');
}

/** The Set-Cookie headers for a value, which also remove shards of a longer one that the browser still has. */
export function setShards(name: string, value: string, sent: Cookies): string[] {
  return shardNames(name).flatMap((shard, index) => {
    const part = value.slice(index * shardLength, (index + 1) * shardLength);
    if (part !== '') return [setCookie(shard, part, cookieLifetime)];
    return sent.has(shard) ? [setCookie(shard, '', 0)] : [];
  });
}

export function shardNames(name: string): string[] {
  return Array.from({ length: maxShards }, (_, index) => `${name}-${index}`);
}

/** `lifetime` is in milliseconds. */
export function setCookie(name: string, value: string, lifetime: number): string {
  const expires = lifetime === 0 ? new Date(0) : new Date(Date.now() + lifetime);
  return `${name}=${value}; Expires=${expires.toUTCString()}; Path=/; Secure; HttpOnly; SameSite=None`;
}
