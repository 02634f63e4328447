import { Gap } from './gap.ts';
import type { Layout, Member } from './layout.ts';
import type { Patch } from './patch.ts';
import type { Style } from './style.ts';

/** A new member, written for a line that begins with `indent`. */
export type NewMember = (indent: string) => string;

export interface Arrangement {
  readonly removed: ReadonlySet<number>;
  /** New members, by the index of the one that stays and that they follow; -1 if none before them stays. */
  readonly added: ReadonlyMap<number, readonly NewMember[]>;
}

/** Takes members out of an object or array, and puts new ones in. */
export class Rearrangement {
  readonly #text: string;
  readonly #patch: Patch;
  readonly #layout: Layout;
  readonly #style: Style;
  readonly #removed: ReadonlySet<number>;
  readonly #added: ReadonlyMap<number, readonly NewMember[]>;
  readonly #lastKept: number;

  constructor(text: string, patch: Patch, layout: Layout, style: Style, { removed, added }: Arrangement) {
    this.#text = text;
    this.#patch = patch;
    this.#layout = layout;
    this.#style = style;
    this.#removed = removed;
    this.#added = added;
    this.#lastKept = layout.members.findLastIndex((_, at) => !removed.has(at));
  }

  apply(): void {
    const { members } = this.#layout;
    if (members.length === 0) this.#fill(this.#added.get(-1) ?? []);
    else if (this.#lastKept < 0) this.#exchange(this.#added.get(-1) ?? []);
    else {
      this.#removeRuns();
      for (const [at, news] of this.#added) {
        if (at < 0) this.#insertFirst(news);
        else this.#insertAfter(at, news);
      }
    }
  }

  /** Into brackets with nothing between them but comments. */
  #fill(news: readonly NewMember[]): void {
    const { open, close } = this.#layout;
    const { indent, unit, newline, comma, trailingComma } = this.#style;
    const gap = new Gap(this.#text, open + 1, close);
    const isOnLines = gap.breaks.length > 0;
    const before = isOnLines ? newline + indent + unit : comma;
    const texts = news.map((text) => before + text(indent + unit));
    const last = isOnLines && trailingComma ? ',' : '';
    this.#patch.insert(gap.comments.at(-1)?.end ?? open + 1, texts.join(',') + last);
  }

  /** Nothing stays. */
  #exchange(news: readonly NewMember[]): void {
    const { members, open, close } = this.#layout;
    const end = members.length - 1;
    const [before, after] = [this.#before(0), this.#after(end)];
    const [first, last] = [before.ownStart(true), after.trailing.at(-1)?.end ?? after.start];
    if (news.length > 0) {
      const { indent, newline, comma } = this.#style;
      const line = before.indent;
      const between = line === undefined ? `,${comma}` : `,${newline}${line}`;
      const text = news.map((write) => write(line ?? indent)).join(between);
      this.#patch.replace(first, members[end]?.end ?? first, text);
      this.#patch.remove(after.start, last);
    } else if ([...before.comments, ...after.comments].every(({ start }) => start >= first && start < last)) {
      this.#patch.remove(open + 1, close);
    } else this.#removeRun(0, end);
  }

  #removeRuns(): void {
    const { members } = this.#layout;
    for (let at = 0; at < members.length; at++) {
      if (!this.#removed.has(at)) continue;
      const start = at;
      while (this.#removed.has(at + 1)) at++;
      this.#removeRun(start, at);
    }
  }

  /** Takes out members that stand side by side, with the comments that are theirs. */
  #removeRun(from: number, to: number): void {
    const { close, members } = this.#layout;
    const [before, after] = [this.#before(from), this.#after(to)];
    const isLast = to === members.length - 1;
    const isBesideNext = !isLast && after.lineEnd === undefined;
    const beginsLine = from === 0 || before.lineEnd !== undefined || this.#commaLine(from) !== undefined;
    let start = before.ownStart(!isBesideNext);
    let end = after.start;
    if (!isBesideNext) {
      // A line comment behind several members may speak of those that stay.
      end = after.trailing.findLast(({ isLine }) => beginsLine || !isLine)?.end ?? end;
    }
    let lead = before;
    if (isLast && members[to]?.comma === undefined && from > 0) {
      const comma = this.#looseComma(from - 1);
      if (comma !== undefined && before.lineEnd === undefined) ({ start, lead } = comma);
      else if (comma !== undefined) this.#patch.remove(comma.start, comma.end);
    }
    this.#removeSpan(start, end, lead, isBesideNext, isLast ? close : undefined);
  }

  /** The comma behind what becomes the last member, if it has to go; `lead` is the gap in front of it. */
  #looseComma(at: number): { start: number; end: number; lead: Gap } | undefined {
    const member = this.#layout.members[at];
    if (member?.comma === undefined) return undefined;
    if (this.#added.has(at) && this.#commaLine(at) === undefined) return undefined;
    const lead = new Gap(this.#text, member.end, member.comma);
    const isAlone = lead.isBlank && lead.lineEnd === undefined;
    return { start: isAlone ? member.end : member.comma, end: member.comma + 1, lead };
  }

  /** Takes out a span, and the line if nothing else is on it. */
  #removeSpan(start: number, end: number, lead: Gap, isBesideNext: boolean, close: number | undefined): void {
    const text = this.#text;
    const [left, right] = [skipBack(text, start, false), skipForward(text, end, false)];
    const lineBreak = breakAt(text, right);
    if (isBesideNext) this.#patch.remove(start, right);
    else if (lineBreak > 0 && isBreak(text[left - 1])) this.#removeLines(left, right + lineBreak);
    else if (right === close) {
      const comment = lead.comments.findLast((one) => one.end <= start);
      // A line comment in front, which may end in white space, needs its line break.
      const far = Math.max(skipBack(text, start, true), comment?.end ?? 0);
      this.#patch.remove(comment?.isLine === true && comment.end === far ? left : far, end);
    } else this.#patch.remove(left, end);
  }

  /** Takes out whole lines, and blank ones around them that would stand at a bracket or side by side. */
  #removeLines(start: number, end: number): void {
    const text = this.#text;
    const { open, close } = this.#layout;
    const [before, after] = [skipBack(text, start, true), skipForward(text, end, true)];
    const next = skipBack(text, after, false);
    const lineEnd = skipForward(text, before, false);
    const line = lineEnd + breakAt(text, lineEnd);
    const isBlankBefore = line < start;
    const isBlankAfter = next > end;
    if (isBlankAfter && (isBlankBefore || before === open + 1)) this.#patch.remove(start, next);
    else if (isBlankBefore && after === close) this.#patch.remove(line, end);
    else this.#patch.remove(start, end);
  }

  #insertAfter(at: number, news: readonly NewMember[]): void {
    const { members } = this.#layout;
    const member = members[at];
    if (member === undefined) return;
    const before = this.#before(at);
    const commaLine = this.#commaLine(at);
    if (commaLine !== undefined) this.#insertBehindCommas(at, member, before, commaLine, news);
    else if (before.indent !== undefined) this.#insertLines(at, member, before, before.indent, news);
    else this.#insertInLine(at, member, before, news);
  }

