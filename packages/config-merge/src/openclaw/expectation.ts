import type { Node } from './node.ts';

/** What a value must be, in words: `a text, or an object`. */
export function expectation(node: Node, definitions: readonly Node[]): string {
  const all = [...new Set(words(node, definitions))];
  const last = all.at(-1) ?? 'something else';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} or ${last}`;
}

function words(node: Node, definitions: readonly Node[]): string[] {
  if (node === true) return ['anything'];
  if (typeof node === 'number') return words(definitions[node] ?? true, definitions);
  if (typeof node === 'string') return [names[node]];
  if ('any' in node) return node.any.flatMap((branch) => words(branch, definitions));
  if ('all' in node) return words(node.all[0] ?? true, definitions);
  if ('values' in node) return node.values.map((value) => JSON.stringify(value));
  if ('text' in node) return [names.string];
  if ('items' in node) return ['a list'];
  if (!('number' in node)) return ['an object'];
  const { integer, min, max, above, below } = node.number;
  const limits = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(above === undefined ? [] : [`more than ${above}`]),
    ...(below === undefined ? [] : [`less than ${below}`]),
  ];
  return [[integer ? names.integer : names.number, limits.join(' and ')].join(' of ').replace(/ of $/, '')];
}

const names = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
} as const;

/** Whether some text may stand here. */
export function takesText(node: Node): boolean {
  if (node === 'string') return true;
  if (typeof node !== 'object') return false;
  return 'text' in node || ('values' in node && node.values.some((value) => typeof value === 'string'));
}

/** Whether some number may stand here. */
export function takesNumber(node: Node): boolean {
  if (node === 'number' || node === 'integer') return true;
  if (typeof node !== 'object') return false;
  return 'number' in node || ('values' in node && node.values.some((value) => typeof value === 'number'));
}
