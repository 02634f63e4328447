const leastMilliseconds = 2000;
/** Whatever holds for so long is no repetition of what went wrong before. */
const lastingMilliseconds = 60_000;

/** What costs much is not tried four times a second: after each failure it waits twice as long, up to a minute. */
export class Retry {
  #failures = 0;
  #triedAt = -Infinity;
  #succeededAt: number | undefined;

  get isDue(): boolean {
    const wait = this.#failures === 0 ? 0 : leastMilliseconds * 2 ** Math.min(this.#failures - 1, 5);
    return performance.now() - this.#triedAt >= wait;
  }

  begin(): void {
    this.#triedAt = performance.now();
  }

  succeed(): void {
    this.#succeededAt = performance.now();
  }

  /** Also of what had succeeded, and did not last. */
  fail(): void {
    const hasLasted =
      this.#succeededAt !== undefined && performance.now() - this.#succeededAt > lastingMilliseconds;
    this.#failures = hasLasted ? 1 : this.#failures + 1;
    this.#succeededAt = undefined;
  }
}
