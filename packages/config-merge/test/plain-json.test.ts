import { describe, expect, test } from 'vitest';
import { parsePlainJson } from '../src/plain-json.ts';

const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

describe('the engine may read', () => {
  test.each([
    '{}',
    '{"a":1}',
    '{"a":0,"b":-1.5,"c":[null,true,"x",{"d":[]}]}',
    '{"a" \n: {"b":{"c":{}}}}',
    '{"a:b":"c:d","e":":"}',
    '{"a":"quoted \\" and \\\\","b":"\\u0041"}',
    '{"a":"ends in a backslash \\\\"}',
    nested(500),
  ])('%s', (text) => {
    expect(parsePlainJson(text)).toStrictEqual(JSON.parse(text));
  });
});

describe('the engine may not read', () => {
  test.each([
    ['what is no JSON', '{a:1}'],
    ['an array', '[]'],
    ['an array with colons', '["a:b"]'],
    ['null', 'null'],
    ['a number', '5'],
    ['text', '"a"'],
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, deep down', '{"x":[{"a":1,"a":1}]}'],
    ['a number out of range', '{"a":1e400}'],
    ['minus zero', '{"a":[-0]}'],
    ['501 levels', nested(501)],
    ['an escaped key', '{"\\u0061":1}'],
    ['an escaped key before a space', '{"a\\n" :1}'],
    ['an escaped key after a value that is escaped', '{"b":"\\n","\\"":1}'],
  ])('%s', (_, text) => {
    expect(parsePlainJson(text)).toBeUndefined();
  });
});
