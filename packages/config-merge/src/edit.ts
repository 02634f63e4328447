import { checkObject } from './check.ts';
import { differenceOf, type ArrayDifference, type Fate, type ObjectDifference } from './difference.ts';
import { parseDocument } from './document.ts';
import { Gap } from './gap.ts';
import type { JsonArray, JsonObject } from './json.ts';
import { readLayout, type Layout } from './layout.ts';
import { Patch } from './patch.ts';
import type { Policy } from './policy.ts';
import { printed, printedAlike, printedMember } from './printed.ts';
import { Rearrangement, type NewMember } from './rearrange.ts';
import { rootScope, type Scope } from './scope.ts';
import { plainStyle, styleInside, type Style } from './style.ts';

export interface EditOptions {
  /** Tells which arrays have elements with an identity. Default: none has, elements are known by what they are. */
  readonly policy?: Policy | undefined;
}

/**
 * Rewrites a JSON5 text so that it says something else, and leaves the rest of it byte for byte: comments, the
 * order of keys, quotes, forms of numbers, blank lines. What is new is written as its neighbours are; what goes
 * takes its comments along: those on the lines directly above it, and the one on its line.
 *
 * @param text Read leniently, see {@link ParseOptions}.
 * @param to What the text is to say.
 * @returns A text that `parseDocument` reads, leniently, as `to`.
 * @throws ConfigMergeError `DOCUMENT_*` for the text, `VALUE_*` for a value that is not JSON
 */
export function editDocument(text: string, to: object, { policy }: EditOptions = {}): string {
  const from = parseDocument(text, { lenient: true });
  const scope = policy === undefined ? undefined : rootScope(policy);
  return edited(text, from, checkObject(to, 'document'), scope);
}

/** The same where it is known what the text says. */
export function edited(text: string, from: JsonObject, to: JsonObject, scope: Scope | undefined): string {
  const difference = differenceOf(from, to, scope);
  if (difference === undefined || difference.kind === 'value') return text;
  const patch = new Patch(text);
  const style = (): Style => plainStyle(text);
  new Editor(text, patch).container(readLayout(text, difference), difference, style, () => '');
  return patch.apply();
}

class Editor {
  readonly #text: string;
  readonly #patch: Patch;

  constructor(text: string, patch: Patch) {
    this.#text = text;
    this.#patch = patch;
  }

  /**
   * Most edits put one scalar in the place of another: nothing is asked of the style before somebody needs it.
   *
   * @param indent What the line begins with on which the object or array begins.
   */
  container(
    layout: Layout,
    difference: ObjectDifference | ArrayDifference,
    around: () => Style,
    indent: () => string,
  ): void {
    const style = once(() => styleInside(this.#text, layout, around(), indent()));
    if (layout.members.length === 0 && new Gap(this.#text, layout.open + 1, layout.close).isBlank) {
      const text = printed(valueOf(difference), style(), indent());
      this.#patch.replace(layout.open, layout.close + 1, text);
      return;
    }
    const fates = fatesOf(layout, difference);
    this.#members(layout, fates, style, indent);
    const removed = new Set(fates.flatMap((fate, at) => (fate === 'removed' ? [at] : [])));
    const added = addedBy(difference, style, keptLast(layout, fates));
    if (removed.size + added.size === 0) return;
    new Rearrangement(this.#text, this.#patch, layout, style(), { removed, added }).apply();
  }

  #members(layout: Layout, fates: readonly Fate[], style: () => Style, around: () => string): void {
    const lines = once(() => new Lines(this.#text, layout, around()));
    for (const [at, member] of layout.members.entries()) {
      const fate = fates[at];
      if (fate === undefined || fate === 'removed') continue;
      const indent = once(() => lines().indentOf(at));
      if (fate.kind !== 'value') {
        if (member.inside !== undefined) this.container(member.inside, fate, style, indent);
        continue;
      }
      const { valueStart, end } = member;
      const text = printedAlike(fate.value, this.#text[valueStart]) ?? printed(fate.value, style(), indent());
      this.#patch.replace(valueStart, end, text);
    }
  }
}

/** Made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What the lines begin with on which members begin. */
class Lines {
  readonly #text: string;
  readonly #layout: Layout;
  /** The last that was asked for, and what its line begins with. */
  #at = -1;
  #indent: string;

  constructor(text: string, layout: Layout, indent: string) {
    this.#text = text;
    this.#layout = layout;
    this.#indent = indent;
  }

  /** Of a member no earlier than the one asked for before, so that no line is searched twice. */
  indentOf(member: number): string {
    for (let at = member; at > this.#at; at--) {
      const indent = this.#lineBefore(at);
      if (indent === undefined) continue;
      this.#indent = indent;
      break;
    }
    this.#at = member;
    return this.#indent;
  }

  /** Undefined if it stands on the line of the one before. */
  #lineBefore(at: number): string | undefined {
    const { members, open } = this.#layout;
    const [before, member] = [members[at - 1], members[at]];
    if (member === undefined) return undefined;
    const comma = before?.comma ?? open;
    const line = new Gap(this.#text, comma + 1, member.start).indent;
    return line ?? (before && new Gap(this.#text, before.end, comma).indent);
  }
}

/** What becomes of each member of a text. Of a key that stands twice the last counts; gone are all of them. */
function fatesOf({ members }: Layout, difference: ObjectDifference | ArrayDifference): readonly Fate[] {
  if (difference.kind === 'array') return members.map((_, at) => difference.fates.get(at));
  const fates: Fate[] = members.map(({ key = '' }) => difference.fates.get(key));
  const seen = new Set<string>();
  for (let at = members.length - 1; at >= 0; at--) {
    if (fates[at] === undefined || fates[at] === 'removed') continue;
    const key = members[at]?.key ?? '';
    if (seen.has(key)) fates[at] = undefined;
    seen.add(key);
  }
  return fates;
}

function keptLast({ members }: Layout, fates: readonly Fate[]): number {
  return members.findLastIndex((_, at) => fates[at] !== 'removed');
}

function addedBy(
  difference: ObjectDifference | ArrayDifference,
  style: () => Style,
  last: number,
): ReadonlyMap<number, readonly NewMember[]> {
  if (difference.kind === 'array') {
    const news = [...difference.added].map(([at, values]) => {
      return [
        at,
        values.map(
          (value): NewMember =>
            (indent) =>
              printed(value, style(), indent),
        ),
      ] as const;
    });
    return new Map(news);
  }
  const news = difference.added.map(([key, value]): NewMember => {
    return (indent) => printedMember(key, value, style(), indent);
  });
  return new Map(news.length === 0 ? [] : [[last, news]]);
}

/** The whole of an object or array that was empty before. */
function valueOf(difference: ObjectDifference | ArrayDifference): JsonObject | JsonArray {
  if (difference.kind === 'array') return difference.added.get(-1) ?? [];
  return Object.fromEntries(difference.added);
}
