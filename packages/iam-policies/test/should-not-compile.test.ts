import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const directory = fileURLToPath(new URL('wrong/', import.meta.url));
const suffix = '.should-not-compile.ts';
const files = readdirSync(directory).filter((file) => file.endsWith(suffix));

interface Finding {
  readonly line: number;
  readonly text: string;
}

const found = compile();

describe('does not compile:', () => {
  it.each(files)('%s', (file) => {
    const expected = expectations(readFileSync(directory + file, 'utf8'));
    const findings = found.get(file) ?? [];
    expect(expected.length).toBeGreaterThan(0);
    expect(findings.map((finding) => expected.findLast(({ line }) => line < finding.line)?.line)).toEqual(
      expected.map(({ line }) => line),
    );
    for (const [index, { text }] of expected.entries()) {
      const [code, message] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 2)];
      expect(findings[index]!.text).toContain(`error ${code}: `);
      expect(findings[index]!.text).toContain(message);
    }
  });
});

/** `// error TS2345: a part of the message`, on a line before the mistake. */
function expectations(source: string): Finding[] {
  return source.split('\n').flatMap((text, index) => {
    const [, expected] = /^\/\/ error (TS\d+: .+)$/.exec(text) ?? [];
    return expected ? [{ line: index + 1, text: expected }] : [];
  });
}

/** File → what the compiler finds in it. */
function compile(): Map<string, Finding[]> {
  const { stdout } = spawnSync('tsc', ['-p', `${directory}tsconfig.json`, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: directory,
  });
  const findings = stdout
    .split(/^(?=\S+\(\d+,\d+\): error )/m)
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const [, file, line] = /^(\S+)\((\d+),/.exec(text) ?? [];
      return { file: file ?? text, line: Number(line), text };
    });
  return Map.groupBy(findings, (finding) => finding.file);
}
