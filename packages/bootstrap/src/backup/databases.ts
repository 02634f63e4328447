import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import type { Host } from '../host/host.ts';
import type { ArchivedDatabase } from './manifest.ts';

/**
 * Runs by the gateway's own Node.js, because two versions of SQLite in one database are one too many, and as its user,
 * because the files beside a database belong to whoever makes them. Reads only. Virtual tables need modules of OpenClaw.
 * Only regular files are opened, and so are those beside a database that SQLite opens by itself: what is
 * none may never answer, and a link may lead out of an archive into the live state.
 */
const program = `
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
const { directory, check, mustBeFiles } = JSON.parse(readFileSync(0, 'utf8'));
const namesIn = (path) => (existsSync(join(directory, path)) ? readdirSync(join(directory, path)) : []);
const files = [
  'state/openclaw.sqlite',
  'state/openclaw-quarantine.sqlite',
  ...namesIn('agents').map((agent) => 'agents/' + agent + '/agent/openclaw-agent.sqlite'),
];
const kindOf = (file) => {
  let stat;
  try {
    stat = lstatSync(join(directory, file));
  } catch {
    return 'nothing';
  }
  if (stat.isFile()) return 'file';
  return stat.isSymbolicLink() ? 'a link' : stat.isDirectory() ? 'a directory' : 'a pipe, device or socket';
};
/** What OpenClaw itself removes in its time: what jobs did goes after a day, and a job for one time when it is done. */
const cronSessions = "session_key LIKE '%:cron:%'";
const passingRows = {
  session_nodes: cronSessions,
  transcript_events: 'session_id IN (SELECT current_session_id FROM session_nodes WHERE ' + cronSessions + ')',
  cron_jobs: "json_extract(job_json, '$.schedule.kind') = 'at'",
};
const quoted = (name) => '"' + name.replaceAll('"', '""') + '"';
const inspect = (file) => {
  const url = pathToFileURL(join(directory, file));
  url.search = 'mode=ro';
  const database = new DatabaseSync(url, { timeout: 10000, readOnly: true });
  try {
    const fault = check ? Object.values(database.prepare('PRAGMA quick_check(1)').get())[0] : 'ok';
    const schema = database.prepare('PRAGMA user_version').get().user_version;
    const tables = database.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name").all();
    const rows = {};
    for (const { name } of tables) rows[name] = database.prepare('SELECT count(*) AS n FROM ' + quoted(name)).get().n;
    const passing = {};
    for (const [name, which] of Object.entries(passingRows)) {
      try {
        const { n } = database.prepare('SELECT count(*) AS n FROM ' + quoted(name) + ' WHERE ' + which).get();
        if (n > 0) passing[name] = n;
      } catch {
        // A release without such a table, or with other columns.
      }
    }
    return { file, schema, rows, ...(Object.keys(passing).length > 0 && { passing }), ...(fault === 'ok' ? {} : { fault }) };
  } finally {
    database.close();
  }
};
const answers = files.flatMap((file) => {
  const broken = (fault) => [{ file, schema: 0, rows: {}, fault }];
  const kind = kindOf(file);
  if (kind === 'nothing') return [];
  if (kind !== 'file') return mustBeFiles ? broken('it is ' + kind + ', and must be a regular file') : [];
  for (const suffix of ['-journal', '-wal', '-shm']) {
    const beside = kindOf(file + suffix);
    if (beside !== 'nothing' && beside !== 'file') return broken(file + suffix + ' is ' + beside + ', and must be a regular file');
  }
  try {
    return [inspect(file)];
  } catch (error) {
    return broken(error.message);
  }
});
process.stdout.write(JSON.stringify(answers));
`;

const answerSchema = z.array(
  z.object({
    file: z.string(),
    schema: z.int(),
    rows: z.record(z.string(), z.int()),
    passing: z.record(z.string(), z.int()).optional(),
    fault: z.string().optional(),
  }),
);

/** A database, and what SQLite found wrong with it. */
export interface InspectedDatabase extends ArchivedDatabase {
  readonly fault?: string | undefined;
  /** How many of the rows of a table OpenClaw removes by itself in its time; absent where it removes none. */
  readonly passing?: Readonly<Record<string, number>> | undefined;
}

export interface InspectOptions {
  /** Whether SQLite's `quick_check` runs, which reads every page. Default: false. */
  readonly check?: boolean;
  /**
   * Whether what lies in the place of a database and is no regular file is a fault of it, because somebody counts on the
   * rows. Default: false, it is no database and left out: in a live state an agent may put there what it likes, and
   * nothing that counts on it would find it.
   */
  readonly mustBeFiles?: boolean;
  /** Default: half an hour, for all pages of large databases on a slow file system. */
  readonly timeoutSeconds?: number;
}

/**
 * OpenClaw's own databases in a state directory, or in a copy of one: schemas and rows. One that cannot be read has a
 * fault, and no rows.
 * @throws BootstrapError `COMMAND_FAILED`
 */
export async function inspectDatabases(
  host: Host,
  directory: string,
  { check = false, mustBeFiles = false, timeoutSeconds = 1800 }: InspectOptions = {},
): Promise<InspectedDatabase[]> {
  const result = await host.run({
    file: host.node,
    args: ['--no-warnings', '--input-type=module', '--eval', program],
    input: JSON.stringify({ directory, check, mustBeFiles }),
    timeoutSeconds,
    // A gateway that runs may have its databases elsewhere, and sees them there.
    ...(directory === host.layout.state ? { beside: gatewayUnitName } : {}),
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  if (result.exitCode === 0) return answerSchema.parse(JSON.parse(result.stdout));
  throw new BootstrapError(
    'COMMAND_FAILED',
    `The databases in ${directory} could not be read: ${result.stderr.trim().slice(-500)}`,
  );
}
