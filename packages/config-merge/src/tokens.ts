import { documentError } from './document-error.ts';

export type TokenType = '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'number' | 'name' | 'end';

/** A word of a document, from `start` up to `end`. */
export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
}

const punctuators: ReadonlySet<string> = new Set<TokenType>(['{', '}', '[', ']', ':', ',']);
const [slash, backslash, doubleQuote, singleQuote] = [0x2f, 0x5c, 0x22, 0x27];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const lineEnd = /[\n\r\u2028\u2029]/gu;
const number =
  /[+-]?(?:0[xX][\da-fA-F]+|(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|[+-](?:Infinity|NaN)/uy;
export const nameStart = /[$_\p{L}\p{Nl}]|\\u[\da-fA-F]{4}/uy;
export const namePart = /[$\u200C\u200D\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]|\\u[\da-fA-F]{4}/uy;

/**
 * The words of a JSON5 document, one after another (https://spec.json5.org). None is kept, so reading takes the
 * memory of the result; nothing here recurses or lets a pattern repeat without end, so no text overflows a stack.
 */
export class Tokens {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws ConfigMergeError `DOCUMENT_SYNTAX` for what is no word of JSON5 */
  next(): Token {
    this.#skip();
    const start = this.#at;
    const type = this.#read();
    return { type, start, end: this.#at };
  }

  /** Moves behind the bracket that closes one just read, in a text that was read before. */
  leave(): number {
    for (let depth = 1; depth > 0;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === slash) {
        this.#skip();
        continue;
      }
      if (unit === doubleQuote || unit === singleQuote) this.#passString(unit);
      else if (unit === openBrace || unit === openBracket) depth++;
      else if (unit === closeBrace || unit === closeBracket) depth--;
      else if (Number.isNaN(unit)) throw endsEarly(this.#text);
      this.#at++;
    }
    return this.#at;
  }

  /** To the quote that ends the string that begins here. */
  #passString(quote: number): void {
    let unit: number;
    do {
      unit = this.#text.charCodeAt(++this.#at);
      if (unit === backslash) this.#at++;
    } while (unit !== quote && !Number.isNaN(unit));
  }

  /** Past white space and comments. */
  #skip(): void {
    for (;;) {
      while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
      if (this.#text.startsWith('//', this.#at)) {
        lineEnd.lastIndex = this.#at;
        this.#at = lineEnd.exec(this.#text)?.index ?? this.#text.length;
      } else if (this.#text.startsWith('/*', this.#at)) {
        const close = this.#text.indexOf('*/', this.#at + 2);
        this.#at = close < 0 ? this.#text.length : close + 2;
        if (close < 0) throw endsEarly(this.#text);
      } else return;
    }
  }

  /** Moves behind the word that begins here. */
  #read(): TokenType {
    const first = this.#text[this.#at];
    if (first === undefined) return 'end';
    if (isPunctuator(first)) {
      this.#at++;
      return first;
    }
    if (first === '"' || first === "'") return this.#string(first);
    if (this.#take(number)) return 'number';
    if (!this.#take(nameStart))
      throw documentError(this.#text, this.#at, 'DOCUMENT_SYNTAX', 'unexpected character');
    while (this.#take(namePart));
    return 'name';
  }

  #string(quote: string): TokenType {
    const start = this.#at;
    for (this.#at++; this.#text[this.#at] !== quote; this.#at++) {
      const character = this.#text[this.#at];
      if (character === '\n' || character === '\r') {
        const what = 'a string does not end on its line: escape the line break';
        throw documentError(this.#text, start, 'DOCUMENT_SYNTAX', what);
      }
      if (character === '\\') this.#at += this.#text.startsWith('\r\n', this.#at + 1) ? 2 : 1;
      if (this.#at >= this.#text.length) throw endsEarly(this.#text);
    }
    this.#at++;
    return 'string';
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}

function isPunctuator(character: string): character is TokenType {
  return punctuators.has(character);
}

function isSpace(unit: number): boolean {
  if (unit <= 0x7f) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  return /\s/u.test(String.fromCharCode(unit));
}

function endsEarly(text: string): Error {
  return documentError(text, text.length, 'DOCUMENT_SYNTAX', 'the document ends too early');
}
