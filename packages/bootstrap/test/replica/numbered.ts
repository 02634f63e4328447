import { DatabaseSync } from 'node:sqlite';

/** A database whose rows are numbered from 1 on without a gap, and whose last number stands in another table as well. */
export const schema = `
  CREATE TABLE IF NOT EXISTS numbered (n INTEGER PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS newest (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER NOT NULL);
  INSERT OR IGNORE INTO newest VALUES (1, 0);
`;

/** From a few bytes to more than a page. */
export function valueOf(n: number): string {
  return `${n} `.repeat(1 + ((n * 7919) % (n % 10 === 0 ? 2000 : 100)));
}

/** Commits the next rows. */
export function add(database: DatabaseSync, rows: number): number {
  const { n: newest } = database.prepare('SELECT n FROM newest').get() as { n: number };
  const insert = database.prepare('INSERT INTO numbered VALUES (?, ?)');
  database.exec('BEGIN IMMEDIATE');
  for (let n = newest + 1; n <= newest + rows; n += 1) insert.run(n, valueOf(n));
  database.prepare('UPDATE newest SET n = ?').run(newest + rows);
  database.exec('COMMIT');
  return newest + rows;
}

/** @returns how many rows a database has. @throws Error where one is missing, another, or of half a transaction */
export function rowsIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const { n: newest } = database.prepare('SELECT n FROM newest').get() as { n: number };
    let expected = 0;
    for (const row of database.prepare('SELECT n, value FROM numbered ORDER BY n').iterate()) {
      expected += 1;
      if (row['n'] !== expected)
        throw new Error(`${file}: row ${expected} is missing, there is ${String(row['n'])}`);
      if (row['value'] !== valueOf(expected)) throw new Error(`${file}: row ${expected} has another value`);
    }
    if (expected !== newest)
      throw new Error(`${file}: ${expected} rows, and the last is said to be ${newest}`);
    return expected;
  } finally {
    database.close();
  }
}
