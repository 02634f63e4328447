import { ConfigMergeError } from './errors.ts';
import { isArray, isObject, own, setOwn, type JsonObject, type JsonValue } from './json.ts';
import { formatPath, parsePath } from './path.ts';

/**
 * `$include` as OpenClaw reads it (2026.9.6, `docs/gateway/configuration/common-tasks.md`): the object that has it is
 * replaced by the file, or by several that are joined, later ones win; keys beside it win over both. Arrays are joined,
 * never replaced.
 */
const includeKey = '$include';

/** Deeper chains are refused by OpenClaw. */
const maxIncludes = 10;

/**
 * The files of a config by name: a path relative to the folder of the main file, with `/`, as in `topics/team.json5`.
 */
export type ConfigFiles = ReadonlyMap<string, JsonValue>;

/** One place where a file is joined in. */
export interface Mount {
  readonly file: string;
  /** Where in the joined config. */
  readonly at: readonly string[];
  /** Whether it is the only file there and has no keys beside it: OpenClaw then writes edits of people into it. */
  readonly alone: boolean;
}

export interface JoinedConfig {
  /** The config as the program sees it. */
  readonly value: JsonObject;
  /** Where two have the same key, the later one wins. The main file is the last. */
  readonly mounts: readonly Mount[];
}

export interface IncludeOptions {
  /** Absolute path of the folder of the main file, to read absolute names. Without it an absolute name is refused. */
  readonly root?: string | undefined;
}

/**
 * The files that one file names, as names of {@link ConfigFiles}.
 *
 * @throws ConfigMergeError `INCLUDE_INVALID` for what OpenClaw refuses: no text, or a place outside of the folder.
 */
export function includedNames(value: JsonValue, file: string, options: IncludeOptions = {}): string[] {
  if (isArray(value)) return value.flatMap((element) => includedNames(element, file, options));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === includeKey ? namesOf(member, file, options) : includedNames(member, file, options),
  );
}

/**
 * Joins a config with the files that it includes.
 *
 * @throws ConfigMergeError `INCLUDE_INVALID` where a file is missing, includes itself, or is no object beside other keys
 */
export function joinIncludes(files: ConfigFiles, main: string, options: IncludeOptions = {}): JoinedConfig {
  const mounts: Mount[] = [];
  const value = new Join(files, options, mounts).file(main, [], [], true);
  if (!isObject(value)) throw invalid(main, 'is no object');
  return { value, mounts };
}

class Join {
  readonly #files: ConfigFiles;
  readonly #options: IncludeOptions;
  readonly #mounts: Mount[];

  constructor(files: ConfigFiles, options: IncludeOptions, mounts: Mount[]) {
    this.#files = files;
    this.#options = options;
    this.#mounts = mounts;
  }

  file(name: string, at: readonly string[], chain: readonly string[], alone: boolean): JsonValue {
    if (chain.includes(name)) throw invalid(name, `includes itself: ${[...chain, name].join(' → ')}`);
    if (chain.length > maxIncludes) throw invalid(name, `is included over more than ${maxIncludes} files`);
    const value = this.#files.get(name);
    if (value === undefined)
      throw invalid(name, `is not there, but ${chain.at(-1) ?? 'the config'} includes it`);
    const joinedHere = this.#value(value, name, at, [...chain, name], true);
    this.#mounts.push({ file: name, at, alone });
    return joinedHere;
  }

