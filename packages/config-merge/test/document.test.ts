import { describe, expect, test } from 'vitest';
import { formatDocument, parseDocument } from '../src/index.ts';

const at = (code: string, line: number, column: number) => expect.objectContaining({ code, line, column });

describe('reads', () => {
  test.each([
    ['comments and trailing commas', '// a\n{ /* b */ a: [1, 2,], }', { a: [1, 2] }],
    ['quotes and line continuations', "{'a': 'it\\\n is', \"b\": 'x\"y'}", { a: 'it is', b: 'x"y' }],
    ['CRLF', '{\r\n  a: 1,\r\n}\r\n', { a: 1 }],
    ['a byte order mark', '\uFEFF{"a":1}', { a: 1 }],
    [
      'numbers of every form',
      '{a:0x1F,b:-0x1,c:.5,d:5.,e:+1,f:-2e3}',
      { a: 31, b: -1, c: 0.5, d: 5, e: 1, f: -2000 },
    ],
    ['minus zero as zero', '{"a":-0,b:-0.0}', { a: 0, b: 0 }],
    [
      'keywords and escapes as keys',
      '{null:1,true:2,NaN:3,\\u0061:4,"":5}',
      { null: 1, true: 2, NaN: 3, a: 4, '': 5 },
    ],
    ['escapes', '{a:"\\x41\\u0042\\n\\q\\0"}', { a: 'AB\nq\0' }],
    ['lone surrogates', '{"a":"\\ud800"}', { a: '\ud800' }],
    ['a string that goes on after CRLF', '{a:"b\\\r\nc"}', { a: 'bc' }],
    ['words', '{a:[true,false,null]}', { a: [true, false, null] }],
    ['signs before a point', '{a:-.5,b:+.5,c:-5.}', { a: -0.5, b: 0.5, c: -5 }],
    [
      'line ends of Unicode',
      '{a:1,//\u2028b:2,//\u2029c:"\u2028",d:"x\\\u2029y"}',
      { a: 1, b: 2, c: '\u2028', d: 'xy' },
    ],
    [
      'names of letters of any kind',
      '{𠮷:1,a𠮷:2,$_9:3,\u0061\u0031:4,é\u0301\u200d:5,Infinity1:6,falsehood:7}',
      { 𠮷: 1, a𠮷: 2, $_9: 3, a1: 4, 'é\u0301\u200d': 5, Infinity1: 6, falsehood: 7 },
    ],
    ['white space of Unicode', '{\u00a0a\u2003:\u3000\uFEFF1\v\f}', { a: 1 }],
    ['colons in strings', '{"a:b":"c:d\\":e\\\\"}', { 'a:b': 'c:d":e\\' }],
  ])('%s', (_, text, value) => {
    expect(parseDocument(text)).toStrictEqual(value);
  });

  test('__proto__ is data', () => {
    for (const text of ['{"__proto__":{"polluted":true}}', '{__proto__:{polluted:true}}']) {
      const document = parseDocument(text);
      expect(Object.keys(document)).toStrictEqual(['__proto__']);
      expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
      expect(formatDocument(document)).toContain('"__proto__"');
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

test('an escaped key is read right even where the engine is wrong', () => {
  // https://github.com/nodejs/node/issues/63785: an earlier document with a backslash as a key misleads V8.
  JSON.parse('{":":1,"\\\\":2}');
  expect(parseDocument('{":":1,"\\"":2}')).toStrictEqual({ ':': 1, '"': 2 });
});

describe('refuses with line and column', () => {
  test.each([
    ['', 'DOCUMENT_SYNTAX', 1, 1],
    ['// only\n', 'DOCUMENT_SYNTAX', 2, 1],
    ['[]', 'DOCUMENT_ROOT', 1, 1],
    ['\n "text"', 'DOCUMENT_ROOT', 2, 2],
    ['null', 'DOCUMENT_ROOT', 1, 1],
    ['{\n  a: 1,\n  a: 2 }', 'DOCUMENT_DUPLICATE_KEY', 3, 3],
    ['{"a":{"x":1,"\\u0078":2}}', 'DOCUMENT_DUPLICATE_KEY', 1, 13],
    ['{"__proto__":1,"__proto__":2}', 'DOCUMENT_DUPLICATE_KEY', 1, 16],
    ['{a: NaN}', 'DOCUMENT_NUMBER', 1, 5],
    ['{a: [-Infinity]}', 'DOCUMENT_NUMBER', 1, 6],
    ['{"a":\r\n 1e400}', 'DOCUMENT_NUMBER', 2, 2],
    ['{"a": 1', 'DOCUMENT_SYNTAX', 1, 8],
    ['{"a": ', 'DOCUMENT_SYNTAX', 1, 7],
    ['{"a" 1}', 'DOCUMENT_SYNTAX', 1, 6],
    ['{"a":1 "b":2}', 'DOCUMENT_SYNTAX', 1, 8],
    ['{a:[1,,2]}', 'DOCUMENT_SYNTAX', 1, 7],
    ['{,}', 'DOCUMENT_SYNTAX', 1, 2],
    ['{a:tru}', 'DOCUMENT_SYNTAX', 1, 4],
    ['{1:1}', 'DOCUMENT_SYNTAX', 1, 2],
    ['{} {}', 'DOCUMENT_SYNTAX', 1, 4],
    ['{a:"x\ny"}', 'DOCUMENT_SYNTAX', 1, 4],
    ['{a:"\\x4"}', 'DOCUMENT_SYNTAX', 1, 4],
    ['{a:"\\u004"}', 'DOCUMENT_SYNTAX', 1, 4],
    ['{a:"b', 'DOCUMENT_SYNTAX', 1, 6],
    ['{a: #}', 'DOCUMENT_SYNTAX', 1, 5],
    ['/* open', 'DOCUMENT_SYNTAX', 1, 8],
    ["{a:'\\", 'DOCUMENT_SYNTAX', 1, 6],
    ["'\\", 'DOCUMENT_SYNTAX', 1, 3],
    ['{\\', 'DOCUMENT_SYNTAX', 1, 2],
    ['{\\u0031a:1}', 'DOCUMENT_SYNTAX', 1, 2],
    ['{a\\u002d:1}', 'DOCUMENT_SYNTAX', 1, 2],
    ['{\\u005c:1}', 'DOCUMENT_SYNTAX', 1, 2],
    ['{a: -\n1}', 'DOCUMENT_SYNTAX', 1, 5],
    ['{a: - 1}', 'DOCUMENT_SYNTAX', 1, 5],
    ['{a: [1\u2028, #]}', 'DOCUMENT_SYNTAX', 1, 10],
    ['{a:"\\1"}', 'DOCUMENT_SYNTAX', 1, 4],
    ['{a:"\\01"}', 'DOCUMENT_SYNTAX', 1, 4],
  ])('%j', (text, code, line, column) => {
    expect(() => parseDocument(text)).toThrow(at(code, line, column));
  });

  test.each([
    ['', '1:1: the document ends too early'],
    ['{a:1}\r\n}', '2:1: expected the end of the document'],
    ['{a:\r"x\\', '2:4: the document ends too early'],
    ['\uFEFF{a:"x', '1:6: the document ends too early'],
    ['[]', '1:1: the root of a config is an object: start with {'],
    ['{a: 1, a: 2}', '1:8: the key "a" is there twice: keep one'],
    ['{a: NaN}', '1:5: JSON has no such number: it is NaN, infinite, out of range, or has too many digits'],
    ['{"a" 1}', '1:6: expected a colon'],
    ['{"a":1 "b":2}', '1:8: expected a comma or }'],
    ['{"a":[1 2]}', '1:9: expected a comma or ]'],
    ['{,}', '1:2: expected a key'],
    ['{[:1}', '1:2: expected a key'],
    ['{.a:1}', '1:2: unexpected character'],
    ['{NaN:1, 1:1}', '1:9: expected a key'],
    ['{-Infinity:1}', '1:2: expected a key'],
    ['{a:tru}', '1:4: expected a value'],
    ['{a:"x\ny"}', '1:4: a string does not end on its line: escape the line break'],
    ['{a:"x\ry"}', '1:4: a string does not end on its line: escape the line break'],
    [
      '{a:"\\1"}',
      '1:4: a string has an escape that JSON5 does not know: write the character as it is, or as \\u00…',
    ],
    [
      '{a:"\\n\\1"}',
      '1:4: a string has an escape that JSON5 does not know: write the character as it is, or as \\u00…',
    ],
    [
      '{a:"\\09"}',
      '1:4: a string has an escape that JSON5 does not know: write the character as it is, or as \\u00…',
    ],
    ['{a: #}', '1:5: unexpected character'],
    ['{a:'.repeat(501), '1:1501: a config nests at most 500 levels'],
  ])('in words: %j', (text, message) => {
    expect(() => parseDocument(text)).toThrow(expect.objectContaining({ message }));
  });

  test('and never quotes a value', () => {
    for (const text of ['{a:s3cret}', '{a:"s3cret', '{a:"s3cret" "s3cret"}', '{a:"s3cret\n"}']) {
      expect(() => parseDocument(text)).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining('s3cret') }),
      );
    }
  });
});

describe('a number', () => {
  test.each([
    ['123456789012345678', 7],
    ['-9007199254740993', 7],
    ['0xFFFFFFFFFFFFFFFFF', 7],
    ['1e-400', 7],
    ['-0.00000000000000000000000000000000000000000001e-300', 7],
    [`0.${'0'.repeat(400)}1`, 7],
  ])('that would become another is refused where it stands: %s', (literal, column) => {
    expect(() => parseDocument(`{"a": ${literal}}`)).toThrow(at('DOCUMENT_NUMBER', 1, column));
    expect(() => parseDocument(`{"b":"1e-400 \\"",\n"a": [${literal}]}`)).toThrow(
      at('DOCUMENT_NUMBER', 2, 7),
    );
    expect(() => parseDocument(`{a: // \n  [${literal}]}`)).toThrow(at('DOCUMENT_NUMBER', 2, 4));
  });

  test.each([
    '9007199254740991',
    '9007199254740992',
    '1000000000000000000000',
    '123456789012345680000',
    '0x100000000000000000',
    '3.14159265358979323846264338327950288',
    '123456789012345678.5',
    '1.7976931348623157e+308',
    '5e-324',
    '0e-400',
    '0.0000000000000000000000000',
    '1E-5',
  ])('is read as near as JavaScript can: %s', (literal) => {
    expect(parseDocument(`{"a": ${literal}}`)).toStrictEqual({ a: Number(literal) });
    expect(parseDocument(`{a: -${literal}}`)).toStrictEqual({ a: 0 - Number(literal) });
  });
});

describe('hostile sizes', () => {
  test.each([
    ['a name', `{${'a'.repeat(5_000_000)}:1}`],
    ['a string', `{a:'${'x'.repeat(5_000_000)}${'\\n'.repeat(100_000)}'}`],
    ['white space', `{a:1${' '.repeat(5_000_000)}}`],
    ['a comment', `{a:1/*${'*'.repeat(5_000_000)}*/}//${'x'.repeat(5_000_000)}`],
    ['a fraction', `{a:0.${'1'.repeat(5_000_000)}}`],
  ])('%s of 5 MB overflows nothing', (_, text) => {
    expect(Object.keys(parseDocument(text))).toHaveLength(1);
  });

  test('a number of 5 MB is refused like a shorter one', () => {
    expect(() => parseDocument(`{a:${'1'.repeat(5_000_000)}}`)).toThrow(at('DOCUMENT_NUMBER', 1, 4));
    expect(() => parseDocument(`{"a":${'1'.repeat(5_000_000)}}`)).toThrow(at('DOCUMENT_NUMBER', 1, 6));
  });

  test.each([
    ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), 500 * 5 + 1],
    ['arrays', '{"a":' + '['.repeat(10_000) + ']'.repeat(10_000) + '}', 5 + 500],
    ['unclosed', '{a:' + '['.repeat(100_000), 3 + 500],
  ])('depth 10,000 is refused where it passes 500: %s', (_, text, column) => {
    expect(() => parseDocument(text)).toThrow(at('DOCUMENT_DEPTH', 1, column));
  });

  test('depth 500 is read and written back', () => {
    const text = '{"a":'.repeat(500) + '1' + '}'.repeat(500);
    expect(JSON.stringify(parseDocument(text))).toBe(text);
    expect(JSON.stringify(parseDocument(`//\n${text}`))).toBe(text);
    expect(parseDocument(formatDocument(parseDocument(text)))).toStrictEqual(JSON.parse(text));
  });

  test('depth is counted along one branch only', () => {
    const deep = `${'['.repeat(499)}${']'.repeat(499)}`;
    expect(Object.keys(parseDocument(`{a:${deep},b:${deep},c:{}}`))).toStrictEqual(['a', 'b', 'c']);
  });

  test('100,000 comments in a row are no recursion', () => {
    expect(parseDocument('/**/'.repeat(100_000) + '{a:1}')).toStrictEqual({ a: 1 });
  });
});

test('formats as JSON with a newline at the end', () => {
  expect(formatDocument({ b: [1, { c: '\ud800' }], a: {} })).toBe(
    '{\n  "b": [\n    1,\n    {\n      "c": "\\ud800"\n    }\n  ],\n  "a": {}\n}\n',
  );
});

test('says that a document cannot be written', () => {
  expect(() => formatDocument({ a: undefined })).toThrow('document: a is undefined: leave the key out');
});
