import { readString } from '../literals.ts';
import { printable } from '../printable.ts';
import { Tokens, type Token } from '../tokens.ts';

const lineBreak = /(\r\n|[\n\r\u2028\u2029])/u;
const comment = /\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\//gu;

/**
 * A JSON5 text to print: it says the same, without characters that a terminal could act on. A text without any such
 * character stays as it is.
 */
export function shownDocument(text: string): string {
  const tokens = new Tokens(text);
  const pieces: string[] = [];
  let token: Token;
  let at = 0;
  do {
    token = tokens.next();
    pieces.push(shownGap(text.slice(at, token.start)), shownToken(text.slice(token.start, token.end), token));
    at = token.end;
  } while (token.type !== 'end');
  return pieces.join('');
}

function shownToken(literal: string, { type }: Token): string {
  const shown = printable(literal);
  // A backslash before such a character would be one before an escape.
  if (shown === literal || type !== 'string') return shown;
  return printable(JSON.stringify(readString(literal) ?? ''));
}

function shownGap(gap: string): string {
  let shown = '';
  let at = 0;
  for (const match of gap.matchAll(comment)) {
    const [words] = match;
    shown +=
      shownSpace(gap.slice(at, match.index)) +
      lines(words, (line) => line.split('\t').map(printable).join('\t'));
    at = match.index + words.length;
  }
  return shown + shownSpace(gap.slice(at));
}

/** White space is none of the characters that an escape could stand for here. */
function shownSpace(space: string): string {
  return lines(space, (line) => line.replaceAll(/[^\t\P{C}]/gu, ' '));
}

/** Line breaks that a terminal takes for other ones become plain ones. */
function lines(text: string, show: (line: string) => string): string {
  return text
    .split(lineBreak)
    .map((line, at) => (at % 2 === 0 ? show(line) : line.replace(/^[\r\u2028\u2029]$/u, '\n')))
    .join('');
}
