import { describe, expect, test } from 'vitest';
import { definePolicy, editDocument, parseDocument, type JsonObject, type JsonValue } from '../src/index.ts';

/** Lines of a text, with a line break at the end. */
const lines = (...rows: string[]): string => `${rows.join('\n')}\n`;

/** Sets the keys of the root that have a value, and takes out those that have none. */
const change =
  (members: Readonly<Record<string, JsonValue | undefined>>) =>
  (from: JsonObject): JsonObject => {
    const entries = Object.entries({ ...from, ...members });
    return Object.fromEntries(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  };

type Golden = [
  rule: string,
  before: string,
  change: Readonly<Record<string, JsonValue | undefined>>,
  after: string,
];

const check = (_: string, before: string, members: Golden[2], after: string): void => {
  const to = change(members)(parseDocument(before, { lenient: true }));
  expect(editDocument(before, to)).toBe(after);
  expect(parseDocument(after, { lenient: true })).toEqual(to);
};

describe('a value that gives way', () => {
  test.each<Golden>([
    [
      'takes its span only',
      '{ a: 0x1F /* 31 */, b: .5 } // x\n',
      { a: 32 },
      '{ a: 32 /* 31 */, b: .5 } // x\n',
    ],
    [
      'keeps the comment of its line',
      lines('{', '  // port', '  a: 1, // one', '}'),
      { a: 2 },
      lines('{', '  // port', '  a: 2, // one', '}'),
    ],
    ['has the quotes around it', "{ a: 'x', b: 1 }", { b: 'it\'s "y"' }, `{ a: 'x', b: 'it\\'s "y"' }`],
    [
      'has the quotes around it, double',
      '{ a: "x", b: 1 }',
      { b: 'it\'s "y"' },
      '{ a: "x", b: "it\'s \\"y\\"" }',
    ],
    [
      'is on lines where its neighbours are',
      lines('{', '\ta: 1,', '\tb: {', '\t\tc: 1,', '\t},', '}'),
      { a: { x: 1, y: {} } },
      lines('{', '\ta: {', '\t\tx: 1,', '\t\ty: {},', '\t},', '\tb: {', '\t\tc: 1,', '\t},', '}'),
    ],
    [
      'is on one line where all is',
      '{"a":1,"b":2}',
      { a: { x: [1, 2], y: {} } },
      '{"a":{"x":[1,2],"y":{}},"b":2}',
    ],
    ['can be an object before', '{ a: { b: 1 /* x */ } }', { a: 'b' }, '{ a: "b" }'],
    ['is the last of a key that stands twice', '{ a: 1, b: 2, a: 3 }', { a: 4 }, '{ a: 1, b: 2, a: 4 }'],
    [
      'leaves what JSON has no form for',
      '{ a: NaN, b: 0xFFFFFFFFFFFFFFFFF, c: -0, d: 1 }',
      { d: 2 },
      '{ a: NaN, b: 0xFFFFFFFFFFFFFFFFF, c: -0, d: 2 }',
    ],
  ])('%s', check);
});

describe('a new key', () => {
  test.each<Golden>([
    ['is bare beside bare keys', '{ a: 1 }', { b: 2 }, '{ a: 1, b: 2 }'],
    [
      'is quoted where it must be, with the quotes of strings',
      "{ a: 'x' }",
      { 'b-c': 'y' },
      "{ a: 'x', 'b-c': 'y' }",
    ],
    ['is quoted beside quoted keys', '{ "a": 1 }', { b: 2 }, '{ "a": 1, "b": 2 }'],
    [
      'is bare beside keys that have to be quoted',
      "{ x: { 'a-b': 1 } }",
      { x: { 'a-b': 1, c: 2 } },
      "{ x: { 'a-b': 1, c: 2 } }",
    ],
    ['has the spaces of its neighbours', '{"a":1,"b":2}', { c: [1, 2] }, '{"a":1,"b":2,"c":[1,2]}'],
    ['has the spaces of its neighbours, wide', '{ a : 1 ,  b : 2 }', { c: 3 }, '{ a : 1 ,  b : 2,  c : 3 }'],
    [
      'keeps the last without a comma',
      lines('{', '  "a": 1', '}'),
      { b: 2 },
      lines('{', '  "a": 1,', '  "b": 2', '}'),
    ],
    [
      'has a comma where the last has one',
      lines('{', '  a: 1,', '}'),
      { b: 2 },
      lines('{', '  a: 1,', '  b: 2,', '}'),
    ],
    ['has a comma on one line, too', '{ a: 1, }', { b: 2 }, '{ a: 1, b: 2, }'],
    [
      'stands behind the comment of the line above, whose comma stands before it',
      lines('{', '  a: 1 // one', '}'),
      { b: 2 },
      lines('{', '  a: 1, // one', '  b: 2', '}'),
    ],
    [
      'stands in front of a comment that belongs to nobody',
      lines('{', '  a: 1,', '', '  // b: 7,', '}'),
      { c: 2 },
      lines('{', '  a: 1,', '  c: 2,', '', '  // b: 7,', '}'),
    ],
    [
      'has the line ends of the text',
      '{\r\n\ta: 1,\r\n}\r\n',
      { b: { c: 1 } },
      '{\r\n\ta: 1,\r\n\tb: {\r\n\t\tc: 1,\r\n\t},\r\n}\r\n',
    ],
    [
      'begins its line with a comma where others do',
      lines('{', '    a: 1 // one', '  , b: 2 // two', '}'),
      { c: 3 },
      lines('{', '    a: 1 // one', '  , b: 2 // two', '  , c: 3', '}'),
    ],
    ['breaks no comment of its line', '{ a: 1 /* one */ // x\n}', { b: 2 }, '{ a: 1 /* one */, b: 2 // x\n}'],
    ['has an own line where the last has one', '{ a: 1,\n  b: 2 }', { c: 3 }, '{ a: 1,\n  b: 2,\n  c: 3 }'],
    [
      'of a long value goes on lines where short ones do not',
      lines('{', '  a: { b: 1 },', '}'),
      { c: { d: 'x'.repeat(100) } },
      lines('{', '  a: { b: 1 },', '  c: {', `    d: "${'x'.repeat(100)}",`, '  },', '}'),
    ],
    [
      'of a short value goes on one line where others do',
      lines('{', "  a: { b: 'x' },", '}'),
      { c: { d: [1] } },
      lines('{', "  a: { b: 'x' },", '  c: { d: [1] },', '}'),
    ],
    [
      'comes into an empty object',
      '{}',
      { a: { b: 1 } },
      lines('{', '  "a": {', '    "b": 1', '  }', '}').trimEnd(),
    ],
    [
      'comes into an object with nothing but comments',
      lines('{', '  // nothing yet', '}'),
      { a: 1, b: 2 },
      lines('{', '  // nothing yet', '  "a": 1,', '  "b": 2', '}'),
    ],
    ['comes into a line with nothing but a comment', '{ /* none */ }', { a: 1 }, '{ /* none */ "a": 1 }'],
    [
      'comes in place of all others',
      lines('{', '  // old', '  a: 1, // one', '}'),
      { a: undefined, b: 2 },
      lines('{', '  b: 2,', '}'),
    ],
    ['is named as it is', '{ a: 1 }', { ['__proto__']: 1 }, '{ a: 1, __proto__: 1 }'],
    [
      'has no character that ends a line in JavaScript',
      "{ a: '' }",
      { b: '\u2028\u2029\n' },
      String.raw`{ a: '', b: '\u2028\u2029\n' }`,
    ],
  ])('%s', check);
});

describe('a key that goes', () => {
  test.each<Golden>([
    [
      'takes the comments above it and beside it along',
      lines(
        '{',
        '  // about a',
        '  // more about a',
        '  a: 1, // one',
        '  // about b',
        '  b: 2, // two',
        '}',
      ),
      { a: undefined },
      lines('{', '  // about b', '  b: 2, // two', '}'),
    ],
    [
      'leaves a comment above a blank line',
      lines('{', '  // a heading', '', '  // about a', '  a: 1,', '  b: 2,', '}'),
      { a: undefined },
      lines('{', '  // a heading', '', '  b: 2,', '}'),
    ],
    [
      'leaves the comment of the bracket',
      lines('{ // all of it', '  a: 1, // one', '}'),
      { a: undefined },
      lines('{ // all of it', '}'),
    ],
    [
      'leaves one blank line of two',
      lines('{', '  a: 1,', '', '  b: 2,', '', '  c: 3,', '}'),
      { b: undefined },
      lines('{', '  a: 1,', '', '  c: 3,', '}'),
    ],
    [
      'leaves no blank line at a bracket',
      lines('{', '  a: 1,', '', '  b: 2,', '}'),
      { a: undefined },
      lines('{', '  b: 2,', '}'),
    ],
    [
      'leaves no blank line at a bracket, below',
      lines('{', '  a: 1,', '', '  b: 2,', '}'),
      { b: undefined },
      lines('{', '  a: 1,', '}'),
    ],
    [
      'takes the comma of the last',
      lines('{', '  "a": 1,', '  "b": 2', '}'),
      { b: undefined },
      lines('{', '  "a": 1', '}'),
    ],
    [
      'takes the comma of the last, not its comment',
      lines('{', '  a: 1, // one', '  b: 2 // two', '}'),
      { b: undefined },
      lines('{', '  a: 1 // one', '}'),
    ],
    ['leaves a comma where the last has one', '{ a: 1, b: 2, }', { b: undefined }, '{ a: 1, }'],
    ['of a line', '{ a: 1, b: 2, c: 3 }', { b: undefined }, '{ a: 1, c: 3 }'],
    ['of a line, the first', '{ a: 1, b: 2 }', { a: undefined }, '{ b: 2 }'],
    ['of a line, the last', '{ a: 1, b: 2 /* two */ }', { b: undefined }, '{ a: 1 }'],
    [
      'of a line that others are on leaves its line comment',
      lines('{', '  a: 1, b: 2, // both', '}'),
      { b: undefined },
      lines('{', '  a: 1, // both', '}'),
    ],
    [
      'leaves the comment above a line that others are on',
      lines('{', '  // both', '  a: 1, b: 2,', '}'),
      { a: undefined },
      lines('{', '  // both', '  b: 2,', '}'),
    ],
    [
      'makes room for a new one where commas begin lines',
      lines('{', '    a: 1', '  , b: 2 // two', '  , c: 3', '}'),
      { c: undefined, d: 4 },
      lines('{', '    a: 1', '  , b: 2 // two', '  , d: 4', '}'),
    ],
    ['leaves empty brackets', '{ a: 1 }', { a: undefined }, '{}'],
    [
      'where commas begin lines',
      lines('{', '    a: 1 // one', '  , b: 2 // two', '  , c: 3', '}'),
      { b: undefined },
      lines('{', '    a: 1 // one', '  , c: 3', '}'),
    ],
    [
      'where commas begin lines, the last',
      lines('{', '    a: 1 // one', '  , b: 2 // two', '}'),
      { b: undefined },
      lines('{', '    a: 1 // one', '}'),
    ],
    [
      'makes room for a new one',
      lines('{', '  "a": 1,', '  "b": 2', '}'),
      { b: undefined, c: 3 },
      lines('{', '  "a": 1,', '  "c": 3', '}'),
    ],
    ['goes wherever it stands', '{ a: 1, b: 2, a: 3 }', { a: undefined }, '{ b: 2 }'],
    [
      'keeps the line break of a line comment',
      '{ a: 1, // one  \n  b: 2 }',
      { b: undefined },
      '{ a: 1 // one  \n }',
    ],
  ])('%s', check);
});

describe('an array', () => {
  const list = lines('{', '  list: [', "    'a', // first", "    'b', // second", '  ],', '}');
  test.each<Golden>([
    [
      'that grows keeps its elements',
      list,
      { list: ['a', 'b', 'c'] },
      list.replace('second\n', "second\n    'c',\n"),
    ],
    [
      'that grows in the middle',
      list,
      { list: ['a', 'x', 'b'] },
      list.replace('first\n', "first\n    'x',\n"),
    ],
    [
      'that grows at the start',
      list,
      { list: ['x', 'a', 'b'] },
      list.replace("    'a'", "    'x',\n    'a'"),
    ],
    ['that shrinks takes the comment along', list, { list: ['b'] }, list.replace("    'a', // first\n", '')],
    [
      'of which an element changes takes its comment along',
      list,
      { list: ['a', 'c'] },
      list.replace("'b', // second", "'c',"),
    ],
    [
      'in another order is written anew',
      list,
      { list: ['b', 'a'] },
      lines('{', '  list: [', "    'b',", "    'a',", '  ],', '}'),
    ],
    ['on one line', '{ list: [1, 2, 3] }', { list: [0, 1, 3, 4] }, '{ list: [0, 1, 3, 4] }'],
    [
      'of objects is edited inside',
      '{ list: [{ a: 1 /* x */, b: 1 }, { a: 0x2 }] }',
      { list: [{ a: 1, b: 2 }, { a: 2 }] },
      '{ list: [{ a: 1 /* x */, b: 2 }, { a: 0x2 }] }',
    ],
    ['that gets empty', '{ list: [1] }', { list: [] }, '{ list: [] }'],
    ['that was empty', "{ a: ['x', 'y'], list: [] }", { list: ['z'] }, "{ a: ['x', 'y'], list: ['z'] }"],
  ])('%s', check);

  test('whose elements have an identity is edited element by element', () => {
    const policy = definePolicy({ rules: [{ path: 'hosts', owner: 'managed', arrayKey: 'name' }] });
    const text = lines(
      '{',
      '  hosts: [',
      '    // ours',
      "    { name: 'a', weight: 0x5 }, // five",
      "    { name: 'b' },",
      "    { weight: 1 }, // nobody's",
      "    { name: 'c', weight: 1 },",
      '  ],',
      '}',
    );
    const hosts = [
      { name: 'a', weight: 5, region: 'eu' },
      { weight: 1 },
      { name: 'c', weight: 2 },
      { name: 'd' },
    ];
    expect(editDocument(text, { hosts }, { policy })).toBe(
      lines(
        '{',
        '  hosts: [',
        '    // ours',
        "    { name: 'a', weight: 0x5, region: 'eu' }, // five",
        "    { weight: 1 }, // nobody's",
        "    { name: 'c', weight: 2 },",
        "    { name: 'd' },",
        '  ],',
        '}',
      ),
    );
  });
});

describe('editDocument', () => {
  test('of what a text says already is that text', () => {
    const text = '\uFEFF// x\r\n{ b: +1, a: [.5, 0xA,], "c": NaN }';
    expect(editDocument(text, { a: [0.5, 10], b: 1, c: null })).toBe(text);
  });

  test('refuses what it cannot read or write', () => {
    expect(() => editDocument('{', {})).toThrow(expect.objectContaining({ code: 'DOCUMENT_SYNTAX' }));
    expect(() => editDocument('[]', {})).toThrow(expect.objectContaining({ code: 'DOCUMENT_ROOT' }));
    expect(() => editDocument('{}', { a: NaN })).toThrow(expect.objectContaining({ code: 'VALUE_NOT_JSON' }));
  });
});
