/**
 * An element of the query and REST XML protocols: a list becomes `member` elements, what is undefined is left out.
 * https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings
 */
export function xml(name: string, value: unknown, attributes = ''): string {
  return `<${name}${attributes}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => xml('member', item)).join('');
  if (typeof value !== 'object' || value === null) return escape(String(value));
  return Object.entries(value)
    .map(([name, child]) => (child === undefined ? '' : xml(name, child)))
    .join('');
}

function escape(text: string): string {
  return text.replaceAll(/[<>&"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
