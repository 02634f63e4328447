import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What a gateway writes there. */
export async function write(path: string, ...said: string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS said (words TEXT)');
  for (const row of said) database.prepare('INSERT INTO said VALUES (?)').run(row);
  database.close();
}

export function rows(path: string): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database
      .prepare('SELECT words FROM said ORDER BY rowid')
      .all()
      .map(({ words }) => words);
  } finally {
    database.close();
  }
}
