import type { Node, ObjectNode } from '../src/openclaw/node.ts';

/** A number from 0 to below 1, as `Math.random` gives it: with a seed, a sample can be had again. */
export type Random = () => number;

/** https://en.wikipedia.org/wiki/Linear_congruential_generator */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Makes configs by the table of a release: most of them are valid, conditions between keys aside. */
export class Sampler {
  readonly #definitions: readonly Node[];
  readonly #random: Random;

  constructor(definitions: readonly Node[], random: Random) {
    this.#definitions = definitions;
    this.#random = random;
  }

  config(): Record<string, unknown> {
    const root = this.#definitions[0] as ObjectNode;
    const all = Object.entries(root.keys ?? {});
    const config: Record<string, unknown> = {};
    for (let times = 1 + this.#below(4); times > 0; times--) {
      const [key, node] = this.#one(all);
      if (key !== '$schema') config[key] = this.value(node, 0);
    }
    return config;
  }

  value(node: Node, depth: number): unknown {
    if (node === true) return this.#one([1, 'anything', true, { free: 'value' }, ['list']]);
    if (typeof node === 'number') return this.value(this.#definitions[node] ?? true, depth);
    if (node === 'string')
      return this.#one(['text', 'Text with words', '${FROM_ENV}', 'a/b', '1h', 'https://example.com']);
    if (node === 'number') return this.#one([0, 1, 0.5, 100]);
    if (node === 'integer') return this.#one([0, 1, 2, 1000]);
    if (node === 'boolean') return this.#below(2) === 0;
    if (node === 'null') return null;
    if ('values' in node) return this.#one(node.values);
    if ('any' in node) return this.value(this.#one(node.any), depth);
    if ('all' in node) return this.value(node.all[0] ?? true, depth);
    if ('text' in node) return this.#text(node.text);
    if ('number' in node) {
      const { min = 0, max = 100, above, below, integer } = node.number;
      const low = above === undefined ? min : Math.max(min, above + 1);
      const high = Math.max(low, below === undefined ? max : Math.min(max, below - 1));
      const number = low + this.#random() * Math.min(high - low, 1000);
      return integer ? Math.round(number) : number;
    }
    if ('items' in node) {
      if (Array.isArray(node.items)) return (node.items as Node[]).map((item) => this.value(item, depth + 1));
      const { min = 0, max = 3 } = node;
      const length = min + this.#below(Math.max(1, Math.min(max, 3) - min + 1));
      return Array.from({ length }, () => this.value(node.items as Node, depth + 1));
    }
    return this.#object(node, depth);
  }

  /** The config with one thing in it changed, mostly for the worse. */
  mutated(config: Record<string, unknown>): Record<string, unknown> {
    const result = structuredClone(config);
    const places: { holder: Record<string, unknown>; key: string }[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, member] of Object.entries(value)) {
        places.push({ holder: value as Record<string, unknown>, key });
        walk(member);
      }
    };
    walk(result);
    if (places.length === 0) return { ...result, unheard: true };
    const { holder, key } = this.#one(places);
    const change = this.#below(5);
    if (change === 0) holder[key] = null;
    else if (change === 1) {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
    } else if (change === 2) holder[key] = this.#one([1, -1, 'text', true, [], {}, { unheard: 1 }, ['x']]);
    else if (change === 3 && !Array.isArray(holder)) {
      holder[`${key}x`] = holder[key];
      delete holder[key];
    } else if (typeof holder[key] === 'object' && holder[key] !== null && !Array.isArray(holder[key])) {
      (holder[key] as Record<string, unknown>)['unheard'] = 'x';
    } else holder[key] = [holder[key]];
    return result;
  }

  #object({ keys = {}, required = [], free, names }: ObjectNode, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [key, node] of Object.entries(keys)) {
      const share = depth > 6 ? 0 : 3 / (Object.keys(keys).length + 2);
      if (required.includes(key) || this.#random() < share) result[key] = this.value(node, depth + 1);
    }
    if (free !== undefined && this.#below(2) === 0) {
      const key = names === undefined ? this.#one(['one', 'two', 'main']) : this.value(names, depth);
      if (typeof key === 'string' && !Object.hasOwn(keys, key)) result[key] = this.value(free, depth + 1);
    }
    return result;
  }

  #text({ pattern, min = 0, max = 40 }: { pattern?: string; min?: number; max?: number }): string {
    const candidates = [
      'text',
      'NAME_1',
      '#aabbcc',
      'https://example.com',
      'wss://example.com',
      'name',
      '0.5',
      '10mb',
      '/path/to',
      'sha256:' + 'a'.repeat(64),
      'a'.repeat(64),
      '12345',
      'agent:main:main',
      'value',
      '1h',
      'a@example.com',
      'one-two',
      '${FROM_ENV}',
    ];
    const fits = candidates.filter(
      (text) =>
        (pattern === undefined || new RegExp(pattern, 'u').test(text)) &&
        text.length >= min &&
        text.length <= max,
    );
    return fits.length > 0 ? this.#one(fits) : 'x'.repeat(Math.max(min, 1));
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }
}
