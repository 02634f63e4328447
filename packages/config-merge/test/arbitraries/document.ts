import * as fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/index.ts';

/** Any JSON document; strings of any code units, so that lone surrogates are among them. */
const codeUnits = fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units));
const text = fc.oneof(
  codeUnits,
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toJSON', '\u2028', '\\', '"', ':'),
);

export const documents: fc.Arbitrary<JsonObject> = fc.letrec<{ value: JsonValue; object: JsonObject }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
      fc.constantFrom<JsonValue[]>(null, true, false, 0, Number.MAX_VALUE, 5e-324),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('object'),
    ),
    object: fc.dictionary(text, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  }),
).object;
