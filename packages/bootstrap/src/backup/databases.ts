import * as z from 'zod';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { ArchivedDatabase } from './manifest.ts';

/**
 * Runs by the gateway's own Node.js, because two versions of SQLite in one database are one too many, and as its user,
 * because the files beside a database belong to whoever makes them. Reads only. Virtual tables need modules of OpenClaw.
 */
const program = `
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
const { directory, check } = JSON.parse(readFileSync(0, 'utf8'));
const namesIn = (path) => (existsSync(join(directory, path)) ? readdirSync(join(directory, path)) : []);
const files = [
  'state/openclaw.sqlite',
  'state/openclaw-quarantine.sqlite',
  ...namesIn('agents').map((agent) => 'agents/' + agent + '/agent/openclaw-agent.sqlite'),
].filter((file) => existsSync(join(directory, file)));
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
    return { file, schema, rows, ...(fault === 'ok' ? {} : { fault }) };
  } finally {
    database.close();
  }
};
const answers = files.map((file) => {
  try {
    return inspect(file);
  } catch (error) {
    return { file, schema: 0, rows: {}, fault: error.message };
  }
});
process.stdout.write(JSON.stringify(answers));
`;

const answerSchema = z.array(
  z.object({
    file: z.string(),
    schema: z.int(),
    rows: z.record(z.string(), z.int()),
    fault: z.string().optional(),
  }),
);

/** A database, and what SQLite found wrong with it. */
export interface InspectedDatabase extends ArchivedDatabase {
  readonly fault?: string | undefined;
}

export interface InspectOptions {
  /** Whether SQLite's `quick_check` runs, which reads every page. Default: false. */
  readonly check?: boolean;
}

/**
 * OpenClaw's own databases in a state directory, or in a copy of one: schemas and rows.
 * @throws BootstrapError `COMMAND_FAILED`
 */
export async function inspectDatabases(
  host: Host,
  directory: string,
  { check = false }: InspectOptions = {},
): Promise<InspectedDatabase[]> {
  const result = await host.run({
    file: host.node,
    args: ['--no-warnings', '--input-type=module', '--eval', program],
    input: JSON.stringify({ directory, check }),
    timeoutSeconds: 1800,
    ...(host.gatewayUser === undefined ? {} : { user: host.gatewayUser }),
  });
  if (result.exitCode === 0) return answerSchema.parse(JSON.parse(result.stdout));
  throw new BootstrapError(
    'COMMAND_FAILED',
    `The databases in ${directory} could not be read: ${result.stderr.trim().slice(-500)}`,
  );
}
