import { isArray, isObject, isScalar, type JsonScalar, type JsonValue } from './json.ts';
import { canBeBare, isQuote, type Bracket, type Quote, type Style } from './style.ts';

/** Columns that something on one line may take where its neighbours have theirs on one line, too. */
const width = 100;
const closing = { '{': '}', '[': ']' } as const;

/** A value as its neighbours would have been written. `indent` is what its line begins with. */
export function printed(value: JsonValue, style: Style, indent: string): string {
  return print(value, style, indent).text;
}

/** A scalar as the one that it takes the place of, which begins with `first`; undefined if that shows nothing. */
export function printedAlike(value: JsonValue, first: string | undefined): string | undefined {
  if (typeof value !== 'string') return isScalar(value) ? JSON.stringify(value) : undefined;
  return isQuote(first) ? printedString(value, first) : undefined;
}

export function printedMember(key: string, value: JsonValue, style: Style, indent: string): string {
  return `${printedKey(key, style)}${style.colon}${printed(value, style, indent)}`;
}

interface Print {
  readonly text: string;
  readonly onLines: boolean;
}

function print(value: JsonValue, style: Style, indent: string): Print {
  const inner = indent + style.unit;
  if (isArray(value)) {
    return printContainer(
      '[',
      value.map((element) => print(element, style, inner)),
      style,
      indent,
    );
  }
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, member]) => {
      const { text, onLines } = print(member, style, inner);
      return { text: `${printedKey(key, style)}${style.colon}${text}`, onLines };
    });
    return printContainer('{', members, style, indent);
  }
  return { text: printedScalar(value, style.quote), onLines: false };
}

function printContainer(bracket: Bracket, members: readonly Print[], style: Style, indent: string): Print {
  const { pad, lines, inline, comma, newline, trailingComma } = style;
  const close = closing[bracket];
  if (members.length === 0) return { text: bracket + close, onLines: false };
  const texts = members.map(({ text }) => text);
  const length = texts.reduce((sum, text) => sum + text.length, indent.length);
  const fits = inline || (length <= width && !members.some(({ onLines }) => onLines));
  if (!(lines[bracket] ?? lines['{']) && fits) {
    return {
      text: `${bracket}${pad[bracket]}${texts.join(`,${comma}`)}${pad[bracket]}${close}`,
      onLines: false,
    };
  }
  const line = newline + indent + style.unit;
  const last = trailingComma ? ',' : '';
  return {
    text: `${bracket}${line}${texts.join(`,${line}`)}${last}${newline}${indent}${close}`,
    onLines: true,
  };
}

function printedKey(key: string, { bareKeys, keyQuote, quote }: Style): string {
  return bareKeys && canBeBare(key) ? key : printedString(key, keyQuote ?? quote);
}

function printedScalar(value: JsonScalar, quote: Quote): string {
  return typeof value === 'string' ? printedString(value, quote) : JSON.stringify(value);
}

function printedString(text: string, quote: Quote): string {
  const json = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  if (quote === '"') return json;
  const single = json.slice(1, -1).replaceAll(/\\.|'/gu, (piece) => {
    if (piece === "'") return "\\'";
    return piece === '\\"' ? '"' : piece;
  });
  return `'${single}'`;
}
