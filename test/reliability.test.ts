import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { page, provedFaults, renderPage } from '../testing/faults/page.ts';
import { faultsIn } from '../testing/faults/titles.ts';

describe('docs/reliability.md', () => {
  test('is what `npx projen reliability:generate` writes of the titles of tests', async () => {
    expect(readFileSync(page, 'utf8')).toBe(await renderPage());
  });

  test('says of no fault two things', () => {
    const whats = provedFaults().map(({ area, what }) => `${area}: ${what}`);
    expect(whats.filter((what, index) => whats.indexOf(what) !== index)).toEqual([]);
  });
});

describe('a title', () => {
  const rows = (source: string) => faultsIn(source, 'a.test.ts').map(({ what, outcome }) => [what, outcome]);

  test('of a test is a row', () => {
    expect(rows(`test('fault (kill): at a step → nothing is lost', async (): Promise<void> => {});`)).toEqual(
      [['at a step', 'nothing is lost']],
    );
    expect(rows(`it.skipIf(why)('fault (kill): a → b', { timeout: 1 }, () => {});`)).toEqual([['a', 'b']]);
    expect(rows(`// fault (kill): a → b\ntest('else', () => {});`)).toEqual([]);
  });

  test('of a table is a row for each of its own', () => {
    const objects = `const late = { outcome: 'late' } as const;
      const table: Row[] = [{ what: 'a', outcome: 'b', run: () => 1 }, { what: 'c', ...late }];
      test.each(table)('fault (aws): $what of S3 → $outcome', ({ run }) => run());`;
    expect(rows(objects)).toEqual([
      ['a of S3', 'b'],
      ['c of S3', 'late'],
    ]);
    const lists = `test.skipIf(no).each([['a', 1], ['b', 2]])('fault (aws): %s → %i times', () => {});`;
    expect(rows(lists)).toEqual([
      ['a', '1 times'],
      ['b', '2 times'],
    ]);
  });

  test.each([
    ['without an outcome', `test('fault (kill): a', f);`, /is not of the form/],
    ['of no area', `test('fault (moon): a → b', f);`, /names no area/],
    ['with a value from elsewhere', `test.each([[f()]])('fault (kill): %s → b', f);`, /not written/],
    ['with a table from elsewhere', `test.each(table)('fault (kill): $a → b', f);`, /not written/],
  ])('%s is refused', (_, source, message) => {
    expect(() => rows(source)).toThrow(message);
  });
});
