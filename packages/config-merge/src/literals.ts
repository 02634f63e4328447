import { namePart, nameStart } from './tokens.ts';

const escape = /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(0)(?!\d)|\r\n|[^])/gu;

/** What a backslash and another character stand for; every other character stands for itself. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ...['\n', '\r', '\r\n', '\u2028', '\u2029'].map((lineEnd) => [lineEnd, ''] as const),
]);

/** What a string of JSON5, quotes and all, stands for; undefined if it has an escape that JSON5 does not know. */
export function readString(literal: string): string | undefined {
  const words = literal.slice(1, -1);
  if (!words.includes('\\')) return words;
  let isKnown = true;
  const text = words.replaceAll(escape, (whole, unit?: string, byte?: string, zero?: string) => {
    const code = unit ?? byte ?? zero;
    if (code !== undefined) return fromHex(code);
    const character = whole.slice(1);
    if (/^[\dux]$/u.test(character)) isKnown = false;
    return meanings.get(character) ?? character;
  });
  return isKnown ? text : undefined;
}

/** The key that a name stands for; undefined if it escapes what a name may not have there. */
export function readName(literal: string): string | undefined {
  let isName = true;
  const text = literal.replaceAll(/\\u([\da-fA-F]{4})/gu, (_, unit: string, at: number) => {
    const character = fromHex(unit);
    const allowed = at === 0 ? nameStart : namePart;
    allowed.lastIndex = 0;
    isName &&= allowed.test(character);
    return character;
  });
  return isName ? text : undefined;
}

function fromHex(code: string): string {
  return String.fromCharCode(Number.parseInt(code, 16));
}

const integer = /^[+-]?(?:0[xX][\da-fA-F]+|\d+)$/u;
const nonZero = /^[+-]?[0.]*[1-9]/u;

/**
 * The number that a literal of JSON5 stands for; undefined if JSON has none for it, or another one: an integer
 * that would be rounded, an amount so small that it would become zero. A fraction is rounded as everywhere.
 */
export function readNumber(literal: string): number | undefined {
  const unsigned = literal.replace(/^[+-]/u, '');
  const amount = Number(unsigned);
  if (!Number.isFinite(amount)) return undefined;
  if (amount === 0) return nonZero.test(literal) ? undefined : 0;
  if (!Number.isSafeInteger(amount) && integer.test(literal)) {
    // What is printed again as it was written lost nothing, although 2 ** 80 is no round number.
    const isKept = String(amount) === unsigned || BigInt(unsigned) === BigInt(amount);
    if (!isKept) return undefined;
  }
  return literal.startsWith('-') ? -amount : amount;
}

/** The number that JavaScript makes of a literal of JSON5, as `JSON.stringify` writes it: null for NaN and Infinity. */
export function readAnyNumber(literal: string): number | null {
  const amount = Number(literal.replace(/^[+-]/u, ''));
  if (!Number.isFinite(amount)) return null;
  return literal.startsWith('-') && amount !== 0 ? -amount : amount;
}

/** The key that a word of a document stands for; undefined for one that cannot be a key. */
export function readKey(literal: string): string | undefined {
  return literal.startsWith('"') || literal.startsWith("'") ? readString(literal) : readName(literal);
}