  #value(
    value: JsonValue,
    file: string,
    at: readonly string[],
    chain: readonly string[],
    byKeys: boolean,
  ): JsonValue {
    if (isArray(value)) {
      return value.map((element, index) => this.#value(element, file, [...at, String(index)], chain, false));
    }
    if (!isObject(value)) return value;
    const members: Record<string, JsonValue> = {};
    const rest = Object.keys(value).filter((key) => key !== includeKey);
    const include = own(value, includeKey);
    const included =
      include === undefined
        ? undefined
        : this.#included(include, file, at, chain, byKeys && at.length > 0 && rest.length === 0);
    for (const key of rest) {
      setOwn(members, key, this.#value(own(value, key) ?? null, file, [...at, key], chain, byKeys));
    }
    if (included === undefined) return members;
    if (rest.length === 0) return included;
    if (!isObject(included)) throw invalid(file, `has keys beside an include of what is no object`);
    return joined(included, members);
  }

  #included(
    include: JsonValue,
    file: string,
    at: readonly string[],
    chain: readonly string[],
    alone: boolean,
  ): JsonValue {
    const names = namesOf(include, file, this.#options);
    const [only] = names;
    if (!isArray(include) && only !== undefined) return this.file(only, at, chain, alone);
    return names.map((name) => this.file(name, at, chain, false)).reduce(joined, {});
  }
}

function joined(under: JsonValue, over: JsonValue): JsonValue {
  if (isArray(under) && isArray(over)) return [...under, ...over];
  if (!isObject(under) || !isObject(over)) return over;
  const members: Record<string, JsonValue> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = own(under, key);
    setOwn(members, key, below === undefined ? value : joined(below, value));
  }
  return members;
}

function namesOf(include: JsonValue, file: string, options: IncludeOptions): string[] {
  const named: readonly JsonValue[] = isArray(include) ? include : [include];
  return named.map((name) => {
    if (typeof name !== 'string' || name === '') throw invalid(file, 'has an $include that names no file');
    return nameFrom(name, file, options);
  });
}

/** What a name means in a file, as a name of {@link ConfigFiles}. */
function nameFrom(name: string, file: string, { root }: IncludeOptions): string {
  const outside = (): ConfigMergeError =>
    invalid(file, `includes ${name}, which is not in the folder of the config`);
  let relative = name;
  if (name.startsWith('/')) {
    const absolute = stepsOf(name)?.join('/') ?? '';
    const folder = root === undefined ? undefined : `${root.slice(1)}/`;
    if (folder === undefined || !absolute.startsWith(folder)) throw outside();
    relative = absolute.slice(folder.length);
  } else if (file.includes('/')) {
    relative = `${file.slice(0, file.lastIndexOf('/'))}/${name}`;
  }
  const steps = stepsOf(relative);
  if (steps === undefined || steps.length === 0) throw outside();
  return steps.join('/');
}

/** The names on the way; undefined if it leads above its beginning. */
function stepsOf(path: string): string[] | undefined {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') {
      if (steps.pop() === undefined) return undefined;
    } else if (step !== '' && step !== '.') {
      steps.push(step);
    }
  }
  return steps;
}

function invalid(file: string, what: string): ConfigMergeError {
  return new ConfigMergeError('INCLUDE_INVALID', `${file} ${what}`, {});
}

/** Where a file has a value of the joined config. */
export interface Source {
  readonly file: string;
  /** Path in that file. */
  readonly keys: readonly string[];
}

/**
 * The files that have a value at a path of the joined config; where they do not agree, the last one wins. Inside of an
 * array, the files that have the array.
 *
 * @param path As in the changes of a merge.
 * @throws ConfigMergeError `PATH_INVALID`
 */
export function sourcesOf(config: JoinedConfig, files: ConfigFiles, path: string): readonly Source[] {
  return sourcesAt(config, files, parsePath(path));
}

export function sourcesAt(
  { mounts }: JoinedConfig,
  files: ConfigFiles,
  path: readonly string[],
): readonly Source[] {
  return mounts
    .filter(({ at }) => isWithin(path, at))
    .map(({ file, at }) => ({ file, keys: path.slice(at.length) }))
    .filter(({ file, keys }) => valueAt(files.get(file), keys) !== undefined);
}

/** Whether a path lies at or below another. */
export function isWithin(path: readonly string[], at: readonly string[]): boolean {
  return at.length <= path.length && at.every((key, index) => key === path[index]);
}

/** Whether an object is nothing but a reference to other files. */
export function isReference(value: JsonValue | undefined): boolean {
  return isObject(value) && Object.hasOwn(value, includeKey) && Object.keys(value).length === 1;
}

/** The value at a path; the array where it leads into one. */
export function valueAt(value: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  return keys.reduce<JsonValue | undefined>((at, key) => {
    if (isArray(at)) return at;
    return isObject(at) ? own(at, key) : undefined;
  }, value);
}

/** How a path of a file is named in reports. */
export function formatSource({ file, keys }: Source): string {
  return keys.length === 0 ? file : `${file}: ${formatPath(keys)}`;
}
