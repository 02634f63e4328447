import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { waysIn } from '../packages/e2e/e2e/attacks/index.ts';
import { page, renderPage } from '../testing/security/page.ts';

describe('docs/security.md', () => {
  test('is what `npx projen security:generate` writes of the attacks and the probes', async () => {
    expect(readFileSync(page, 'utf8')).toBe(await renderPage());
  });

  test('has 60 attacks at least, each of them once', () => {
    const attacks = waysIn.flatMap(({ name, attacks: each }) => each.map((attack) => ({ ...attack, name })));
    expect(attacks.length).toBeGreaterThanOrEqual(60);
    expect(new Set(attacks.map(({ id }) => id)).size).toBe(attacks.length);
    expect(new Set(attacks.map(({ name, sent, hope }) => `${name}: ${sent}: ${hope}`)).size).toBe(
      attacks.length,
    );
  });
});
