import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

/** The members of a union of codes, or the keys of a table of codes. */
function codesIn(path: string): string[] {
  return [...read(path).matchAll(/^ {2}(?:\| '([A-Z][A-Z0-9_]+)'|([A-Z][A-Z0-9_]+): )/gm)].map(
    ([, union, key]) => union ?? key!,
  );
}

test.each([
  ['packages/bootstrap/src/errors.ts', 'docs/errors.md'],
  ['packages/openclaw-plugin/src/errors.ts', 'docs/errors.md'],
  ['packages/e2e/src/errors.ts', 'docs/errors.md'],
  ['packages/e2e/src/pod/errors.ts', 'docs/errors.md'],
  ['packages/infra/src/errors.ts', 'packages/infra/README.md'],
  ['packages/iam-policies/src/errors.ts', 'packages/iam-policies/README.md'],
  ['packages/config-merge/src/errors.ts', 'packages/config-merge/README.md'],
])('every code of %s is in %s with a remedy', (source, registry) => {
  const codes = codesIn(source);
  expect(codes.length).toBeGreaterThan(2);
  const text = read(registry);
  for (const code of codes) expect(text, code).toContain(`\`${code}\``);
});

test('a command that a Node.js cannot run says so with a code of the registry', () => {
  const sources = ['bin/run-sources.mjs', 'packages/bootstrap/bin/clawharbor-bootstrap.mjs'];
  for (const source of sources) {
    const codes = [...read(source).matchAll(/`([A-Z]+(?:_[A-Z]+)+) /g)].map(([, code]) => code!);
    expect(codes.length, source).toBeGreaterThan(0);
    for (const code of codes) expect(read('docs/errors.md'), code).toContain(`\`${code}\``);
  }
});

test('the registry names no code that does not exist', () => {
  const sources = [
    'packages/bootstrap/src/errors.ts',
    'packages/openclaw-plugin/src/errors.ts',
    'packages/e2e/src/errors.ts',
    'packages/e2e/src/pod/errors.ts',
  ];
  const known = new Set([...sources.flatMap(codesIn), 'NODE_TOO_OLD']);
  const named = [...read('docs/errors.md').matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code!),
  );
  for (const code of named) expect(known, code).toContain(code);
});
