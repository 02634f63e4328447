/** A value of the query and REST XML protocols: lists become `member` elements, undefined is left out. */
export type XmlValue =
  string | number | boolean | Date | readonly XmlValue[] | { readonly [name: string]: XmlValue | undefined };

export function xml(name: string, value: XmlValue, attributes = ''): string {
  return `<${name}${attributes}>${content(value)}</${name}>`;
}

function content(value: XmlValue): string {
  if (value instanceof Date) return value.toISOString();
  if (isList(value)) return value.map((item) => xml('member', item)).join('');
  if (typeof value !== 'object') return escape(String(value));
  return Object.entries(value)
    .map(([name, child]) => (child === undefined ? '' : xml(name, child)))
    .join('');
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function escape(text: string): string {
  return text.replaceAll(/[<>&"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
