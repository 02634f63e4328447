import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { writeAtomically } from '../config/atomic-file.ts';
import { sha256 } from '../config/config-records.ts';
import { parseOrNothing, readIfPresent } from '../config/files.ts';
import { localCopies } from '../databases/places.ts';
import { databaseDirectories } from '../databases/table.ts';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { PodSpec } from '../spec/pod-spec.ts';
import { placesOf } from './databases-program.ts';
import { configFile } from './gateway-unit.ts';

const refusal = z.object({
  code: z.enum(['STATE_NEWER', 'STATE_NEEDS_REPAIR']),
  message: z.string(),
  /** Digest of what it refused. */
  of: z.string(),
  at: z.iso.datetime(),
});

/** A reason outside of state and config may be gone by then. */
const hours = 24;

/** Remembers on this machine that a release does not start with the state as it is. Other failures may pass. */
export async function rememberRefusedStart(host: Host, spec: PodSpec, error: BootstrapError): Promise<void> {
  const parsed = refusal.safeParse({
    code: error.code,
    message: error.message,
    of: await digestOf(host, spec),
    at: host.now().toISOString(),
  });
  if (!parsed.success) return;
  await mkdir(host.layout.reports, { recursive: true });
  await writeAtomically(fileOf(host), `${JSON.stringify(parsed.data, undefined, 2)}\n`);
}

export async function forgetRefusedStart(host: Host): Promise<void> {
  await rm(fileOf(host), { force: true });
}

/** Why this release would not start: it refused this very state and config in the last {@link hours} hours. */
export async function refusedStart(host: Host, spec: PodSpec): Promise<BootstrapError | undefined> {
  const text = await readIfPresent(fileOf(host));
  const known = text === undefined ? undefined : refusal.safeParse(parseOrNothing(text)).data;
  if (known === undefined || known.of !== (await digestOf(host, spec))) return undefined;
  // A clock that was ahead when it was written must not make a day of years.
  if (Math.abs(host.now().getTime() - Date.parse(known.at)) > hours * 3_600_000) return undefined;
  return new BootstrapError(
    known.code,
    `${known.message}\nNothing has changed since; it is not started again.`,
  );
}

/**
 * Of the release, its config and the databases that hold its state, wherever they are: whoever repairs one of them, or moves
 * that of an agent away, as its log asks for, has changed something. A start that is refused leaves them as they are.
 */
async function digestOf({ layout }: Host, spec: PodSpec): Promise<string> {
  const config = await readIfPresent(configFile(layout)).catch(() => undefined);
  const databases = [
    await databasesIn(layout.state),
    // Where a gateway has them on the disk of its machine, those in the state are old.
    await databasesIn(localCopies(placesOf(layout))),
  ];
  return sha256(JSON.stringify([spec.openclaw.version, config ?? '', databases]));
}

async function databasesIn(root: string): Promise<unknown[]> {
  const directories = await databaseDirectories(root, []).catch(() => []);
  return Promise.all(
    directories.map(async (directory) => {
      const name = directory === 'state' ? 'openclaw.sqlite' : 'openclaw-agent.sqlite';
      const found = await stat(join(root, directory, name)).catch(() => undefined);
      return [directory, found?.ino, found?.size, found?.mtimeMs];
    }),
  );
}

const fileOf = ({ layout }: Host): string => join(layout.reports, 'refused-start.json');
