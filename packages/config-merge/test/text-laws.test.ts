import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe } from 'vitest';
import { editDocument, mergeConfig, mergeText, parseDocument, type JsonValue } from '../src/index.ts';
import { parsePath } from '../src/path.ts';
import { cases, type Case } from './arbitraries/case.ts';
import { documents } from './arbitraries/document.ts';
import { dice, written } from './arbitraries/json5-text.ts';
import { law } from './arbitraries/law.ts';
import { sorted, type Keys } from './model.ts';
import { commentsOf, sourceOf, type Source } from './source.ts';

const canonical = (value: JsonValue): string => JSON.stringify(sorted(value));
const read = (text: string) => parseDocument(text, { lenient: true });

interface TextCase extends Omit<Case, 'live'> {
  readonly live: string;
}

const texts: fc.Arbitrary<TextCase> = fc
  .tuple(cases(), dice)
  .map(([example, numbers]) => ({ ...example, live: written(example.live, numbers) }));

const merge = ({ live, desired, lastApplied, policy }: TextCase) =>
  mergeText({ live, desired, lastApplied, policy });

const edits = fc.tuple(documents, dice, documents, dice, fc.nat());

describe('mergeText', () => {
  law('what its text says is what mergeConfig says', texts, (example) => {
    const { text, config, changes, warnings } = merge(example);
    const plain = mergeConfig({ ...example, live: read(example.live) });
    assert.equal(canonical(read(text)), canonical(plain.config));
    assert.equal(JSON.stringify({ config, changes, warnings }), JSON.stringify(plain));
  });

  law('no change, no byte', texts, (example) => {
    const { text, changes } = merge(example);
    if (changes.every(({ op }) => op === 'keep')) assert.equal(text, example.live);
    const { live, policy } = example;
    assert.equal(
      mergeText({ live, desired: {}, policy: { ...policy, default: 'managed', rules: [] } }).text,
      live,
    );
  });

  law('every byte that changed is inside the object or array of a change', texts, (example) => {
    const { text, changes } = merge(example);
    const [before, after] = [sourceOf(example.live, example.model), sourceOf(text, example.model)];
    const places = changes
      .filter(({ op }) => op !== 'keep')
      .map(({ path }) => shared(before, after, parsePath(path)));
    assert.equal(masked(text, after, places), masked(example.live, before, places));
  });

  law('what did not change is written as it was', texts, (example) => {
    const { text } = merge(example);
    compare(example.live, sourceOf(example.live, example.model), text, sourceOf(text, example.model));
  });

  law('a comment goes only with a key that goes or a value that gives way', texts, (example) => {
    const { text, changes } = merge(example);
    if (changes.some(({ op }) => op === 'remove' || op === 'replace')) return;
    assert.deepEqual(commentsOf(text), commentsOf(example.live));
  });

  law('it is idempotent', texts, (example) => {
    const { text } = merge(example);
    const again = merge({ ...example, live: text, lastApplied: example.desired });
    assert.equal(again.text, text);
  });
});

describe('editDocument', () => {
  law('makes any text say anything', edits, ([from, numbers, to]) => {
    const text = written(from, numbers);
    assert.equal(canonical(read(text)), canonical(from));
    assert.equal(canonical(read(editDocument(text, to))), canonical(to));
  });

  law('what it wrote can be edited again, and back', edits, ([from, numbers, to]) => {
    const text = editDocument(written(from, numbers), to);
    assert.equal(canonical(read(editDocument(text, from))), canonical(from));
  });
});

/** The longest part of a path where both have the same kind of object or array. */
function shared(before: Source, after: Source, keys: Keys): Keys {
  let [left, right] = [before, after];
  for (const [at, key] of keys.slice(0, -1).entries()) {
    const [next, other] = [left.members.get(key), right.members.get(key)];
    if (next === undefined || other === undefined) return keys.slice(0, at);
    if (next.kind === 'scalar' || next.kind !== other.kind) return keys.slice(0, at);
    [left, right] = [next, other];
  }
  return keys.slice(0, -1);
}

/** The text with what is inside the places left out. */
function masked(text: string, source: Source, places: readonly Keys[]): string {
  const spans = places
    .map((keys) => {
      const place = keys.reduce<Source | undefined>((part, key) => part?.members.get(key), source);
      assert.ok(place !== undefined);
      return place;
    })
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    if (start < at) continue;
    pieces.push(text.slice(at, start));
    at = end;
  }
  return [...pieces, text.slice(at)].join('…');
}

/** What says the same is written the same; elements are compared where they cannot have moved. */
function compare(text: string, source: Source, otherText: string, other: Source): void {
  const [before, after] = [text.slice(source.start, source.end), otherText.slice(other.start, other.end)];
  if (canonical(read(`{a:${before}}`)) === canonical(read(`{a:${after}}`))) assert.equal(after, before);
  if (source.kind !== other.kind) return;
  const isInPlace =
    source.members.size === other.members.size &&
    [...source.members, ...other.members].every(
      ([name, { kind }]) => name.startsWith('#') && kind === 'object',
    );
  for (const [key, member] of source.members) {
    const same = other.members.get(key);
    const isComparable = source.kind === 'object' || !key.startsWith('#') || isInPlace;
    if (same !== undefined && isComparable) compare(text, member, otherText, same);
  }
}
