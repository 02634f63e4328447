import type { Node, Scalar } from '../src/openclaw/node.ts';

type Schema = Readonly<Record<string, unknown>>;
type Definitions = Readonly<Record<string, Schema>>;

/** What says nothing of the value, or what only OpenClaw itself checks: conditions between keys, forms of texts. */
const left = new Set([
  'title',
  'description',
  'default',
  '$schema',
  '$id',
  '$defs',
  'format',
  'not',
  'if',
  'then',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'additionalItems',
]);

/** What a JSON Schema of draft-07 says, as a tree without references. */
export function treeOf(schema: object): Node {
  return nodeOf(schema as Schema, {});
}

/** The definitions of a release: the first is the root, and what stands in several places is there once. */
export function fold(root: Node): Node[] {
  const times = new Map<string, number>();
  count(root, times);
  const places = new Map<string, number>();
  const definitions: Node[] = [true];
  const refer = (node: Node): Node => {
    const key = JSON.stringify(node);
    if ((times.get(key) ?? 0) < 2 || key.length < 24) return map(node, refer);
    let place = places.get(key);
    if (place === undefined) {
      place = definitions.push(true) - 1;
      places.set(key, place);
      definitions[place] = map(node, refer);
    }
    return place;
  };
  definitions[0] = map(root, refer);
  return definitions;
}

function count(node: Node, times: Map<string, number>): void {
  const key = JSON.stringify(node);
  times.set(key, (times.get(key) ?? 0) + 1);
  map(node, (below) => {
    count(below, times);
    return below;
  });
}

/** A node with every node right below it replaced. */
function map(node: Node, change: (below: Node) => Node): Node {
  if (typeof node !== 'object') return node;
  if ('any' in node) return { any: node.any.map(change) };
  if ('all' in node) return { all: node.all.map(change) };
  if ('items' in node) {
    return { ...node, items: isList(node.items) ? node.items.map(change) : change(node.items) };
  }
  if ('values' in node || 'text' in node || 'number' in node) return node;
  const { keys, free, names } = node;
  return {
    ...node,
    ...(keys && {
      keys: Object.fromEntries(Object.entries(keys).map(([key, below]) => [key, change(below)])),
    }),
    ...(free !== undefined && { free: change(free) }),
    ...(names !== undefined && { names: change(names) }),
  };
}

function isList(items: Node | readonly Node[]): items is readonly Node[] {
  return Array.isArray(items);
}

function nodeOf(schema: Schema | boolean, around: Definitions): Node {
  if (typeof schema === 'boolean') {
    if (!schema) throw new Error('a value that nothing may be');
    return true;
  }
  const definitions = (schema['$defs'] as Definitions | undefined) ?? around;
  const parts = new Parts(schema);
  const reference = parts.take<string>('$ref');
  const values = parts.take<(string | number | boolean | null)[]>('enum') ?? only(parts.take('const'));
  const type = parts.take<string | string[]>('type');
  const nodes: Node[] = [];
  if (reference !== undefined) nodes.push(referred(reference, definitions));
  if (values !== undefined) nodes.push({ values });
  else if (Array.isArray(type)) nodes.push(oneOf(type.map((name) => typed(name, parts, definitions))));
  else if (type !== undefined) nodes.push(typed(type, parts, definitions));
  else if (parts.has('required')) nodes.push({ required: parts.take('required') ?? [], free: true });
  const any = parts.take<Schema[]>('anyOf') ?? parts.take<Schema[]>('oneOf');
  if (any !== undefined) nodes.push(oneOf(any.map((branch) => nodeOf(branch, definitions))));
  for (const part of parts.take<Schema[]>('allOf') ?? []) nodes.push(nodeOf(part, definitions));
  parts.refuseRest();
  const [first = true, ...others] = nodes.filter((node) => node !== true);
  return others.length === 0 ? first : { all: [first, ...others] };
}

function only<T>(value: T | undefined): T[] | undefined {
  return value === undefined ? undefined : [value];
}

function referred(reference: string, definitions: Definitions): Node {
  const definition = definitions[reference.replace('#/$defs/', '')];
  if (definition === undefined) throw new Error(`${reference} leads nowhere`);
  return nodeOf(definition, definitions);
}

