import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname } from 'node:path';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import * as z from 'zod';

/** As the load balancer passes it on, from the token endpoint of the user pool, anew at each refresh. */
const accessTokenHeader = 'x-amzn-oidc-accesstoken';

/** No login of a pod lasts longer: `login.sessionHours` is 168 at most. */
const keptMilliseconds = 168 * 3_600_000;

const stored = z.record(z.string(), z.number());

/**
 * Logins that were signed out of. The load balancer believes the cookie of such a one, wherever somebody has it from, until it next
 * asks for tokens; a login is known by `origin_jti` of its access token, which stays the same with each refresh.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export class SignedOut {
  readonly #file: string | undefined;
  readonly #tell: (message: string) => void;
  /** Until when each is remembered, in milliseconds of the epoch. */
  readonly #until = new Map<string, number>();
  readonly #listeners = new Set<(login: string) => void>();
  #writing: Promise<void> = Promise.resolve();

  /** @param file remembers them beyond a restart of the gateway. Default: nothing does */
  constructor(file: string | undefined, tell: (message: string) => void) {
    this.#file = file;
    this.#tell = tell;
  }

  /** Remembers what an earlier process knew, before anybody is judged. */
  start(): void {
    const known = stored.safeParse(this.#read()).data ?? {};
    for (const [login, until] of Object.entries(known)) {
      if (until > Date.now()) this.#until.set(login, until);
    }
  }

  #read(): unknown {
    try {
      return this.#file === undefined ? undefined : JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch {
      return undefined;
    }
  }

  has(headers: IncomingHttpHeaders): boolean {
    const login = loginOf(headers);
    return login !== undefined && this.#until.has(login);
  }

  /** Ends the login that this request is of. What cannot be told from others is left to the load balancer. */
  add(headers: IncomingHttpHeaders): void {
    const login = loginOf(headers);
    if (login === undefined || this.#until.has(login)) return;
    const now = Date.now();
    for (const [other, until] of this.#until) if (until <= now) this.#until.delete(other);
    this.#until.set(login, now + keptMilliseconds);
    for (const listener of this.#listeners) listener(login);
    this.#writing = this.#writing.then(() => this.#write());
  }

  /** Told of each login that ends. */
  onEnd(listener: (login: string) => void): void {
    this.#listeners.add(listener);
  }

  /** Settles when what was added is on disk, or could not be written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(this.#until)), { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (error) {
      this.#tell(`SIGN_OUT_NOT_KEPT: a restart of the gateway forgets who signed out: ${String(error)}`);
    }
  }
}

/** Not verified: it stands beside what is, and only takes away. */
export function loginOf(headers: IncomingHttpHeaders): string | undefined {
  const token = headers[accessTokenHeader];
  if (typeof token !== 'string') return undefined;
  try {
    const login = decomposeUnverifiedJwt(token).payload['origin_jti'];
    return typeof login === 'string' && login !== '' ? login : undefined;
  } catch {
    return undefined;
  }
}
