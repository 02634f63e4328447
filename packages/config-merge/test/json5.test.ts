import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import json5 from 'json5';
import { expect, test, vi } from 'vitest';
import { ConfigMergeError, editDocument, parseDocument } from '../src/index.ts';
import { documents } from './arbitraries/document.ts';
import { law } from './arbitraries/law.ts';
import { sorted } from './model.ts';

/** Text that is JSON5, nearly JSON5, or has what JSON5 leaves to the reader. */
const tokens = [
  ['{', '}', '[', ']', ':', ',', ' ', '\n', '\r\n', '\t', '\u00a0', '\uFEFF', '// x\n', '/* x\n */', '/*'],
  [
    'a',
    'b',
    '$c',
    'é',
    '\\u0061',
    'null',
    'true',
    'false',
    'NaN',
    'Infinity',
    '-Infinity',
    'tru',
    '"a"',
    "'b'",
  ],
  ['"x\\ny"', "'it\\'s'", '"\\x41"', '"\\u00e9"', '"a\\\nb"', '"\\q"', '"\\1"', '"\\0"', '"open', "'\\"],
  [
    '𠮷',
    '\u2028',
    '\u2029',
    '//',
    '"\u2028"',
    "'\\\u2029'",
    '\\u0031',
    '\\u002d',
    '\u200c',
    '\u0301',
    '-',
    '+',
    '\\',
  ],
  [
    '0',
    '-0',
    '1',
    '+1',
    '.5',
    '-.5',
    '+.5',
    '-5.e1',
    '+NaN',
    '-NaN',
    '5.',
    '1e3',
    '1e400',
    '0x1F',
    '-0xA',
    '01',
    '1e',
    '0x',
    '1.2.3',
  ],
];
const token = fc.constantFrom(...tokens.flat());
const text = fc.oneof(
  fc.array(token, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(token, { maxLength: 4 }).map((parts) => `{a:${parts.join('')}}`),
  fc.array(token, { maxLength: 4 }).map((parts) => `{a:[${parts.join(',')}],b:{${parts.join(':')}}}`),
);

// The reference warns of line ends of Unicode in strings, which JSON5 allows.
vi.spyOn(console, 'warn').mockReturnValue();

/** What the reference reads, or why this package refuses more than it. */
function reference(source: string): { value: unknown } | 'refused' {
  try {
    const value: unknown = json5.parse(source);
    return { value };
  } catch {
    return 'refused';
  }
}

/** What JSON has no value for, or what would lose data, is refused here although JSON5 reads it. */
const refusedHere = new Set(['DOCUMENT_ROOT', 'DOCUMENT_DUPLICATE_KEY', 'DOCUMENT_NUMBER']);

law('reads what the reference of JSON5 reads, and refuses what it refuses', text, (source) => {
  const expected = reference(source);
  try {
    const value = parseDocument(source);
    assert.notEqual(expected, 'refused');
    if (expected !== 'refused') assert.equal(JSON.stringify(value), JSON.stringify(expected.value));
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    assert.ok((error.line ?? 0) > 0 && (error.column ?? 0) > 0);
    assert.ok(expected === 'refused' || refusedHere.has(error.code));
  }
});

law('reads, leniently, whatever the reference reads, as JSON has it', text, (source) => {
  const expected = reference(source);
  const isObject =
    expected !== 'refused' && typeof expected.value === 'object' && !Array.isArray(expected.value);
  if (!isObject || expected.value === null) {
    assert.throws(() => parseDocument(source, { lenient: true }), ConfigMergeError);
    return;
  }
  assert.equal(JSON.stringify(parseDocument(source, { lenient: true })), JSON.stringify(expected.value));
});

law('what is read leniently can be made to say anything', fc.tuple(text, documents), ([source, to]) => {
  try {
    parseDocument(source, { lenient: true });
  } catch {
    return;
  }
  const said = parseDocument(editDocument(source, to), { lenient: true });
  assert.equal(JSON.stringify(sorted(said)), JSON.stringify(sorted(to)));
});

test.each([
  ['a key twice, at the place of the first', '{ a: 1, b: 2, "\\u0061": 3 }', '{"a":3,"b":2}'],
  ['a key of plain JSON twice', '{"a":1,"b":2,"a":{"c":3,"c":4}}', '{"a":{"c":4},"b":2}'],
  ['__proto__ twice', '{ __proto__: { a: 1 }, "__proto__": { b: 1 } }', '{"__proto__":{"b":1}}'],
  ['no numbers', '{ a: [NaN, -Infinity, 1e400, -1e400, +NaN] }', '{"a":[null,null,null,null,null]}'],
  [
    'long integers, and very small ones',
    '{"a":[123456789012345678,-9007199254740993,0xFFFFFFFFFFFFFFFFF,1e-400,-1e-400]}',
    '{"a":[123456789012345680,-9007199254740992,295147905179352830000,0,0]}',
  ],
])('the reference and a lenient reader agree about %s', (_, source, json) => {
  expect(JSON.stringify(parseDocument(source, { lenient: true }))).toBe(json);
  expect(JSON.stringify(json5.parse(source))).toBe(json);
  expect(() => parseDocument(source)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^DOCUMENT_(?:DUPLICATE_KEY|NUMBER)$/u) }),
  );
});

test('the reference agrees about the hard cases', () => {
  for (const source of ['{a:"x\ny"}', '{a:0x}', '{a:01}', '{a:"\\01"}', '{a:"\\1"}', '{-NaN:1}', '{a:+ 1}']) {
    expect(() => json5.parse(source)).toThrow(SyntaxError);
    expect(() => parseDocument(source)).toThrow(expect.objectContaining({ code: 'DOCUMENT_SYNTAX' }));
  }
});

test.each([
  ['every escape with a meaning', String.raw`{ a: '\b\f\n\r\t\v\0\x7f\u00e9\q' }`],
  ['a string over several lines', "{ a: 'a\\\nb\\\rc\\\r\nd\\\u2028e\\\u2029f' }"],
  ['a fraction of several digits without a zero', '{ a: .125, b: -.125e2 }'],
  ['names with escapes', String.raw`{ \u0061b: 1, c\u0064: 2 }`],
  ['every white space', '{\v\f\t\u00a0\uFEFFa:\r\n1 }'],
])('the reference reads the same in %s', (_, source) => {
  expect(parseDocument(source)).toEqual(json5.parse(source));
});

test.each([
  ['a comment that does not end', '{} /* a'],
  ['a comment at the start that does not end', '/* {}'],
  ['an escape of a name that is cut short', String.raw`{ a\u006: 1 }`],
  ['a string that ends in a backslash', "{ a: 'b\\"],
])('the reference refuses %s, too', (_, source) => {
  expect(() => json5.parse(source)).toThrow();
  expect(() => parseDocument(source)).toThrow(ConfigMergeError);
});