  /** Where commas begin lines. */
  #insertBehindCommas(
    at: number,
    { end, comma }: Member,
    before: Gap,
    indent: string,
    news: readonly NewMember[],
  ): void {
    const gap = new Gap(this.#text, end, comma ?? this.#nextStart(at));
    const space = before.isBlank ? this.#text.slice(before.start, before.end) : this.#style.comma;
    const line = `${this.#style.newline}${indent},${space}`;
    const place = gap.lineEnd ?? gap.trailing.at(-1)?.end ?? end;
    this.#patch.insert(place, news.map((write) => line + write(indent)).join(''));
  }

  #insertLines(
    at: number,
    { end, comma }: Member,
    before: Gap,
    indent: string,
    news: readonly NewMember[],
  ): void {
    const after = this.#after(at);
    const isLast = at === this.#layout.members.length - 1;
    const lineBreak = before.breaks.at(-1) ?? before;
    const line = this.#text.slice(lineBreak.start, lineBreak.end) + indent;
    const behind = isLast ? after.trailing.at(-1)?.end : undefined;
    if (comma === undefined) this.#patch.insert(end, ',');
    const texts = news.map((write) => line + write(indent)).join(',');
    this.#patch.insert(after.lineEnd ?? behind ?? after.start, texts + this.#commaBehind(at));
  }

  #insertInLine(at: number, { comma }: Member, before: Gap, news: readonly NewMember[]): void {
    const after = this.#after(at);
    const isLast = at === this.#layout.members.length - 1;
    const space = at > 0 && before.isBlank ? this.#text.slice(before.start, before.end) : this.#style.comma;
    const text = news.map((write) => space + write(this.#style.indent)).join(',');
    const blocks = after.trailing.slice(0, after.trailing.findIndex(({ isLine }) => isLine) >>> 0);
    const place = (isLast ? blocks.at(-1)?.end : undefined) ?? after.start;
    this.#patch.insert(place, comma === undefined ? `,${text}` : text + this.#commaBehind(at));
  }

  /** In front of all that stays. */
  #insertFirst(news: readonly NewMember[]): void {
    const first = this.#layout.members.findIndex((_, at) => !this.#removed.has(at));
    const before = this.#before(first);
    const own = before.ownStart(true);
    const { indent } = before;
    if (indent === undefined) {
      const { comma, indent: around } = this.#style;
      this.#patch.insert(own, news.map((write) => `${write(around)},${comma}`).join(''));
    } else {
      const lineBreak = before.breaks.findLast(({ end }) => end <= own) ?? before;
      const newline = this.#text.slice(lineBreak.start, lineBreak.end);
      this.#patch.insert(lineBreak.end, news.map((write) => `${indent}${write(indent)},${newline}`).join(''));
    }
  }

  /** The comma behind the last of new members. */
  #commaBehind(at: number): string {
    return at !== this.#lastKept || this.#layout.members.at(-1)?.comma !== undefined ? ',' : '';
  }

  /** What the line begins with on which a member stands behind the comma of the one before; else undefined. */
  #commaLine(at: number): string | undefined {
    const before = this.#layout.members[at - 1];
    if (before?.comma === undefined || this.#before(at).lineEnd !== undefined) return undefined;
    return new Gap(this.#text, before.end, before.comma).indent;
  }

  #before(at: number): Gap {
    const { members, open } = this.#layout;
    const start = members[at - 1]?.comma ?? open;
    return new Gap(this.#text, start + 1, members[at]?.start ?? start + 1);
  }

  #after(at: number): Gap {
    const member = this.#layout.members[at];
    const start = member?.comma === undefined ? member?.end : member.comma + 1;
    return new Gap(this.#text, start ?? this.#layout.close, this.#nextStart(at));
  }

  #nextStart(at: number): number {
    return this.#layout.members[at + 1]?.start ?? this.#layout.close;
  }
}

function isBreak(character: string | undefined): boolean {
  return character !== undefined && /[\n\r\u2028\u2029]/u.test(character);
}

/** How long the line break at a place is; 0 if there is none. */
function breakAt(text: string, at: number): number {
  if (!isBreak(text[at])) return 0;
  return text.startsWith('\r\n', at) ? 2 : 1;
}

function skipBack(text: string, at: number, overLines: boolean): number {
  let start = at;
  while (isSpace(text[start - 1], overLines)) start--;
  return start;
}

function skipForward(text: string, at: number, overLines: boolean): number {
  let end = at;
  while (isSpace(text[end], overLines)) end++;
  return end;
}

function isSpace(character: string | undefined, overLines: boolean): boolean {
  return character !== undefined && /\s/u.test(character) && (overLines || !isBreak(character));
}
