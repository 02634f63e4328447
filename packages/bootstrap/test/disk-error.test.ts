import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { diskError } from '../src/disk-error.ts';

test('a disk that is full is one for SQLite as for the system, with the place and what to do; a faulty database is none', () => {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE said (words TEXT); PRAGMA max_page_count = 2');
  const errorOf = (statement: string): unknown => {
    try {
      database.exec(statement);
    } catch (error) {
      return error;
    }
    throw new Error(`${statement} went well`);
  };
  const full = diskError(errorOf('INSERT INTO said VALUES (zeroblob(100000))'), 'restored.sqlite');
  expect(full).toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringMatching(/^restored\.sqlite: database or disk is full\. Make room/),
  });
  expect(diskError(errorOf('INSERT INTO nothing VALUES (1)'))).toBeUndefined();
  database.close();
  const system = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', path: 'a' });
  expect(diskError(system)).toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringMatching(/^a: ENOSPC/),
  });
});
