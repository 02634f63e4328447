import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Source } from '../../src/replica/source.ts';
import { Replicated } from './replicated.ts';

let here: Replicated;
beforeEach(() => {
  here = new Replicated();
});
afterEach(() => here.close());

test('who reads a database that was let go of meanwhile gets an error, and nothing of what this process has opened since', () => {
  here.add(1);
  const source = new Source(here.database);
  expect(source.walIndex()).toBeDefined();
  expect(source.walHeader()).toBeDefined();
  source.close();
  const other = join(here.directory, 'other');
  writeFileSync(other, 'of somebody else');
  // The system gives the lowest numbers that are free: https://man7.org/linux/man-pages/man2/open.2.html
  const opened = [0, 1, 2].map(() => openSync(other, 'r'));
  try {
    const reads = [
      () => source.readMain(0, 16),
      () => source.readWal(0, 16),
      () => source.walHeader(),
      () => source.walIndex(),
      () => source.size,
      () => source.isHeld,
      () => source.whatIs(),
    ];
    for (const read of reads) expect(read).toThrow(/was closed$/);
  } finally {
    for (const each of opened) closeSync(each);
  }
});
