import { checkObject } from './check.ts';
import { documentError } from './document-error.ts';
import type { ConfigMergeError, ConfigMergeErrorCode } from './errors.ts';
import { maxDepth, setOwn, type JsonArray, type JsonObject, type JsonValue } from './json.ts';
import { readAnyNumber, readKey, readNumber, readString } from './literals.ts';
import { parsePlainJson } from './plain-json.ts';
import { Tokens, type Token } from './tokens.ts';

export interface ParseOptions {
  /**
   * Whether what would lose data is read as the `json5` package reads it and `JSON.stringify` writes it, instead of
   * refused: the last of two equal keys counts, at the place of the first; `NaN`, `Infinity` and `1e400` are null;
   * a long integer is rounded. For a text that a program already runs with. Default: false.
   */
  readonly lenient?: boolean | undefined;
}

/**
 * Reads a JSON5 document (https://spec.json5.org): comments, trailing commas, single quotes, hexadecimal
 * numbers. What JSON has no value for (`NaN`, `Infinity`, `1e400`) and what would lose data (a key twice, an
 * integer with more digits than a number holds) is refused, unless `lenient`. A byte order mark is skipped.
 *
 * @throws ConfigMergeError `DOCUMENT_*` with line and column
 */
export function parseDocument(text: string, { lenient = false }: ParseOptions = {}): JsonObject {
  // Code that no compiler has seen may pass a buffer.
  if (typeof text !== 'string') {
    throw documentError('', 0, 'DOCUMENT_SYNTAX', 'a document is a string: decode it before');
  }
  return parsePlainJson(text) ?? new DocumentReader(text, lenient).read();
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

class DocumentReader {
  readonly #text: string;
  readonly #tokens: Tokens;
  readonly #lenient: boolean;
  #depth = 0;

  constructor(text: string, lenient: boolean) {
    this.#lenient = lenient;
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.#tokens = new Tokens(this.#text);
  }

  read(): JsonObject {
    const first = this.#take();
    if (first.type !== '{') {
      throw this.#failure('DOCUMENT_ROOT', 'the root of a config is an object: start with {', first);
    }
    const root = this.#object();
    const rest = this.#tokens.next();
    if (rest.type !== 'end') throw this.#unexpected(rest, 'the end of the document');
    return root;
  }

  #value(token: Token): JsonValue {
    switch (token.type) {
      case '{':
        return this.#nested(token, () => this.#object());
      case '[':
        return this.#nested(token, () => this.#array());
      case 'string':
        return this.#string(token);
      case 'number':
        return this.#number(token);
      case 'name':
        return this.#word(token);
      default:
        throw this.#unexpected(token, 'a value');
    }
  }

  #nested<T>(token: Token, read: () => T): T {
    this.#depth++;
    if (this.#depth >= maxDepth) {
      throw this.#failure('DOCUMENT_DEPTH', `a config nests at most ${maxDepth} levels`, token);
    }
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const object: Record<string, JsonValue> = {};
    for (let token = this.#take(); token.type !== '}'; token = this.#take()) {
      const key = this.#key(token);
      if (!this.#lenient && Object.hasOwn(object, key)) {
        const what = `the key ${JSON.stringify(key)} is there twice: keep one`;
        throw this.#failure('DOCUMENT_DUPLICATE_KEY', what, token);
      }
      const colon = this.#take();
      if (colon.type !== ':') throw this.#unexpected(colon, 'a colon');
      setOwn(object, key, this.#value(this.#take()));
      if (!this.#comma('}')) break;
    }
    return object;
  }

  #array(): JsonArray {
    const array: JsonValue[] = [];
    for (let token = this.#take(); token.type !== ']'; token = this.#take()) {
      array.push(this.#value(token));
      if (!this.#comma(']')) break;
    }
    return array;
  }

  /** Whether a comma follows; if not, the closing token must. */
  #comma(close: '}' | ']'): boolean {
    const token = this.#take();
    if (token.type === ',') return true;
    if (token.type !== close) throw this.#unexpected(token, `a comma or ${close}`);
    return false;
  }

  #key(token: Token): string {
    if (token.type === 'string') return this.#string(token);
    const key = token.type === 'name' ? readKey(this.#slice(token)) : undefined;
    if (key === undefined) throw this.#unexpected(token, 'a key');
    return key;
  }

  #word(token: Token): JsonValue {
    switch (this.#slice(token)) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'null':
        return null;
      case 'NaN':
      case 'Infinity':
        return this.#number(token);
      default:
        throw this.#unexpected(token, 'a value');
    }
  }

  #string(token: Token): string {
    const text = readString(this.#slice(token));
    if (text === undefined) {
      const what =
        'a string has an escape that JSON5 does not know: write the character as it is, or as \\u00…';
      throw this.#failure('DOCUMENT_SYNTAX', what, token);
    }
    return text;
  }

  #number(token: Token): number | null {
    const literal = this.#slice(token);
    const value = this.#lenient ? readAnyNumber(literal) : readNumber(literal);
    if (value === undefined) {
      const what = 'JSON has no such number: it is NaN, infinite, out of range, or has too many digits';
      throw this.#failure('DOCUMENT_NUMBER', what, token);
    }
    return value;
  }

  #slice({ start, end }: Token): string {
    return this.#text.slice(start, end);
  }

  #take(): Token {
    const token = this.#tokens.next();
    if (token.type === 'end') throw this.#failure('DOCUMENT_SYNTAX', 'the document ends too early', token);
    return token;
  }

  #unexpected(token: Token, expected: string): ConfigMergeError {
    // The text is not quoted: it may be part of a secret.
    return this.#failure('DOCUMENT_SYNTAX', `expected ${expected}`, token);
  }

  #failure(code: ConfigMergeErrorCode, what: string, { start }: Token): ConfigMergeError {
    return documentError(this.#text, start, code, what);
  }
}
