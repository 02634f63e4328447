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
/** Sessions that a request is given credit for; each costs a decryption. */
const maxTries = 16;
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

  /**
   * The one value that opens among several. Two that differ are none: who asks must not become whoever put the other one
   * there.
   */
  async openOnly<T>(use: string, sealed: readonly string[]): Promise<Opened<T>> {
    const opened = await Promise.all([...new Set(sealed)].map((each) => this.open<T>(use, each)));
    const valid = opened.filter(({ kind }) => kind === 'valid');
    if (valid.length > 1) return { kind: 'invalid' };
    return valid[0] ?? opened.find(({ kind }) => kind === 'expired') ?? { kind: 'invalid' };
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

/** The values of each cookie. A browser sends several when somebody else set one for the name or a path as well. */
export type Cookies = ReadonlyMap<string, readonly string[]>;

export function parseCookies(header: string | undefined): Cookies {
  const cookies = new Map<string, string[]>();
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    const name = pair.slice(0, at).trim();
    cookies.set(name, [...(cookies.get(name) ?? []), pair.slice(at + 1).trim()]);
  }
  return cookies;
}

/**
 * What the cookies `name-0`, `name-1` and so on can be put together to. The first one says how many there are, so that
 * one that somebody planted behind the last spoils nothing; of those that somebody planted beside, each is tried.
 */
export function joinShards(cookies: Cookies, name: string): string[] {
  const names = shardNames(name);
  return (cookies.get(names[0] ?? '') ?? [])
    .flatMap((first) => {
      const [, count = '0', begin = ''] = /^([1-4])\.(.*)$/.exec(first) ?? [];
      return names
        .slice(1, Number(count))
        .reduce<readonly string[]>(
          (begun, shard) =>
            begun
              .flatMap((before) => (cookies.get(shard) ?? []).map((part) => before + part))
              .slice(0, maxTries),
          count === '0' ? [] : [begin],
        );
    })
    .slice(0, maxTries);
}

/** The Set-Cookie headers for a value, which also remove shards of a longer one that the browser still has. */
export function setShards(name: string, value: string, sent: Cookies): string[] {
  const count = Math.ceil(value.length / shardLength);
  return shardNames(name).flatMap((shard, index) => {
    const part = value.slice(index * shardLength, (index + 1) * shardLength);
    if (part !== '') return [setCookie(shard, index === 0 ? `${count}.${part}` : part, cookieLifetime)];
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
