import type { Node } from '../src/openclaw/node.ts';

/** Every path that a schema names: `*` is any key, `[]` any element of a list. */
export function pathsOf(definitions: readonly Node[]): Set<string> {
  const paths = new Set<string>();
  walk(0, '', []);
  return paths;

  function walk(node: Node, path: string, within: readonly number[]): void {
    if (typeof node === 'number') {
      // A definition that holds itself has no last path.
      if (!within.includes(node)) walk(definitions[node] ?? true, path, [...within, node]);
    } else if (typeof node === 'object') {
      for (const [key, below] of membersOf(node)) {
        const here = key === '[]' || path === '' ? path + key : `${path}.${key}`;
        if (key !== '') paths.add(here);
        walk(below, key === '' ? path : here, within);
      }
    }
  }
}

/** With their names; those of alternatives, which stand at the same place, have none. */
function membersOf(node: Exclude<Node, number | string | true>): [string, Node][] {
  if ('any' in node) return node.any.map((branch) => ['', branch]);
  if ('all' in node) return node.all.map((part) => ['', part]);
  if ('items' in node) return [node.items].flat().map((item) => ['[]', item]);
  if ('values' in node || 'text' in node || 'number' in node) return [];
  const free: [string, Node][] = node.free === undefined ? [] : [['*', node.free]];
  return [...Object.entries(node.keys ?? {}), ...free];
}
