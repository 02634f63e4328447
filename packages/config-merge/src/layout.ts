import type { Difference, Fate } from './difference.ts';
import { readKey } from './literals.ts';
import { Tokens, type Token } from './tokens.ts';

/** Where an object or array stands in a text, and everything in it. All numbers are offsets. */
export interface Layout {
  /** Of the opening bracket. */
  readonly open: number;
  /** Of the closing bracket. */
  readonly close: number;
  readonly members: readonly Member[];
}

/** A member of an object, or an element of an array. */
export interface Member {
  /** Undefined for an element. */
  readonly key: string | undefined;
  readonly start: number;
  /** Behind the key; the same as `start` for an element. */
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly end: number;
  /** Of the comma behind it; undefined if there is none. */
  readonly comma: number | undefined;
  /** Where the parts of its value stand, if they change. */
  readonly inside: Layout | undefined;
}

/**
 * Where the parts of a document stand that a difference touches. The rest is passed over.
 *
 * @param text One that `parseDocument` can read: nothing is checked again.
 */
export function readLayout(text: string, difference: Difference): Layout {
  return new LayoutReader(text).container(difference);
}

class LayoutReader {
  readonly #text: string;
  readonly #tokens: Tokens;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = new Tokens(text);
  }

  /** Begins before its bracket. */
  container(difference: Difference): Layout {
    return this.#members(this.#tokens.next().start, difference);
  }

  #members(open: number, difference: Difference): Layout {
    const members: Member[] = [];
    for (;;) {
      const token = this.#tokens.next();
      if (isClose(token)) return { open, close: token.start, members };
      const { member, closed } =
        difference.kind === 'object'
          ? this.#keyed(token, difference.fates)
          : this.#member(
              token,
              token,
              undefined,
              difference.kind === 'array' ? difference.fates.get(members.length) : undefined,
            );
      members.push(member);
      if (closed !== undefined) return { open, close: closed, members };
    }
  }

  #keyed(start: Token, fates: ReadonlyMap<string, Fate>) {
    const key = readKey(this.#text.slice(start.start, start.end)) ?? '';
    this.#tokens.next();
    return this.#member(start, this.#tokens.next(), key, fates.get(key));
  }

  #member(start: Token, value: Token, key: string | undefined, fate: Fate) {
    let { end } = value;
    let inside: Layout | undefined;
    if (value.type === '{' || value.type === '[') {
      // A key that stands twice may have something else here than what counts.
      const isTouched = fate !== undefined && fate !== 'removed' && fate.kind === containers[value.type];
      if (isTouched) inside = this.#members(value.start, fate);
      end = inside === undefined ? this.#tokens.leave() : inside.close + 1;
    }
    const next = this.#tokens.next();
    const comma = next.type === ',' ? next.start : undefined;
    const keyEnd = key === undefined ? start.start : start.end;
    const member: Member = { key, start: start.start, keyEnd, valueStart: value.start, end, comma, inside };
    return { member, closed: comma === undefined ? next.start : undefined };
  }
}

const containers = { '{': 'object', '[': 'array' } as const;

function isClose({ type }: Token): boolean {
  return type === '}' || type === ']';
}
