import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PluginError } from '../errors.ts';
import { kickedDirectory, peopleFile, peopleSchema, type People, type Person } from './people-file.ts';

/** Who is in, as the two writers last said it. */
export interface Roll {
  /** Milliseconds of the epoch. */
  readonly checkedAt: number;
  readonly people: ReadonlyMap<string, Person>;
  readonly kicked: ReadonlySet<string>;
}

/**
 * Reads the people of a pod again only when the file was replaced. Synchronous, as OpenClaw asks: a few hundred people are
 * a fraction of a millisecond, and nobody is asked over a network.
 */
export class RollReader {
  readonly #directory: string;
  #seen = '';
  #read: People | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws PluginError `PEOPLE_UNREADABLE` */
  read(): Roll {
    const file = join(this.#directory, peopleFile);
    try {
      // Each is a new file: whoever writes it renames.
      const { ino, mtimeMs, size } = statSync(file);
      const seen = [ino, mtimeMs, size].join(' ');
      if (seen !== this.#seen || this.#read === undefined) {
        this.#read = peopleSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
        this.#seen = seen;
      }
      const { checkedAt, people } = this.#read;
      return {
        checkedAt,
        people: new Map(people.map((person) => [person.sub, person])),
        kicked: new Set(kickedIn(join(this.#directory, kickedDirectory))),
      };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PluginError('PEOPLE_UNREADABLE', `${file}: ${why.split('\n')[0]}`, { cause: error });
    }
  }
}

function kickedIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
