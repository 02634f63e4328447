import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host/host.ts';
import { areSeen } from '../openclaw/gateway-databases.ts';
import { gatewayUnitName } from '../openclaw/gateway-unit.ts';
import { inspectDatabases, type InspectedDatabase } from './databases.ts';
import type { ArchivedDatabase, BackupManifest } from './manifest.ts';

/** So many files are named, the rest is counted. */
const namedFiles = 10;
/** Deeper or more is a workspace with its packages: said as such. */
const mostEntries = 200_000;
/** Somebody waits for it ahead of a restore, which goes on without it as well. */
const inspectSeconds = 120;

/** What is newer than a backup and would be put aside by its restore, a line each. Reads only; names no content. */
export async function lossesOf(host: Host, { at, databases }: BackupManifest): Promise<string[]> {
  const { state } = host.layout;
  const now = await inspectDatabases(host, state, {
    mustBeFiles: true,
    timeoutSeconds: inspectSeconds,
  }).catch(() => undefined);
  const changed = await newerFiles(state, Date.parse(at));
  return [
    ...(await unseen(host)),
    ...(now === undefined
      ? ['The databases cannot be read as they are: what is in them cannot be compared.']
      : [...unreadable(now), ...rowLosses(databases, now)]),
    ...changed.slice(0, namedFiles).map((file) => `${file} was changed after it`),
    ...(changed.length > namedFiles ? [`and ${changed.length - namedFiles} more files were`] : []),
  ];
}

/** Where nobody can count what is in the databases, a line that says so. */
export async function unseen(host: Host): Promise<string[]> {
  if (await areSeen(host, gatewayUnitName).catch(() => false)) return [];
  return [
    'The gateway does not run here, and its databases are not in the state: what they have is not counted.',
  ];
}

function unreadable(databases: readonly InspectedDatabase[]): string[] {
  return databases
    .filter(({ fault }) => fault !== undefined)
    .map(
      ({ file, fault }) => `${file} cannot be read as it is (${fault}): nobody can say what came after it`,
    );
}

/** Rows that are there now and were not then, by table. */
export function rowLosses(then: readonly ArchivedDatabase[], now: readonly ArchivedDatabase[]): string[] {
  return now.flatMap(({ file, rows }) => {
    const before = then.find((each) => each.file === file)?.rows ?? {};
    return Object.entries(rows)
      .map(([table, count]) => ({ table, count, was: before[table] ?? 0 }))
      .filter(({ count, was }) => count > was)
      .map(({ table, count, was }) => `${file}: ${count - was} of ${count} rows of ${table} came after it`);
  });
}

/** People's own files; databases are compared by their rows. */
async function newerFiles(state: string, since: number): Promise<string[]> {
  const found: string[] = [];
  let seen = 0;
  const look = async (below: string): Promise<void> => {
    const entries = await readdir(join(state, below), { withFileTypes: true }).catch(() => []);
    for (const { name } of entries) {
      if ((seen += 1) > mostEntries) return;
      const path = join(below, name);
      const stat = await lstat(join(state, path)).catch(() => undefined);
      if (stat?.isDirectory() && name !== 'node_modules' && name !== '.git') await look(path);
      else if (stat?.isFile() && stat.mtimeMs > since) found.push(path);
    }
  };
  for (const name of ['workspace', 'credentials', 'extensions']) await look(name);
  const config = await lstat(join(state, 'openclaw.json')).catch(() => undefined);
  if (config && config.mtimeMs > since) found.unshift('openclaw.json');
  return found;
}
