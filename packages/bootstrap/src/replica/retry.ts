import { Hole } from './track.ts';

const leastMilliseconds = 2000;
/** Whatever holds for so long is no repetition of what went wrong before. */
const lastingMilliseconds = 60_000;

/** A copy costs much, and is not tried four times a second: after each failure it waits twice as long, up to a minute. */
export class Retry {
  #failures = 0;
  #begunAt = -Infinity;
  #succeededAt: number | undefined;

  get isDue(): boolean {
    const wait = this.#failures === 0 ? 0 : leastMilliseconds * 2 ** Math.min(this.#failures - 1, 5);
    return performance.now() - this.#begunAt >= wait;
  }

  /** @throws Hole; Error that says that no copy could be made */
  begin<T>(action: () => Promise<T>): Promise<T> {
    this.#begunAt = performance.now();
    return this.goOn(action);
  }

  /** @throws as {@link Retry.begin} */
  async goOn<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof Hole) throw error;
      this.fail();
      // What is followed meanwhile is none the worse for it: no code of such an error is one of that.
      throw new Error(`no new copy could be made: ${(error as Error).message}`, { cause: error });
    }
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
