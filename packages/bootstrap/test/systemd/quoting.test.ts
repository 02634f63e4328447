import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  environmentFile,
  escapePath,
  plainPath,
  quoteWord,
  readEnvironmentFile,
} from '../../src/host/systemd/quoting.ts';
import { isText } from '../../src/secrets/secret-value.ts';
import { readEnvironment, readWords } from './systemd-rules.ts';

const tricky = fc.constantFrom(
  '"',
  "'",
  '\\',
  '%',
  '%h',
  '$',
  '${HOME}',
  '$$',
  '`',
  ' ',
  ';',
  '#',
  'é',
  '🦞',
  '\\n',
  '=',
);
const line = fc
  .array(fc.oneof(tricky, fc.string({ unit: 'grapheme' })), { maxLength: 12 })
  .map((parts) => parts.join(''));
const printable = line.filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
const anyText = fc
  .array(
    fc.oneof(tricky, fc.constantFrom('\n', '\r', '\t', '\u0001', '\uFEFF'), fc.string({ unit: 'binary' })),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => !text.includes('\0') && isText(text));
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/);

describe('a word of a unit file', () => {
  it('comes back as it was, whatever it holds and whatever stands beside it', () => {
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1, maxLength: 4 }), (words) => {
        expect(readWords(words.map((word) => quoteWord(word, 'test')).join(' '))).toEqual(words);
      }),
    );
  });

  it.each(['a\nExecStartPre=/bin/evil', 'a\rb', 'a\0b', '\u007f', '\ud800'])(
    'is refused with control characters: %j',
    (text) => {
      expect(() => quoteWord(text, 'environment A')).toThrow(/^environment A: .*control characters/);
    },
  );
});

describe('an environment file', () => {
  it('gives every value back, line breaks and quotes included, to systemd and to us', () => {
    fc.assert(
      fc.property(fc.dictionary(name, anyText, { noNullPrototype: true }), (variables) => {
        const text = environmentFile(variables);
        expect(readEnvironment(text)).toEqual(variables);
        expect(readEnvironmentFile(text)).toEqual(variables);
      }),
    );
  });

  it('is the same for the same variables in another order', () => {
    expect(environmentFile({ B: '2', A: '1' })).toBe(environmentFile({ A: '1', B: '2' }));
  });

  it('cannot be given more variables by a value', () => {
    expect(
      Object.keys(readEnvironment(environmentFile({ KEY: '"\nPATH=/evil\nLD_PRELOAD="/evil.so' }))),
    ).toEqual(['KEY']);
  });

  it('names the variable and never tells the value when it must refuse', () => {
    expect(() => environmentFile({ KEY: 'hidden\0value' })).toThrow(/KEY/);
    expect(() => environmentFile({ KEY: 'hidden\0value' })).not.toThrow(/hidden/);
    expect(() => environmentFile({ 'A=B\nC': 'x' })).toThrow(/cannot be the name/);
  });
});

describe('the unit name of a path', () => {
  // Right column: what systemd-escape --path prints.
  it.each([
    ['/home/openclaw/.openclaw', 'home-openclaw-.openclaw'],
    ['/var/cache/clawharbor/artifacts', 'var-cache-clawharbor-artifacts'],
    ['/.hidden/', String.raw`\x2ehidden`],
    ['/a-b/c d', String.raw`a\x2db-c\x20d`],
    ['/', '-'],
  ])('%s is %s', (path, unit) => {
    expect(escapePath(path)).toBe(unit);
  });
});

describe('a path in a unit', () => {
  it.each(['relative', '/a b', '/a/../b', '/a/.', '/a:b', '/a%h', '/a"', '', '/a\n'])(
    'is refused: %j',
    (path) => {
      expect(() => plainPath(path, 'writable')).toThrow(/^writable: /);
    },
  );

  it.each(['/', '/home/openclaw/.openclaw', '/opt/openclaw/2026.9.6', '/usr/bin/node-24'])(
    'is taken: %s',
    (path) => {
      expect(plainPath(path, 'writable')).toBe(path);
    },
  );
});
