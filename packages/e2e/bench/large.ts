/** What it takes to make a database of 2 GB of its replica, as an instance does before its gateway starts. */
import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
// By its file: no package shows it, because it takes a newer Node.js than the rest of it.
import { restoreDatabase, Shipper } from '../../bootstrap/src/replica/index.ts';
import { compared, type Figure } from './figures.ts';

const bytes = 2e9;
const rounds = 3;
/**
 * A restore reads the replica, writes the database, looks at every page of it, and counts rows: the reference copies, looks at every
 * page, and counts none. Ours takes the processor and theirs the disk: 1.9 to 3.9 times on 2026-12-01, and 9 to 10 s each time.
 */
const limit = 5;

export async function largeRestore(): Promise<Figure> {
  const directory = await mkdtemp(join(tmpdir(), 'clawharbor-large-'));
  try {
    const database = join(directory, 'openclaw.sqlite');
    const folder = join(directory, 'replica');
    fill(database);
    const shipper = new Shipper({ database, folder });
    await shipper.start();
    await shipper.end();
    await shipper.close();
    const { size } = await stat(database);
    const target = join(directory, 'restored.sqlite');
    const copy = join(directory, 'copied.sqlite');
    const { ours, reference } = await compared(rounds, {
      before: async () => {
        for (const file of [target, copy]) await rm(file, { force: true });
      },
      ours: async () => {
        const { isWhole } = await restoreDatabase({ folder, target });
        if (!isWhole) throw new Error('the restored database is not whole');
      },
      reference: async () => {
        await copyFile(database, copy);
        const handle = await open(copy, 'r+');
        await handle.sync();
        await handle.close();
        quickCheck(copy);
      },
    });
    return {
      figure: `a database of ${(size / 1e9).toFixed(1)} GB of its replica, over a copy of it that is checked`,
      seconds: ours,
      over: reference,
      limit: reference * limit,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Rows of 4 kB, as what people and models say is; no two alike. */
function fill(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    CREATE TABLE messages (id INTEGER PRIMARY KEY, said TEXT) STRICT;`);
  const insert = database.prepare(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
    INSERT INTO messages (said) SELECT hex(randomblob(2000)) FROM numbers`);
  const perTransaction = 10_000;
  for (let written = 0; written < bytes; written += perTransaction * 4000) insert.run(perTransaction);
  database.close();
}

/** https://sqlite.org/pragma.html#pragma_quick_check */
function quickCheck(path: string): void {
  const database = new DatabaseSync(path);
  const [answer] = database.prepare('PRAGMA quick_check').all();
  database.close();
  if (answer?.['quick_check'] !== 'ok') throw new Error(`the copy is not sound: ${JSON.stringify(answer)}`);
}
