import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  kickedDirectory,
  peopleFile,
  peopleSchema,
  subPattern,
  type People,
  type Person,
} from '@clawharbor/openclaw-plugin/people';
import { writeAtomically } from '../config/atomic-file.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { BootstrapError } from '../errors.ts';
import type { Layout } from '../host/layout.ts';

/**
 * Who is in, where the gateway reads it: in memory, the bootstrap's own, and everybody's to read. Who was put out by hand
 * is remembered with the artifacts besides, so that a replacement keeps them out; the gateway's unit does not see that.
 */
export class PeopleFiles {
  readonly #live: string;
  readonly #durable: string;

  constructor({ people, kicked }: Pick<Layout, 'people' | 'kicked'>) {
    this.#live = people;
    this.#durable = kicked;
  }

  /** Makes the folders, and takes over who was put out on an earlier machine. @returns whether anything was to do */
  async prepare(): Promise<boolean> {
    const live = join(this.#live, kickedDirectory);
    let changed = false;
    for (const [directory, mode] of [
      [this.#live, 0o755],
      [live, 0o755],
      [this.#durable, 0o700],
    ] as const) {
      changed = (await mkdir(directory, { recursive: true })) !== undefined || changed;
      // On EFS an access point decides about the mode.
      await chmod(directory, mode).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPERM') throw error;
      });
    }
    const [known, here] = [await subsIn(this.#durable), new Set(await subsIn(live))];
    for (const sub of known.filter((each) => !here.has(each))) {
      await writeAtomically(join(live, sub), '', { mode: 0o644 });
      changed = true;
    }
    return changed;
  }

  async isPrepared(): Promise<boolean> {
    const here = await readdir(join(this.#live, kickedDirectory)).catch(() => undefined);
    return here !== undefined && (await subsIn(this.#durable)).every((sub) => here.includes(sub));
  }

  /** undefined: there is no list that can be read. */
  async read(): Promise<People | undefined> {
    const text = await readIfPresent(join(this.#live, peopleFile));
    return text === undefined ? undefined : peopleSchema.safeParse(parseOrNothing(text)).data;
  }

  async write(people: readonly Person[], checkedAt: Date): Promise<void> {
    const list: People = { version: 1, checkedAt: checkedAt.getTime(), people: [...people] };
    await writeAtomically(join(this.#live, peopleFile), `${JSON.stringify(list)}\n`, {
      mode: 0o644,
      beforeRename: (temporary) => chmod(temporary, 0o644),
    });
  }

  async kicked(): Promise<readonly string[]> {
    return subsIn(join(this.#live, kickedDirectory));
  }

  /** Puts somebody out: here at once, then for every later machine. @throws BootstrapError `PERSON_UNKNOWN` */
  async kick(sub: string): Promise<void> {
    const file = join(this.#live, kickedDirectory, checked(sub));
    await mkdir(join(this.#live, kickedDirectory), { recursive: true });
    await writeAtomically(file, '', { mode: 0o644, beforeRename: (temporary) => chmod(temporary, 0o644) });
    await mkdir(this.#durable, { recursive: true });
    await writeAtomically(join(this.#durable, sub), '');
  }

  /** Takes that back. @returns whether they were out by hand @throws BootstrapError `PERSON_UNKNOWN` */
  async admit(sub: string): Promise<boolean> {
    const wasOut = (await this.kicked()).includes(checked(sub));
    await rm(join(this.#durable, sub), { force: true });
    await rm(join(this.#live, kickedDirectory, sub), { force: true });
    return wasOut;
  }
}

/** A file is named after it. */
function checked(sub: string): string {
  if (subPattern.test(sub)) return sub;
  throw new BootstrapError(
    'PERSON_UNKNOWN',
    `${JSON.stringify(sub)} is no sub of Cognito: see clawharbor-bootstrap people list`,
  );
}

async function subsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => subPattern.test(name));
}
