import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const sources = join(import.meta.dirname, '../src');

/** Where a source names a file beside the report: `join(reports, 'name')`. */
const named = globSync('**/*.ts', { cwd: sources }).flatMap((file) =>
  [...readFileSync(join(sources, file), 'utf8').matchAll(/join\([\w.#]*reports, '([^']+)'\)/g)].map(
    ([, name]) => name!,
  ),
);

// Two that share one erase each other: what one run counts, the next has not.
test('every record that a machine keeps has a file of its own', () => {
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
});
