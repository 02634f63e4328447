import { parse as parseToken, tokenize, type Location, type Token } from '@humanwhocodes/momoa';
import { ConfigMergeError, type ConfigMergeErrorCode } from './errors.ts';
import { maxDepth, setOwn, checkObject, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import { parsePlainJson } from './plain-json.ts';

/**
 * Reads a JSON5 document (https://spec.json5.org): comments, trailing commas, single quotes, hexadecimal
 * numbers. What JSON has no value for (`NaN`, `Infinity`, `1e400`) and what would lose data (a key twice) is
 * refused. A byte order mark is skipped.
 *
 * @throws ConfigMergeError `DOCUMENT_*` with line and column
 */
export function parseDocument(text: string): JsonObject {
  // Code that no compiler has seen may pass a buffer.
  if (typeof text !== 'string') {
    throw failure('DOCUMENT_SYNTAX', 'a document is a string: decode it before', { line: 1, column: 1 });
  }
  return parsePlainJson(text) ?? new DocumentReader(text).read();
}

/**
 * Writes a document as JSON: two spaces, a newline at the end, lone surrogates escaped.
 * `parseDocument` reads back an equal value.
 *
 * @throws ConfigMergeError `VALUE_*` for a value that is not JSON
 */
export function formatDocument(value: object): string {
  return `${JSON.stringify(checkObject(value, 'document'), null, 2)}\n`;
}

const escape = /\\(?:\r\n|0\d|[^])/gu;

/** Builds values from momoa's tokens: its own tree builder recurses without limit and keeps no last key. */
class DocumentReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.#tokens = this.#tokenize();
  }

  read(): JsonObject {
    const first = this.#take();
    if (first.type !== 'LBrace') {
      throw failure('DOCUMENT_ROOT', 'the root of a config is an object: start with {', first.loc.start);
    }
    const root = this.#object();
    const rest = this.#peek();
    if (rest !== undefined) throw unexpected(rest, 'the end of the document');
    return root;
  }

  #value(token: Token): JsonValue {
    switch (token.type) {
      case 'LBrace':
        return this.#nested(token, () => this.#object());
      case 'LBracket':
        return this.#nested(token, () => this.#array());
      case 'String':
        return this.#string(token);
      case 'Number':
        return this.#number(token);
      case 'Boolean':
        return this.#slice(token) === 'true';
      case 'Null':
        return null;
      default:
        throw unexpected(token, 'a value');
    }
  }

  #nested<T>(token: Token, read: () => T): T {
    this.#depth++;
    if (this.#depth >= maxDepth) {
      throw failure('DOCUMENT_DEPTH', `a config nests at most ${maxDepth} levels`, token.loc.start);
    }
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const object: Record<string, JsonValue> = {};
    for (let token = this.#take(); token.type !== 'RBrace'; token = this.#take()) {
      const key = this.#key(token);
      if (Object.hasOwn(object, key)) {
        throw failure(
          'DOCUMENT_DUPLICATE_KEY',
          `the key ${JSON.stringify(key)} is there twice: keep one`,
          token.loc.start,
        );
      }
      const colon = this.#take();
      if (colon.type !== 'Colon') throw unexpected(colon, 'a colon');
      setOwn(object, key, this.#value(this.#take()));
      if (!this.#comma('RBrace')) break;
    }
    return object;
  }

  #array(): JsonArray {
    const array: JsonValue[] = [];
    for (let token = this.#take(); token.type !== 'RBracket'; token = this.#take()) {
      array.push(this.#value(token));
      if (!this.#comma('RBracket')) break;
    }
    return array;
  }

  /** Whether a comma follows; if not, the closing token must. */
  #comma(close: 'RBrace' | 'RBracket'): boolean {
    const token = this.#take();
    if (token.type === 'Comma') return true;
    if (token.type !== close) throw unexpected(token, `a comma or ${close === 'RBrace' ? '}' : ']'}`);
    return false;
  }

  #key(token: Token): string {
    if (token.type === 'String') return this.#string(token);
    const text = this.#slice(token);
    // momoa calls NaN and Infinity numbers; as keys they are names like null and true.
    const isName = /^[^\d.+-]/u.test(text) && /^(?:Identifier|Null|Boolean|Number)$/u.test(token.type);
    if (!isName) throw unexpected(token, 'a key');
    return text.replaceAll(/\\u([0-9a-fA-F]{4})/gu, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }

  #string(token: Token): string {
    const text = this.#slice(token);
    if (!/[\\\n\r]/u.test(text)) return text.slice(1, -1);
    // momoa reads two things as text that JSON5 refuses.
    if (/[\n\r]/u.test(text.replaceAll(escape, ''))) {
      throw failure(
        'DOCUMENT_SYNTAX',
        'a string does not end on its line: escape the line break',
        token.loc.start,
      );
    }
    if ([...text.matchAll(escape)].some(([found]) => /^\\(?:[1-9]|0\d)$/u.test(found))) {
      throw failure(
        'DOCUMENT_SYNTAX',
        'a string escapes a digit: write it as it is, or as \\u00…',
        token.loc.start,
      );
    }
    const { body } = parseToken(text, { mode: 'json5' });
    return body.type === 'String' ? body.value : text;
  }

  #number(token: Token): number {
    const text = this.#slice(token);
    const sign = text.startsWith('-') ? -1 : 1;
    const value = sign * Number(text.replace(/^[+-]/u, ''));
    if (!Number.isFinite(value)) {
      throw failure(
        'DOCUMENT_NUMBER',
        'the number has no JSON value: it is NaN, infinite or out of range',
        token.loc.start,
      );
    }
    return value === 0 ? 0 : value;
  }

  #slice({ loc }: Token): string {
    return this.#text.slice(loc.start.offset, loc.end.offset);
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(): Token {
    const token = this.#peek();
    if (token === undefined) {
      throw this.#endsEarly();
    }
    this.#next++;
    return token;
  }

  #tokenize(): Token[] {
    try {
      // With a backslash as the last character of all momoa 3.3 does not come to an end.
      return tokenize(`${this.#text}\n`, { mode: 'json5' }).filter(
        ({ type }) => type !== 'LineComment' && type !== 'BlockComment',
      );
    } catch (error) {
      if (!isLocated(error)) throw error;
      // momoa's message quotes the text, which may be part of a secret.
      const atEnd = error.offset >= this.#text.length;
      throw atEnd ? this.#endsEarly() : failure('DOCUMENT_SYNTAX', 'unexpected character', error);
    }
  }

  #endsEarly(): ConfigMergeError {
    const lines = this.#text.split(/\r\n|[\n\r]/u);
    const column = (lines.at(-1)?.length ?? 0) + 1;
    return failure('DOCUMENT_SYNTAX', 'the document ends too early', { line: lines.length, column });
  }
}

function isLocated(error: unknown): error is Error & Location {
  return error instanceof Error && 'line' in error && 'column' in error && 'offset' in error;
}

function unexpected(token: Token, expected: string): ConfigMergeError {
  return failure('DOCUMENT_SYNTAX', `expected ${expected}`, token.loc.start);
}

function failure(
  code: ConfigMergeErrorCode,
  what: string,
  { line, column }: Pick<Location, 'line' | 'column'>,
): ConfigMergeError {
  return new ConfigMergeError(code, `${line}:${column}: ${what}`, { line, column });
}
