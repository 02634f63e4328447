import { Gap } from './gap.ts';
import type { Layout, Member } from './layout.ts';
import { Tokens } from './tokens.ts';

export type Quote = '"' | "'";
export type Bracket = '{' | '[';

/** How the text around a place is written. */
export interface Style {
  readonly newline: string;
  /** What the line begins with on which the object or array around begins. */
  readonly indent: string;
  /** What a line one level further in begins with besides. */
  readonly unit: string;
  readonly bareKeys: boolean;
  /** Undefined as long as no key has quotes: they have those of strings. */
  readonly keyQuote: Quote | undefined;
  readonly quote: Quote;
  /** Between key and value. */
  readonly colon: string;
  /** Behind the comma between members on one line. */
  readonly comma: string;
  /** Inside the brackets of what is on one line. */
  readonly pad: Readonly<Record<Bracket, string>>;
  /** Whether members have lines of their own; undefined as long as there was no such array: as in objects. */
  readonly lines: { readonly '{': boolean; readonly '[': boolean | undefined };
  /** Whether the object or array around is on one line, so that all in it is. */
  readonly inline: boolean;
  /** Whether the last member on a line of its own has a comma. */
  readonly trailingComma: boolean;
}

/** What shows a habit: the members nearest to the end, where new ones go. */
const sample = 16;
const bareKey = /^[A-Za-z_$][\w$]*$/u;
const space = /[^\S\n\r\u2028\u2029]*/uy;
const anyLineBreak = /\r\n|[\n\r\u2028\u2029]/u;

export function canBeBare(key: string): boolean {
  return bareKey.test(key);
}

/** The style of a text before anything of it was looked at but its first line break and quote. */
export function plainStyle(text: string): Style {
  return {
    newline: anyLineBreak.exec(text)?.[0] ?? '\n',
    indent: '',
    unit: '  ',
    bareKeys: false,
    keyQuote: undefined,
    quote: firstQuote(text) ?? '"',
    colon: ': ',
    comma: ' ',
    pad: { '{': ' ', '[': '' },
    lines: { '{': true, '[': undefined },
    inline: false,
    trailingComma: false,
  };
}

function firstQuote(text: string): Quote | undefined {
  const tokens = new Tokens(text);
  for (let token = tokens.next(); token.type !== 'end'; token = tokens.next()) {
    const first = text[token.start];
    if (isQuote(first)) return first;
  }
  return undefined;
}

/**
 * The style inside an object or array.
 *
 * @param around The style of what it is in.
 * @param indent What the line begins with on which it begins.
 */
export function styleInside(text: string, layout: Layout, around: Style, indent: string): Style {
  const { members, open } = layout;
  const first = members[0];
  if (first === undefined) return { ...around, indent };
  return new Observer(text, layout, { ...around, indent }).look(first, open);
}

type Draft = { -readonly [Key in keyof Style]: Style[Key] };

class Observer {
  readonly #text: string;
  readonly #members: readonly Member[];
  readonly #style: Draft;

  constructor(text: string, { members }: Layout, around: Style) {
    this.#text = text;
    this.#members = members;
    this.#style = { ...around };
  }

  look(first: Member, open: number): Style {
    const style = this.#style;
    const start = new Gap(this.#text, open + 1, first.start);
    this.#lookAtLines(start, this.#text[open] === '[' ? '[' : '{');
    const near = this.#members.slice(-sample);
    this.#lookAtKeys(near);
    for (const [at, member] of near.entries()) {
      const before = near[at - 1];
      if (before?.comma !== undefined) this.#lookAtComma(before.comma + 1, member.start);
      this.#lookAtValue(member);
    }
    return style;
  }

  #lookAtLines(start: Gap, bracket: Bracket): void {
    const style = this.#style;
    const last = this.#members.at(-1);
    const isOnLines = start.lineEnd !== undefined;
    style.lines = { ...style.lines, [bracket]: isOnLines };
    style.inline = false;
    if (isOnLines) {
      const { indent = '' } = start;
      const [line] = start.breaks;
      if (line !== undefined) style.newline = this.#text.slice(line.start, line.end);
      if (indent.length > style.indent.length && indent.startsWith(style.indent)) {
        style.unit = indent.slice(style.indent.length);
      }
      style.trailingComma = last?.comma !== undefined;
    } else {
      if (start.isBlank) style.pad = { ...style.pad, [bracket]: this.#text.slice(start.start, start.end) };
      style.inline = this.#members.every(
        ({ start: at }, index) => index === 0 || this.#isSpace(this.#members[index - 1]?.comma ?? at, at),
      );
      if (style.inline) style.lines = { '{': false, '[': false };
    }
  }

  /** Whether there is no line break between the comma and a member. */
  #isSpace(comma: number, start: number): boolean {
    return !anyLineBreak.test(this.#text.slice(comma, start));
  }

  #lookAtKeys(members: readonly Member[]): void {
    const style = this.#style;
    const keys = members.filter(({ key }) => key !== undefined);
    const quoted = keys.filter(({ start }) => isQuote(this.#text[start]));
    if (quoted.length < keys.length) style.bareKeys = true;
    else if (quoted.some(({ key }) => canBeBare(key ?? ''))) style.bareKeys = false;
    const quote = this.#text[quoted.at(-1)?.start ?? -1];
    if (isQuote(quote)) {
      style.keyQuote = quote;
      style.quote = quote;
    }
    const last = keys.at(-1);
    if (last === undefined) return;
    const colon = this.#text.slice(last.keyEnd, last.valueStart);
    if (/^[ \t]*:[ \t]*$/u.test(colon)) {
      style.colon = colon;
      style.comma = colon.endsWith(':') ? '' : ' ';
    }
  }

  #lookAtComma(start: number, end: number): void {
    const between = this.#text.slice(start, end);
    if (/^[ \t]*$/u.test(between)) this.#style.comma = between;
  }

  #lookAtValue({ valueStart }: Member): void {
    const style = this.#style;
    const first = this.#text[valueStart];
    if (first === '{' || first === '[') {
      space.lastIndex = valueStart + 1;
      space.test(this.#text);
      const inside = this.#text[space.lastIndex];
      if (inside === '}' || inside === ']') return;
      const isOnLines = inside === '/' || anyLineBreak.test(inside ?? '');
      style.lines = { ...style.lines, [first]: isOnLines };
      if (!isOnLines) {
        style.pad = { ...style.pad, [first]: this.#text.slice(valueStart + 1, space.lastIndex) };
      }
      if (first === '[' && isQuote(inside)) style.quote = inside;
    } else if (isQuote(first)) style.quote = first;
  }
}

export function isQuote(character: string | undefined): character is Quote {
  return character === '"' || character === "'";
}
