/**
 * Another process that writes, and goes without closing anything. Arguments: the database, and in order how many rows are
 * committed, or `reset`.
 */
import { DatabaseSync } from 'node:sqlite';
import { add, schema } from './numbered.ts';

const [path, ...actions] = process.argv.slice(2) as [string, ...string[]];
const database = new DatabaseSync(path, { timeout: 5000 });
database.exec('PRAGMA journal_mode = WAL');
database.exec(schema);
for (const action of actions) {
  if (action === 'reset') database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  else add(database, Number(action));
}
process.stdout.write('done\n', () => process.kill(process.pid, 'SIGKILL'));
