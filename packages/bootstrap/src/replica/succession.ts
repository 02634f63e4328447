import { beginGeneration } from './generation.ts';
import type { LocalDatabase } from './local-database.ts';
import type { Retry } from './retry.ts';
import { Successor } from './successor.ts';
import type { Track } from './track.ts';

/** The generation that is in the making, if one is. */
export class Succession {
  readonly #folder: string;
  readonly #retry: Retry;
  #successor: Successor | undefined;

  constructor(folder: string, retry: Retry) {
    this.#folder = folder;
    this.#retry = retry;
  }

  get isUnderWay(): boolean {
    return this.#successor !== undefined;
  }

  /** What follows the database for it. */
  get track(): Track | undefined {
    return this.#successor?.track;
  }

  /**
   * Begins one, or goes on with it for about so long. What fails is taken away.
   * @returns what follows the database from now on, once it is complete
   * @throws as {@link Retry.begin}
   */
  async advance(database: LocalDatabase, milliseconds: number): Promise<Track | undefined> {
    try {
      const successor = await (this.#successor === undefined
        ? this.#retry.begin(() => this.#begin(database))
        : this.#successor);
      if (!(await this.#retry.goOn(() => successor.advance(milliseconds)))) return undefined;
      this.#successor = undefined;
      this.#retry.succeed();
      return successor.track;
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  async abandon(): Promise<void> {
    const successor = this.#successor;
    this.#successor = undefined;
    await successor?.abandon();
  }

  async #begin(database: LocalDatabase): Promise<Successor> {
    this.#successor = new Successor(database, await beginGeneration(this.#folder, Date.now()));
    return this.#successor;
  }
}
