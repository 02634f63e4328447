import { Parser, type Comment, type Expression, type ObjectExpression, type Property } from 'acorn';
import type { JsonValue } from '../src/index.ts';
import type { Keys, Model } from './model.ts';
import { arrayKeyAt } from './model.ts';

/** Where a part of a text stands: JSON5 is a part of JavaScript, so its parser is a witness of its own. */
export interface Source {
  readonly start: number;
  readonly end: number;
  readonly kind: 'object' | 'array' | 'scalar';
  /** Members by key, or elements by index or, in a keyed array, by identity. */
  readonly members: ReadonlyMap<string, Source>;
}

/** Of keys that stand twice JavaScript refuses one. */
const Reader = Parser.extend(
  (base) =>
    class extends (base as unknown as new (...args: never[]) => object) {
      checkPropClash(): void {
        // Here the last counts.
      }
    } as unknown as typeof Parser,
);

const ahead = 1;

export function sourceOf(text: string, model: Model | undefined): Source {
  return read(Reader.parseExpressionAt(`(${text}\n)`, 0, { ecmaVersion: 'latest' }), model, []);
}

/** The comments of a text, in order. */
export function commentsOf(text: string): readonly string[] {
  const comments: Comment[] = [];
  Reader.parseExpressionAt(`(${text}\n)`, 0, { ecmaVersion: 'latest', onComment: comments });
  return comments.map(({ value }) => value);
}

function read(node: Expression, model: Model | undefined, keys: Keys): Source {
  const members = new Map<string, Source>();
  if (node.type === 'ObjectExpression') {
    for (const property of propertiesOf(node)) {
      const key = keyOf(property);
      members.set(key, read(property.value, model, [...keys, key]));
    }
  } else if (node.type === 'ArrayExpression') {
    const arrayKey = model && arrayKeyAt(model, keys);
    for (const [at, element] of node.elements.entries()) {
      if (element === null || element.type === 'SpreadElement') continue;
      const id = arrayKey === undefined ? undefined : identityOf(element, arrayKey);
      const name = id === undefined || members.has(id) ? `#${at}` : id;
      members.set(name, read(element, model, [...keys, name]));
    }
  }
  const kinds = { ObjectExpression: 'object', ArrayExpression: 'array' } as const;
  const kind =
    node.type === 'ObjectExpression' || node.type === 'ArrayExpression' ? kinds[node.type] : 'scalar';
  return { start: node.start - ahead, end: node.end - ahead, kind, members };
}

function propertiesOf({ properties }: ObjectExpression): readonly Property[] {
  return properties.filter((property) => property.type === 'Property');
}

function keyOf({ key }: Property): string {
  if (key.type === 'Identifier') return key.name;
  if (key.type === 'Literal') return String(key.value);
  throw new Error(`no key of JSON5: ${key.type}`);
}

function identityOf(element: Expression, arrayKey: string): string | undefined {
  if (element.type !== 'ObjectExpression') return undefined;
  const value: JsonValue | undefined = propertiesOf(element)
    .filter((property) => keyOf(property) === arrayKey)
    .map((property) => (property.value.type === 'Literal' ? property.value.value : undefined))
    .findLast(() => true) as JsonValue | undefined;
  return typeof value === 'string' ? value : undefined;
}
