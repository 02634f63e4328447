import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  changedFile,
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
 * Who is in, where the gateway reads it: in memory, the bootstrap's own, and everybody's to read. The same is remembered with the
 * artifacts, so that a replacement keeps out who was put out by hand, and knows who is who before it has heard of the user pool; the
 * gateway's unit does not see that.
 */
export class PeopleFiles {
  readonly #live: string;
  readonly #durable: string;
  #written: readonly Person[] | undefined;

  constructor({ people, peopleRecords }: Pick<Layout, 'people' | 'peopleRecords'>) {
    this.#live = people;
    this.#durable = peopleRecords;
  }

  /** Another file whenever the list says something else than before, its time aside. */
  get changedFile(): string {
    return join(this.#live, changedFile);
  }

  /** Makes the folders, and takes over what was remembered on an earlier machine. @returns whether anything was to do */
  async prepare(): Promise<boolean> {
    const [live, durable] = this.#kicked;
    let changed = false;
    for (const [directory, mode] of [
      [this.#live, 0o755],
      [live, 0o755],
      [durable, 0o700],
    ] as const) {
      changed = (await mkdir(directory, { recursive: true })) !== undefined || changed;
      // On EFS an access point decides about the mode.
      await chmod(directory, mode).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPERM') throw error;
      });
    }
    const [known, here] = [await subsIn(durable), new Set(await subsIn(live))];
    for (const sub of known.filter((each) => !here.has(each))) {
      await writeAtomically(join(live, sub), '', { mode: 0o644 });
      changed = true;
    }
    const remembered = (await this.read()) === undefined ? await readList(this.#durable) : undefined;
    // With its age: it lets nobody new in for longer than any other.
    if (remembered !== undefined) await this.write(remembered.people, new Date(remembered.checkedAt));
    return changed || remembered !== undefined;
  }

  /** Keeps the list for later machines, where it says something else than what they would find. */
  async remember(): Promise<void> {
    const [here, there] = [await this.read(), await readList(this.#durable)];
    if (here === undefined || (there !== undefined && isSame(here.people, there.people))) return;
    await mkdir(this.#durable, { recursive: true });
    await writeAtomically(join(this.#durable, peopleFile), `${JSON.stringify(here)}\n`);
  }

  async isPrepared(): Promise<boolean> {
    const [live, durable] = this.#kicked;
    const here = await readdir(live).catch(() => undefined);
    return here !== undefined && (await subsIn(durable)).every((sub) => here.includes(sub));
  }

  /** undefined: there is no list that can be read. */
  async read(): Promise<People | undefined> {
    return readList(this.#live);
  }

  async write(people: readonly Person[], checkedAt: Date): Promise<void> {
    const list: People = { version: 1, checkedAt: checkedAt.getTime(), people: [...people] };
    const before = this.#written ?? (await this.read())?.people;
    await this.#writeLive(peopleFile, `${JSON.stringify(list)}\n`);
    if (before === undefined || !isSame(before, people)) await this.#writeLive(changedFile, '');
    this.#written = people;
  }

  async #writeLive(name: string, text: string): Promise<void> {
    await writeAtomically(join(this.#live, name), text, {
      mode: 0o644,
      beforeRename: (temporary) => chmod(temporary, 0o644),
    });
  }

  get #kicked(): [live: string, durable: string] {
    return [join(this.#live, kickedDirectory), join(this.#durable, kickedDirectory)];
  }

  async kicked(): Promise<readonly string[]> {
    return subsIn(join(this.#live, kickedDirectory));
  }

  /** Puts somebody out: here at once, then for every later machine. @throws BootstrapError `PERSON_UNKNOWN` */
  async kick(sub: string): Promise<void> {
    const file = join(this.#live, kickedDirectory, checked(sub));
    await mkdir(join(this.#live, kickedDirectory), { recursive: true });
    await writeAtomically(file, '', { mode: 0o644, beforeRename: (temporary) => chmod(temporary, 0o644) });
    const [, durable] = this.#kicked;
    await mkdir(durable, { recursive: true });
    await writeAtomically(join(durable, sub), '');
  }

  /** Takes that back. @returns whether they were out by hand @throws BootstrapError `PERSON_UNKNOWN` */
  async admit(sub: string): Promise<boolean> {
    const wasOut = (await this.kicked()).includes(checked(sub));
    for (const directory of this.#kicked.toReversed()) await rm(join(directory, sub), { force: true });
    return wasOut;
  }
}

async function readList(directory: string): Promise<People | undefined> {
  const text = await readIfPresent(join(directory, peopleFile));
  return text === undefined ? undefined : peopleSchema.safeParse(parseOrNothing(text)).data;
}

/** In whatever order. */
function isSame(some: readonly Person[], others: readonly Person[]): boolean {
  const inOrder = (people: readonly Person[]): Person[] =>
    people.toSorted((one, other) => (one.sub < other.sub ? -1 : 1));
  return isDeepStrictEqual(inOrder(some), inOrder(others));
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
