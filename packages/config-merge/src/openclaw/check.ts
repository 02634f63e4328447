import { retired } from './by-release/retired.ts';
import { schemas } from './by-release/schemas.ts';
import { expectation, takesNumber, takesText } from './expectation.ts';
import { nearest } from './nearest.ts';
import type { ListNode, Node, ObjectNode } from './node.ts';
import { madeOnce, newestOpenClaw, type OpenClawVersion } from './release.ts';

/** Something that OpenClaw would refuse. */
export interface ConfigIssue {
  /** Keys, and places in lists from 0. The place of an unknown key is its own. */
  readonly path: readonly (string | number)[];
  /** What is wrong and what to do, without the value: it may be a credential. */
  readonly reason: string;
}

export interface CheckOptions {
  /** The release that is to take the config. Default: the newest that is known. */
  readonly release?: OpenClawVersion;
  /** Whether a text or number only stands for one that is not known yet, as a CDK token does. Default: none does. */
  readonly isUnresolved?: (value: string | number) => boolean;
  /** Whether keys may be missing that are to be there in the whole. Default: false. */
  readonly partial?: boolean;
}

/**
 * Checks a config by the schema of a release of OpenClaw (`openclaw config schema`), the same keys, types and values. It
 * refuses nothing that OpenClaw takes: `${NAME}` passes wherever a text may stand, what `$include` brings is not known,
 * and conditions between keys are left to OpenClaw. One thing it does refuse: a wrong channel where a path of
 * `plugins.load.paths` is not there, since OpenClaw 2026.9.6 then checks no channel and no plugin at all.
 */
export function checkOpenClawConfig(config: object, options: CheckOptions = {}): ConfigIssue[] {
  const found = new Check(options).issues(0, config, []);
  return found.map(({ path, reason }) => ({ path, reason }));
}

const definitionsOf = madeOnce(schemas, (lines) => lines.map((line) => JSON.parse(line) as Node));

/** https://docs.openclaw.ai/gateway/configuration/environment-variables */
const referencePattern = /\$\{[A-Z_][A-Z0-9_]*\}/;

type Path = readonly (string | number)[];

interface Found extends ConfigIssue {
  /** What the place is for, if the value is of another kind: of several alternatives, this one was not meant. */
  readonly wanted?: Node;
}

class Check {
  readonly #definitions: readonly Node[];
  readonly #retired: Readonly<Record<string, string>>;
  readonly #isUnresolved: (value: string | number) => boolean;
  readonly #partial: boolean;

  constructor({ release = newestOpenClaw, isUnresolved = () => false, partial = false }: CheckOptions) {
    this.#definitions = definitionsOf(release);
    this.#retired = retired[release];
    this.#isUnresolved = isUnresolved;
    this.#partial = partial;
  }

