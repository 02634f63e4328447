import { gatewayUnitName } from './gateway-unit.ts';
import { join } from 'node:path';
import { BootstrapError } from '../errors.ts';
import { openclawReleases, type OpenClawRelease } from '../openclaw-release.ts';
import type { StepContext } from '../steps/step.ts';

/** What the row of a person needs. */
export interface NewProfile {
  /** A UUID. */
  readonly id: string;
  readonly displayName: string;
}

const busySeconds = 10;

/**
 * Runs as the gateway's user, because SQLite's files beside the database belong to whoever makes them, and by the gateway's
 * own Node.js, because two versions of SQLite in one database are one too many. A database that is not there is not made.
 */
const program = `
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
const { file, schema, busySeconds, profiles } = JSON.parse(readFileSync(0, 'utf8'));
const url = pathToFileURL(file);
url.search = 'mode=rw';
const database = new DatabaseSync(url, { timeout: busySeconds * 1000 });
database.exec('BEGIN IMMEDIATE');
const { user_version: found } = database.prepare('PRAGMA user_version').get();
if (found !== schema) {
  console.error('the state has the schema ' + found + ', and people were only ever created in ' + schema);
  process.exit(1);
}
const insert = database.prepare(
  'INSERT INTO user_profiles (id, display_name, created_at, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
);
for (const { id, displayName } of profiles) insert.run(id, displayName, Date.now(), Date.now());
database.exec('COMMIT');
database.close();
`;

/** Whether people of this release may be created ahead of their first login. */
export function canCreateProfiles(version: keyof typeof openclawReleases): boolean {
  return peopleSchema(version) !== undefined;
}

/**
 * Puts the rows of people into the state database, as a first login would: OpenClaw has no method for it. One short
 * transaction; a row that is there already stays as it is. The gateway must run here, so that this machine has the fence,
 * and it must have listed its people once, which makes the table.
 * @throws BootstrapError `PROFILE_NOT_CREATED`; then nothing was changed
 */
export async function createProfiles(
  { host, spec }: StepContext,
  profiles: readonly NewProfile[],
): Promise<void> {
  const { version } = spec.openclaw;
  const file = join(host.layout.state, 'state', 'openclaw.sqlite');
  const result = await host.run({
    file: host.node,
    args: ['--no-warnings', '--input-type=module', '--eval', program],
    input: JSON.stringify({ file, schema: peopleSchema(version), busySeconds, profiles }),
    // As a gateway that runs sees it.
    beside: gatewayUnitName,
    timeoutSeconds: 60,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  if (result.exitCode === 0) return;
  const said =
    result.stderr
      .trim()
      .split('\n')
      .find((line) => /error|schema/i.test(line)) ?? result.stderr;
  throw new BootstrapError('PROFILE_NOT_CREATED', `${file}: ${said.trim().slice(-500)}`);
}

function peopleSchema(version: keyof typeof openclawReleases): number | undefined {
  const release: OpenClawRelease = openclawReleases[version];
  return release.peopleSchema;
}
