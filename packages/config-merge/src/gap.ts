export interface Comment {
  readonly start: number;
  readonly end: number;
  /** Whether it ends with its line. */
  readonly isLine: boolean;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

const lineBreak = /\r\n|[\n\r\u2028\u2029]/uy;
const lineEnd = /[\n\r\u2028\u2029]/gu;

/** What stands between two words of a document: white space and comments. */
export class Gap {
  readonly start: number;
  readonly end: number;
  readonly comments: readonly Comment[];
  /** Line breaks outside comments. */
  readonly breaks: readonly Span[];
  readonly #text: string;

  constructor(text: string, start: number, end: number) {
    const comments: Comment[] = [];
    const breaks: Span[] = [];
    for (let at = start; at < end;) {
      const next = pieceEnd(text, at);
      if (text[at] === '/') comments.push({ start: at, end: next, isLine: text[at + 1] === '/' });
      lineBreak.lastIndex = at;
      if (lineBreak.test(text)) breaks.push({ start: at, end: next });
      at = next;
    }
    this.#text = text;
    this.start = start;
    this.end = end;
    this.comments = comments;
    this.breaks = breaks;
  }

  get isBlank(): boolean {
    return this.comments.length === 0;
  }

  /** The end of the line that it begins on; undefined if the next word stands on that line. */
  get lineEnd(): number | undefined {
    return this.breaks[0]?.start;
  }

  /** The comments on the line that it begins on. */
  get trailing(): readonly Comment[] {
    const end = this.lineEnd ?? this.end;
    return this.comments.filter(({ start }) => start < end);
  }

  /** The white space that the last line begins with, up to the next word or the first comment; undefined without a line. */
  get indent(): string | undefined {
    const line = this.breaks.at(-1)?.end;
    if (line === undefined) return undefined;
    const comment = this.comments.find(({ start }) => start >= line);
    return this.#text.slice(line, comment?.start ?? this.end);
  }

  /**
   * Where the comments begin that belong to the word behind it: those on its line, and those on the lines directly
   * above.
   *
   * @param above Whether those above count.
   */
  ownStart(above: boolean): number {
    const first = this.lineEnd ?? this.start;
    let own = this.end;
    let line = this.breaks.length - 1;
    for (let at = this.comments.length - 1; at >= 0; at--) {
      const comment = this.comments[at];
      if (comment === undefined || comment.start < first) break;
      let lines = 0;
      for (; (this.breaks[line]?.start ?? -1) >= comment.end; line--) lines++;
      if (lines > (above ? 1 : 0)) break;
      own = comment.start;
    }
    return own;
  }
}

/** Where the comment, line break or other character at a place ends. */
function pieceEnd(text: string, at: number): number {
  if (text[at] === '/') {
    if (text[at + 1] === '*') return text.indexOf('*/', at + 2) + 2;
    lineEnd.lastIndex = at;
    return lineEnd.exec(text)?.index ?? text.length;
  }
  return text.startsWith('\r\n', at) ? at + 2 : at + 1;
}
