import { Copy } from './copy.ts';
import { removeGeneration, writeCompletion, type Completion, type Generation } from './generation.ts';
import type { LocalDatabase } from './local-database.ts';
import { Track } from './track.ts';

/** A generation in the making. From its begin to its end the pin of the database stays where it is. */
export class Successor {
  readonly track: Track;
  readonly #database: LocalDatabase;
  readonly #copy: Copy;
  #copied: Completion['database'] | undefined;

  /** @throws as {@link LocalDatabase.look} */
  constructor(database: LocalDatabase, generation: Generation) {
    this.#database = database;
    // Before the first byte is copied: what is written from here on is read.
    this.track = new Track(generation, database.look());
    this.#copy = new Copy(database.source, generation);
  }

  /**
   * Goes on for about so long. What has failed does not go on.
   * @returns whether it is complete
   * @throws Hole; BootstrapError; the system's own error
   */
  async advance(milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    this.#copied ??= await this.#copy.advance(milliseconds);
    if (this.#copied === undefined) return false;
    for (;;) {
      const look = this.#database.look();
      this.track.read(this.#database.source, look);
      const { reach } = this.track;
      await this.track.ship();
      if (this.track.hasRead(look)) {
        const at = new Date(look.at).toISOString();
        await writeCompletion(this.track.generation.directory, { at, database: this.#copied, wal: reach });
        return true;
      }
      if (performance.now() > until) return false;
    }
  }

  /** Takes away what there is of it, as far as that can be. */
  async abandon(): Promise<void> {
    await this.#copy.close().catch(() => {});
    await this.track.close();
    await removeGeneration(this.track.generation).catch(() => {});
  }
}
