/**
 * A writer as a process of its own: numbers its rows, and does what else may be done to a WAL. Notes in a file, when a row
 * was committed. Arguments: the database, the file, milliseconds between commits. Ends with SIGTERM.
 */
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { add, schema } from './numbered.ts';

const [path, notes, pause] = process.argv.slice(2) as [string, string, string];
const database = new DatabaseSync(path, { timeout: 5000 });
// A small cache, so that a transaction writes frames before it commits.
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = 20; PRAGMA wal_autocheckpoint = 1000',
);
database.exec(schema);
const other = new DatabaseSync(path, { timeout: 20 });
const noted = openSync(notes, 'a');
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.stdin.once('end', () => process.exit()).resume();
process.stdout.write('ready\n');

const chance = (one: number): boolean => Math.random() < 1 / one;
let isReading = false;
while (!stop.signal.aborted) {
  const newest = add(database, chance(50) ? 300 : 1 + Math.floor(Math.random() * 5));
  writeSync(noted, `${newest} ${Date.now()}\n`);
  if (chance(60)) {
    database.exec('BEGIN IMMEDIATE');
    database.exec(
      "UPDATE numbered SET value = value || 'x' WHERE n % 3 = 0 AND n > (SELECT n FROM newest) - 500",
    );
    database.exec('ROLLBACK');
  }
  if (chance(40)) other.exec(isReading ? 'ROLLBACK' : 'BEGIN; SELECT count(*) FROM newest');
  isReading = other.isTransaction;
  if (chance(50)) database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
  if (!isReading && chance(100)) other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  if (!isReading && chance(200)) other.prepare('PRAGMA wal_checkpoint(RESTART)').get();
  await sleep(Math.random() * 2 * Number(pause));
}
if (isReading) other.exec('ROLLBACK');
other.close();
database.close();
process.stdin.destroy();
