import type { Node, ObjectNode } from '../src/openclaw/node.ts';

/**
 * The type of a config, as TypeScript. Texts with a set of values may be a reference too: OpenClaw replaces
 * `${NAME}` wherever a text stands.
 *
 * @param definitions as {@link fold} made them
 */
export function typesOf(definitions: readonly Node[], name: string): string {
  const printer = new Printer(definitions);
  const root = printer.print(0, name, '');
  return `${[...printer.declarations, root].join('\n\n')}\n`;
}

class Printer {
  readonly declarations: string[] = [];
  readonly #definitions: readonly Node[];
  readonly #names = new Map<number, string>();

  constructor(definitions: readonly Node[]) {
    this.#definitions = definitions;
  }

  /**
   * A definition with a name of its own, for people who read what the compiler says.
   *
   * @param around what the names of types inside begin with
   */
  print(index: number, name: string, around: string): string {
    const node = this.#definitions[index] ?? true;
    return isObject(node) && node.keys
      ? `export interface ${name} ${this.#object(node, node.keys, around)}`
      : `export type ${name} = ${this.#type(node, around)};`;
  }

  #type(node: Node, around: string): string {
    const all = [...new Set(this.#alternatives(node, around))];
    // A wider one says already what these say.
    const isText = (type: string) => type === 'Reference' || type.startsWith('"');
    return all
      .filter((type) => !(all.includes('string') && isText(type)))
      .filter((type) => !(all.includes('number') && /^-?\d/.test(type)))
      .join(' | ');
  }

  #alternatives(node: Node, around: string): string[] {
    if (node === true) return ['unknown'];
    if (typeof node === 'number') return this.#reference(node, around);
    if (typeof node === 'string') return [node === 'integer' ? 'number' : node];
    if ('text' in node) return ['string'];
    if ('number' in node) return ['number'];
    if ('values' in node) {
      // One value is a mark that tells alternatives apart, which nobody takes from the environment.
      const texts = node.values.length > 1 && node.values.some((value) => typeof value === 'string');
      return [...node.values.map((value) => JSON.stringify(value)), ...(texts ? ['Reference'] : [])];
    }
    if ('any' in node) return node.any.flatMap((branch) => this.#alternatives(branch, around));
    // The parts beside the first are conditions that a type has no words for.
    if ('all' in node) return this.#alternatives(node.all[0] ?? true, around);
    if ('items' in node) return [this.#list(node.items, around)];
    return [node.keys ? this.#object(node, node.keys, around) : this.#record(node, around)];
  }

  #reference(index: number, around: string): string[] {
    const node = this.#definitions[index] ?? true;
    // What is short is better read where it stands.
    if (!((isObject(node) && node.keys) || (typeof node === 'object' && 'any' in node))) {
      return this.#alternatives(node, around);
    }
    let name = this.#names.get(index);
    if (name === undefined) {
      const taken = new Set(this.#names.values());
      name = around;
      for (let copy = 2; taken.has(name); copy++) name = `${around}${copy}`;
      this.#names.set(index, name);
      this.declarations.push(this.print(index, name, name));
    }
    return [name];
  }

  #object(node: ObjectNode, keys: Readonly<Record<string, Node>>, around: string): string {
    const members = Object.entries(keys).map(([key, below]) => {
      const optional = node.required?.includes(key) === true ? '' : '?';
      return `readonly ${identifier(key)}${optional}: ${this.#type(below, around + pascal(key))};`;
    });
    if (node.free !== undefined) members.push('readonly [key: string]: unknown;');
    return `{\n${members.join('\n')}\n}`;
  }

  #record({ free }: ObjectNode, around: string): string {
    return `Readonly<Record<string, ${free === undefined ? 'never' : this.#type(free, around)}>>`;
  }

  #list(items: Node | readonly Node[], around: string): string {
    if (isTuple(items)) return `readonly [${items.map((item) => this.#type(item, around)).join(', ')}]`;
    const element = this.#type(items, around);
    return /^[\w.]+$/.test(element) ? `readonly ${element}[]` : `readonly (${element})[]`;
  }
}

function isObject(node: Node): node is ObjectNode {
  return (
    typeof node === 'object' &&
    !['any', 'all', 'items', 'values', 'text', 'number'].some((word) => word in node)
  );
}

function isTuple(items: Node | readonly Node[]): items is readonly Node[] {
  return Array.isArray(items);
}

function identifier(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function pascal(key: string): string {
  return key
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
