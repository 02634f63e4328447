import * as fc from 'fast-check';

/** What has broken quoting before, or could. */
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
  '🦞',
  '=',
  '\\n',
);
/** What a unit file can hold. */
export const oneLine = fc
  .array(fc.oneof(tricky, fc.string({ unit: 'grapheme' })), { maxLength: 12 })
  .map((parts) => parts.join(''))
  .filter((text) => !/\p{Cc}|\p{Noncharacter_Code_Point}/u.test(text));
/** What an environment can hold. */
export const anyText = fc
  .array(
    fc.oneof(tricky, fc.constantFrom('\n', '\r', '\t', '\u0001', '\uFEFF'), fc.string({ unit: 'binary' })),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.isWellFormed() && !/\0|\p{Noncharacter_Code_Point}/u.test(text));