/** Words of one alternative that are several are put side by side: `'a' | 'b'` is one set of values. */
function oneOf(branches: readonly Node[]): Node {
  const flat = branches.flatMap((node) => (typeof node === 'object' && 'any' in node ? node.any : [node]));
  if (flat.includes(true)) return true;
  const values = flat.flatMap((node) => (typeof node === 'object' && 'values' in node ? node.values : []));
  const others = flat.filter((node) => !(typeof node === 'object' && 'values' in node));
  const all: Node[] = values.length > 0 ? [{ values }, ...others] : others;
  const [first = true, ...more] = all;
  return more.length === 0 ? first : { any: all };
}

function typed(type: string, parts: Parts, definitions: Definitions): Node {
  switch (type) {
    case 'object':
      return object(parts, definitions);
    case 'array':
      return list(parts, definitions);
    case 'string': {
      const pattern = parts.take<string>('pattern');
      const [min, max] = [parts.take<number>('minLength'), parts.take<number>('maxLength')];
      const text = given({ pattern, min, max });
      return text ? { text } : 'string';
    }
    case 'integer':
    case 'number': {
      const number = given({
        ...(type === 'integer' && { integer: true as const }),
        min: bound(parts.take('minimum')),
        max: bound(parts.take('maximum')),
        above: bound(parts.take('exclusiveMinimum')),
        below: bound(parts.take('exclusiveMaximum')),
      });
      return number && Object.keys(number).join() !== 'integer' ? { number } : type;
    }
    case 'boolean':
    case 'null':
      return type satisfies Scalar;
    default:
      throw new Error(`a type that nobody knows: ${type}`);
  }
}

/** The limits of exact integers say nothing more than that the value is one. */
function bound(value: number | undefined): number | undefined {
  return value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : value;
}

function object(parts: Parts, definitions: Definitions): Node {
  const properties = parts.take<Record<string, Schema | boolean>>('properties') ?? {};
  const additional = parts.take<Schema | boolean>('additionalProperties') ?? true;
  const propertyNames = parts.take<Schema>('propertyNames');
  const names = propertyNames && nodeOf({ type: 'string', ...propertyNames }, definitions);
  const required = (parts.take<string[]>('required') ?? []).filter((key) => !hasDefault(properties[key]));
  const keys = Object.entries(properties).map(([key, below]) => [key, nodeOf(below, definitions)] as const);
  return {
    ...(keys.length > 0 && { keys: Object.fromEntries(keys) }),
    ...(required.length > 0 && { required }),
    ...(additional !== false && { free: nodeOf(additional, definitions) }),
    ...(names !== undefined && names !== 'string' && { names }),
  };
}

/** OpenClaw fills in defaults before it looks for what is required. */
function hasDefault(schema: Schema | boolean | undefined): boolean {
  return typeof schema === 'object' && 'default' in schema;
}

function list(parts: Parts, definitions: Definitions): Node {
  const items = parts.take<Schema | Schema[] | boolean>('items') ?? true;
  const node = Array.isArray(items)
    ? items.map((item) => nodeOf(item, definitions))
    : nodeOf(items, definitions);
  return {
    items: node,
    ...given({ min: parts.take<number>('minItems'), max: parts.take<number>('maxItems') }),
  };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** What is there of several words; undefined if none is. */
function given<T extends object>(values: T): Given<T> | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Given<T>);
}

/** A schema whose words are taken one by one: a word that nobody took is one that this generator does not know. */
class Parts {
  readonly #schema: Schema;
  readonly #taken = new Set<string>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  has(word: string): boolean {
    return Object.hasOwn(this.#schema, word);
  }

  // The type is what the standard gives the word.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  take<T>(word: string): T | undefined {
    this.#taken.add(word);
    return this.#schema[word] as T | undefined;
  }

  refuseRest(): void {
    const rest = Object.keys(this.#schema).filter((word) => !this.#taken.has(word) && !left.has(word));
    if (rest.length > 0)
      throw new Error(`words of a schema that the generator does not read: ${rest.join()}`);
  }
}
