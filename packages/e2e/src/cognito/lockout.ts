/**
 * Amazon Cognito Developer Guide, "Authentication with Amazon Cognito user pools", lockout behavior for failed sign-in
 * attempts: after five failed attempts one second, then twice as long after each further one, at most about 15 minutes;
 * attempts during a lockout do not prolong it; a successful sign-in or 15 minutes without an attempt begin anew
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html)
 */
const free = 5;
const longest = 15 * 60 * 1000;

interface Failures {
  readonly count: number;
  /** The last attempt, in milliseconds since the epoch. */
  readonly lastAttempt: number;
  readonly lockedUntil: number;
}

/** Counts failed sign-ins by user name, whether the user exists or not. */
export class Lockout {
  readonly #failures = new Map<string, Failures>();

  isLocked(username: string, now = Date.now()): boolean {
    const failures = this.#current(username, now);
    if (!failures) return false;
    this.#failures.set(username, { ...failures, lastAttempt: now });
    return now < failures.lockedUntil;
  }

  failed(username: string, now = Date.now()): void {
    const count = (this.#current(username, now)?.count ?? 0) + 1;
    const lock = count < free ? 0 : Math.min(2 ** (count - free) * 1000, longest);
    this.#failures.set(username, { count, lastAttempt: now, lockedUntil: now + lock });
  }

  succeeded(username: string): void {
    this.#failures.delete(username);
  }

  #current(username: string, now: number): Failures | undefined {
    for (const [name, { lastAttempt, lockedUntil }] of this.#failures) {
      if (now - Math.max(lastAttempt, lockedUntil) >= longest) this.#failures.delete(name);
    }
    return this.#failures.get(username);
  }
}
