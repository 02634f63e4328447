import type { JsonValue } from '../src/index.ts';
import { arrayKeyAt, isArray, isObject, type Difference, type Keys, type Model } from './model.ts';

type Tree = Map<string, Tree> | JsonValue | List;

/** A keyed array; elements that cannot be addressed are carried along. */
class List {
  readonly elements: { id: string | undefined; value: Tree }[] = [];
}

/** Follows the definition of a change by the letter: `add` and `replace` set, `remove` deletes and prunes. */
export function replay(model: Model, live: JsonValue, changes: readonly Difference[]): JsonValue {
  const root = grow(model, live, []);
  for (const { keys, op, after } of changes) {
    if (op === 'remove') remove(root, keys);
    else if (op !== 'keep' && after !== undefined) set(model, root, keys, after);
  }
  return flatten(root);
}

function grow(model: Model, value: JsonValue, keys: Keys): Tree {
  if (isObject(value)) {
    return new Map(Object.entries(value).map(([key, member]) => [key, grow(model, member, [...keys, key])]));
  }
  const arrayKey = arrayKeyAt(model, keys);
  if (!isArray(value) || arrayKey === undefined) return value;
  const list = new List();
  for (const element of value) {
    const own = isObject(element) && Object.hasOwn(element, arrayKey) ? element[arrayKey] : undefined;
    const id = typeof own === 'string' && list.elements.every((other) => other.id !== own) ? own : undefined;
    list.elements.push({ id, value: id === undefined ? element : grow(model, element, [...keys, id]) });
  }
  return list;
}

function flatten(tree: Tree): JsonValue {
  if (tree instanceof List) return tree.elements.map(({ value }) => flatten(value));
  if (!(tree instanceof Map)) return tree;
  return Object.fromEntries([...tree].map(([key, member]) => [key, flatten(member)]));
}

function step(tree: Tree | undefined, key: string): Tree | undefined {
  if (tree instanceof Map) return tree.get(key);
  return tree instanceof List ? tree.elements.find(({ id }) => id === key)?.value : undefined;
}

function put(tree: Tree | undefined, key: string, value: Tree): void {
  if (tree instanceof Map) tree.set(key, value);
  if (!(tree instanceof List)) return;
  const element = tree.elements.find(({ id }) => id === key);
  if (element === undefined) tree.elements.push({ id: key, value });
  else element.value = value;
}

function set(model: Model, root: Tree, keys: Keys, value: JsonValue): void {
  let tree = root;
  for (const [at, key] of keys.entries()) {
    if (at === keys.length - 1) {
      put(tree, key, grow(model, value, keys));
      return;
    }
    let next = step(tree, key);
    if (next === undefined) {
      next = arrayKeyAt(model, keys.slice(0, at + 1)) === undefined ? new Map() : new List();
      put(tree, key, next);
    }
    tree = next;
  }
}

function remove(root: Tree, keys: Keys): void {
  const parents: Tree[] = [root];
  for (const key of keys.slice(0, -1)) parents.push(step(parents.at(-1), key) ?? null);
  for (let at = keys.length - 1; at >= 0; at--) {
    const parent = parents[at];
    const key = keys[at] ?? '';
    if (parent instanceof Map) parent.delete(key);
    if (parent instanceof List) {
      parent.elements.splice(
        parent.elements.findIndex(({ id }) => id === key),
        1,
      );
    }
    const left = parent instanceof Map ? parent.size : parent instanceof List ? parent.elements.length : 1;
    if (left > 0) return;
  }
}
