import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const directory = fileURLToPath(new URL('types/', import.meta.url));
const files = readdirSync(directory).filter((file) => file.endsWith('.ts'));

interface Finding {
  readonly line: number;
  readonly code: string;
  readonly text: string;
}

const { stdout } = spawnSync('tsc', ['-p', 'tsconfig.json', '--pretty', 'false'], {
  cwd: directory,
  encoding: 'utf8',
});

/** What the compiler finds in a file. */
function findings(file: string): Finding[] {
  return stdout.split('\n').flatMap((row) => {
    const [, name, line, code = '', text = ''] = /^(\S+)\((\d+),\d+\): error (TS\d+): (.*)$/u.exec(row) ?? [];
    return name === file ? [{ line: Number(line), code, text }] : [];
  });
}

/** `// error TS2820: a part of the message`, on the line before the mistake. */
function expectations(file: string): unknown[] {
  const lines = readFileSync(directory + file, 'utf8').split('\n');
  return lines.flatMap((source, index) => {
    const [, code, text = ''] = /^ *\/\/ error (TS\d+): (.+)$/u.exec(source) ?? [];
    return code === undefined ? [] : [{ line: index + 2, code, text: expect.stringContaining(text) }];
  });
}

describe('a path that the type of the config does not have does not compile', () => {
  test.each(files.filter((file) => file.includes('should-not-compile')))('%s', (file) => {
    expect(expectations(file).length).toBeGreaterThan(0);
    expect(findings(file)).toStrictEqual(expectations(file));
  });
});

test.each(files.filter((file) => !file.includes('should-not-compile')))('%s compiles', (file) => {
  expect(findings(file)).toStrictEqual([]);
});
