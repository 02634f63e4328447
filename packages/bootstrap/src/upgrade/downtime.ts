import type { Host } from '../host/host.ts';
import { askReady } from '../openclaw/ready-answer.ts';

const pollMilliseconds = 50;

/**
 * Looks at a gateway while it is exchanged for another one: from the last answer of the old one to the first of the new
 * one, as a load balancer sees it; and, if it has to come back, to the first of the old one again.
 */
export class Downtime {
  readonly #host: Host;
  readonly #port: number;
  #ended = new AbortController();
  #lastAnswer: number | undefined;
  #back: number | undefined;
  #looking: Promise<void> | undefined;

  /** @param port of the gateway */
  constructor(host: Host, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Before the old one is told to stop. */
  async start(): Promise<void> {
    if (await this.#isThere()) this.#lastAnswer = this.#host.elapsed();
    this.#look(false);
  }

  /** Once the new one has ended, and before the old one is started again: what counts is the old one's last answer still. */
  resume(): void {
    this.#back = undefined;
    this.#look(true);
  }

  /** Once the one that was started is ready. @returns milliseconds; undefined if nobody answered before, or since */
  async end(): Promise<number | undefined> {
    this.#ended.abort();
    await this.#looking;
    if (this.#lastAnswer === undefined || this.#back === undefined) return undefined;
    return Math.round(this.#back - this.#lastAnswer);
  }

  #look(isAway: boolean): void {
    this.#ended = new AbortController();
    this.#looking = this.#watch(isAway, this.#ended.signal);
  }

  async #isThere(): Promise<boolean> {
    return (await askReady(this.#host, this.#port)).status === 200;
  }

  async #watch(isAway: boolean, ended: AbortSignal): Promise<void> {
    let wasAway = isAway;
    while (!ended.aborted) {
      const isThere = await this.#isThere();
      if (!isThere) wasAway = true;
      else if (wasAway) this.#back ??= this.#host.elapsed();
      else this.#lastAnswer = this.#host.elapsed();
      await this.#host.sleep(pollMilliseconds, ended).catch(() => {});
    }
    // It may have come between the last look and the end.
    if (wasAway && this.#back === undefined) this.#back = this.#host.elapsed();
  }
}