  issues(reference: Node, value: unknown, path: Path): Found[] {
    const node = this.#resolve(reference);
    if (node === true) return [];
    if (typeof node === 'object' && 'any' in node) return this.#any(node.any, value, path);
    if (typeof node === 'object' && 'all' in node) {
      return node.all.flatMap((part) => this.issues(part, value, path));
    }
    if (isOpenText(value, this.#isUnresolved)) return takesText(node) ? [] : [otherThan(node, value, path)];
    if (typeof value === 'number' && this.#isUnresolved(value)) {
      return takesNumber(node) ? [] : [otherThan(node, value, path)];
    }
    if (typeof node === 'string') return isOf(node, value) ? [] : [otherThan(node, value, path)];
    if ('values' in node) {
      return node.values.some((allowed) => allowed === value) ? [] : [otherThan(node, value, path)];
    }
    if ('text' in node) {
      if (typeof value !== 'string') return [otherThan(node, value, path)];
      const { pattern, min = 0, max = Infinity } = node.text;
      if (value.length < min) return [{ path, reason: `must have at least ${min} characters` }];
      if (value.length > max) return [{ path, reason: `must have at most ${max} characters` }];
      return pattern === undefined || matches(pattern, value)
        ? []
        : [{ path, reason: `must match ${pattern}` }];
    }
    if ('number' in node) {
      const { integer, min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = node.number;
      if (!isOf(integer ? 'integer' : 'number', value)) return [otherThan(node, value, path)];
      const number = value as number;
      const fits = number >= min && number <= max && number > above && number < below;
      return fits ? [] : [{ path, reason: `must be ${expectation(node, this.#definitions)}` }];
    }
    if (isObject(value) && Object.hasOwn(value, '$include')) {
      return 'items' in node ? [] : this.#object(node, value, path);
    }
    if ('items' in node)
      return Array.isArray(value) ? this.#list(node, value, path) : [otherThan(node, value, path)];
    return isObject(value) ? this.#object(node, value, path) : [otherThan(node, value, path)];
  }

  #resolve(node: Node): Exclude<Node, number> {
    let found = node;
    while (typeof found === 'number') found = this.#definitions[found] ?? true;
    return found;
  }

  #object({ keys = {}, required = [], free, names }: ObjectNode, value: JsonLike, path: Path): Found[] {
    const found: Found[] = [];
    const complete = !this.#partial && !Object.hasOwn(value, '$include');
    for (const [key, member] of Object.entries(value)) {
      const here = [...path, key];
      if (member === undefined || key === '$include') continue;
      const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (known !== undefined) found.push(...this.issues(known, member, here));
      else if (free === undefined)
        found.push({ path: here, reason: this.#unknown(key, here, Object.keys(keys)) });
      else {
        if (names !== undefined) found.push(...this.#name(names, key, here));
        found.push(...this.issues(free, member, here));
      }
    }
    for (const key of required) {
      if (!complete || (Object.hasOwn(value, key) && value[key] !== undefined)) continue;
      found.push({ path, reason: `needs the key ${key}` });
    }
    return found;
  }

  #unknown(key: string, path: Path, names: readonly string[]): string {
    const before = path.join('.');
    const [, told] = Object.entries(this.#retired).find(([old]) => `${old}.`.startsWith(`${before}.`)) ?? [];
    if (told !== undefined) return `is no key of OpenClaw any more: ${told}`;
    const close = nearest(key, names);
    return close === undefined
      ? 'is no key that OpenClaw knows here'
      : `is no key that OpenClaw knows here: ${close} is meant?`;
  }

  #name(names: Node, key: string, path: Path): Found[] {
    return this.issues(names, key, path).map(({ reason }) => ({
      path,
      reason: `the name of this key ${reason}`,
    }));
  }

  #list({ items, min = 0, max = Infinity }: ListNode, value: readonly unknown[], path: Path): Found[] {
    const each = isTuple(items) ? items : undefined;
    // A token may stand for any number of elements.
    const counted = !value.some((element) => isOpenText(element, this.#isUnresolved));
    if (counted && value.length < min) return [{ path, reason: `must have at least ${min} elements` }];
    if (counted && value.length > (each?.length ?? max)) {
      return [{ path, reason: `must have at most ${each?.length ?? max} elements` }];
    }
    return value.flatMap((element, index) => {
      return this.issues(each?.[index] ?? (items as Node), element, [...path, index]);
    });
  }

  /** None of the alternatives: what is wrong with the one that was meant. */
  #any(branches: readonly Node[], value: unknown, path: Path): Found[] {
    const tried = branches.map((branch) => this.issues(branch, value, path));
    if (tried.some((found) => found.length === 0)) return [];
    const meant = tried.filter(
      (found) => !found.some((issue) => issue.wanted && issue.path.length === path.length),
    );
    if (meant.length === 0) return [otherThan({ any: branches }, value, path, this.#definitions)];
    // Alternatives are told apart by a key right below: `{ source: 'env', … }` or `{ source: 'file', … }`.
    const marks = meant.map((found) =>
      found.find((issue) => issue.wanted && issue.path.length === path.length + 1),
    );
    const [first] = marks;
    if (first && marks.every((mark) => mark && String(mark.path) === String(first.path))) {
      const any = marks.flatMap((mark) => mark?.wanted ?? []);
      return [otherThan({ any }, value, first.path, this.#definitions)];
    }
    const marked = marks.every((mark) => mark !== undefined);
    const [best = []] = meant
      .filter((_, index) => marked || marks[index] === undefined)
      .toSorted((a, b) => a.length - b.length);
    return best;
  }
}

type JsonLike = Readonly<Record<string, unknown>>;

function otherThan(node: Node, value: unknown, path: Path, definitions: readonly Node[] = []): Found {
  const expected = expectation(node, definitions);
  const reason =
    value === null
      ? `null is not allowed here: leave the key out, or give ${expected}`
      : `must be ${expected}`;
  return { path, reason, wanted: node };
}

function isOpenText(value: unknown, isUnresolved: (value: string) => boolean): value is string {
  return typeof value === 'string' && (referencePattern.test(value) || isUnresolved(value));
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type;
}

function isObject(value: unknown): value is JsonLike {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTuple(items: Node | readonly Node[]): items is readonly Node[] {
  return Array.isArray(items);
}

const patterns = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let regex = patterns.get(pattern);
  if (regex === undefined) {
    regex = new RegExp(pattern, 'u');
    patterns.set(pattern, regex);
  }
  return regex.test(text);
}
