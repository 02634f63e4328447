import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLive } from '../config/live-config.ts';
import type { Host } from '../host/host.ts';
import { openclawReleases, type OpenClawRelease } from '../openclaw-release.ts';
import type { StateFacts } from './counts.ts';
import { readState } from './counts.ts';
import type { Releases } from './path.ts';
import { ReleaseRecords, type LastRelease } from './records.ts';

type Last = Pick<LastRelease, 'version' | 'upgraded'>;

/**
 * The release that the state was last run with: as recorded, or, for a state of before the record, as its databases and its
 * config say.
 * @param fenced does something while nobody else can write to the state; absent: databases are not opened
 * @returns undefined for a state that no known release has touched
 */
export async function lastReleaseOf(
  host: Host,
  fenced?: <T>(action: () => Promise<T>) => Promise<T>,
): Promise<Last | undefined> {
  const recorded = await new ReleaseRecords(host).last();
  if (recorded) return recorded;
  if (!existsSync(join(host.layout.state, 'state', 'openclaw.sqlite'))) return undefined;
  const touched = await lastTouched(host);
  const schemas = fenced ? (await fenced(() => readState(host, host.layout.state, false))).schemas : {};
  const version = guess(schemas, touched);
  return version === undefined ? undefined : { version };
}

/** The release of a state without a record. One that is not known is named, so that it can be refused. */
export function guess(
  schemas: StateFacts['schemas'],
  touched: string | undefined,
  releases: Releases = openclawReleases,
): string | undefined {
  const known: readonly OpenClawRelease[] = Object.values(releases);
  // Of several with one schema the oldest: from there it is an upgrade to the others, where the newest would be a downgrade.
  const byDatabase = known.find(
    ({ schemas: { state, agent } }) => state === schemas.state && (schemas.agent ?? agent) === agent,
  );
  const byConfig = known.find(({ version }) => version === touched);
  const { state = 0 } = schemas;
  const newest = Math.max(...known.map((release) => release.schemas.state));
  // Newer than what was tested, or older. A database without a schema is of no release.
  if (state > newest || (state > 0 && byDatabase === undefined && byConfig === undefined))
    return touched ?? `with the schema ${state}`;
  // A release leaves its name in the config only when a setting is changed; the databases are written at every start.
  return known.findLast((release) => release === byDatabase || release === byConfig)?.version;
}

async function lastTouched(host: Host): Promise<string | undefined> {
  const { live } = await readLive(host);
  const meta = live?.joined.value['meta'];
  const version = (meta as { lastTouchedVersion?: unknown } | undefined)?.lastTouchedVersion;
  return typeof version === 'string' ? version : undefined;
}
