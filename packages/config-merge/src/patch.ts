interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits of a text, in any order, made all at once: so many cost no more than the text is long. */
export class Patch {
  readonly #text: string;
  readonly #edits: Edit[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  remove(start: number, end: number): void {
    this.replace(start, end, '');
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  /** What is removed twice is removed; what is inserted inside of it stands there. */
  apply(): string {
    const pieces: string[] = [];
    let at = 0;
    // Insertions at one place stay in their order.
    for (const { start, end, text } of this.#edits.toSorted((a, b) => a.start - b.start)) {
      if (start > at) pieces.push(this.#text.slice(at, start));
      pieces.push(text);
      at = Math.max(at, end);
    }
    pieces.push(this.#text.slice(at));
    return pieces.join('');
  }
}
