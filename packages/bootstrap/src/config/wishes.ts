import type { ConfigIssue } from '../openclaw/inspect-config.ts';
import { stands, type Config, type Wanted } from './merge.ts';

/** A key that infrastructure sets, and could do without: everything but the ways in, see {@link stands}. */
export interface Wish {
  readonly path: readonly string[];
  /** Whether it asks for something else than the last time. */
  readonly isNew: boolean;
}

/** Says that a wish was left out, and why. */
export interface LeftOutWarning {
  readonly code: 'CONFIG_WISH_LEFT_OUT';
  readonly message: string;
}

/** How far a wish gives way: to what was applied before, or to nothing. */
export type Given = 'previous' | 'nothing';

/** The wishes that give way, by {@link nameOf} of their path. */
export type LeftOut = ReadonlyMap<string, Given>;

export const nameOf = (path: readonly string[]): string => JSON.stringify(path);

/** The wishes of a desired config. An array is one wish. */
export function wishesOf(wanted: Wanted): readonly Wish[] {
  const { desired, lastApplied } = wanted;
  const isWayIn = stands(wanted);
  return leavesOf(desired, [])
    .filter((path) => !isWayIn(path))
    .map((path) => ({ path, isNew: !isSame(valueOf(desired, path), valueOf(lastApplied, path)) }));
}

/** What is wanted without some wishes. What a left out wish asked for before is not taken back on its account. */
export function withoutWishes({ desired, lastApplied }: Wanted, left: LeftOut): Config {
  return [...left].reduce<Config>((config, [name, given]) => {
    const path = JSON.parse(name) as string[];
    return put(config, path, given === 'previous' ? valueOf(lastApplied, path) : undefined);
  }, desired);
}

/**
 * The wishes that OpenClaw's issues speak of. Where they speak of a whole object, the new wishes in it come first.
 * Nothing, where they speak of the config as a whole, or of what only people have set.
 */
export function blamed(issues: readonly ConfigIssue[], wishes: readonly Wish[]): readonly Wish[] {
  const about = wishes.filter((wish) =>
    issues.some((issue) => pathsOf(issue).some((path) => touches(path, wish.path.join('.')))),
  );
  const fresh = about.filter(({ isNew }) => isNew);
  return fresh.length > 0 ? fresh : about;
}

/** An unknown key is named in the message, its object in the path. */
function pathsOf({ path, message }: ConfigIssue): string[] {
  if (!/^Unrecognized keys?:/.test(message)) return path === '' ? [] : [path];
  return [...message.matchAll(/"([^"]+)"/g)].map(([, key]) => (path === '' ? String(key) : `${path}.${key}`));
}

function touches(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function leavesOf(value: Config, path: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(value).flatMap(([key, member]) => {
    const here = [...path, key];
    return isObject(member) && Object.keys(member).length > 0 ? leavesOf(member, here) : [here];
  });
}

export function valueOf(config: Config | undefined, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    config,
  );
}

/** A config with another value at a path; undefined takes the key away, and an object that it leaves empty. */
function put(config: Config, [key = '', ...rest]: readonly string[], value: unknown): Config {
  const inner = Object.hasOwn(config, key) ? config[key] : undefined;
  const member = rest.length === 0 ? value : put(isObject(inner) ? inner : {}, rest, value);
  const others = Object.entries(config).filter(([name]) => name !== key);
  const isGone = member === undefined || (rest.length > 0 && value === undefined && isEmpty(member));
  return Object.fromEntries(isGone ? others : [...others, [key, member]]);
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
