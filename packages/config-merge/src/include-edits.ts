import {
  isReference,
  isWithin,
  joinIncludes,
  sourcesAt,
  valueAt,
  type ConfigFiles,
  type IncludeOptions,
  type JoinedConfig,
  type Source,
} from './includes.ts';
import { equal, isArray, isObject, own, setOwn, type JsonObject, type JsonValue } from './json.ts';

export interface SpreadConfig {
  /** The new values of the files that have to change. */
  readonly files: ReadonlyMap<string, JsonValue>;
  /** Whether the main file had to take over all that its includes said: no other way gave the config. */
  readonly dissolved: boolean;
}

/**
 * Writes a changed config back into its files, so that the files, joined, are the config. What changes goes where
 * OpenClaw would write an edit of a person: into the file that alone holds the place, else into the main file. What a
 * file says otherwise is taken out of it; everything else stays.
 */
export function spreadOverFiles(
  before: {
    readonly files: ConfigFiles;
    readonly main: string;
    readonly joined: JoinedConfig;
  } & IncludeOptions,
  config: JsonObject,
): SpreadConfig {
  const { files, main, joined, root } = before;
  const edited = new Map(files);
  for (const { path, value } of differences(joined.value, config, [])) {
    const writer = ownerOf(files, main, joined, path);
    for (const { file, keys } of sourcesAt(joined, files, path)) {
      // A file as a whole goes with the reference to it.
      if (file === writer.file || keys.length === 0) continue;
      if (value === undefined || isJoined(value)) put(edited, file, keys, undefined);
    }
    put(edited, writer.file, writer.keys, value);
  }
  const changed = new Map([...edited].filter(([file, value]) => !equal(value, files.get(file))));
  if (isWritten(edited, main, { root }, config)) return { files: changed, dissolved: false };
  return { files: new Map([[main, config]]), dissolved: true };
}

function isWritten(files: ConfigFiles, main: string, options: IncludeOptions, config: JsonObject): boolean {
  try {
    return equal(joinIncludes(files, main, options).value, config);
  } catch {
    return false;
  }
}

/** Whether a value does not win over another that lies below it. */
function isJoined(value: JsonValue): boolean {
  return isArray(value) || isObject(value);
}

interface Difference {
  readonly path: readonly string[];
  /** Undefined: gone. */
  readonly value: JsonValue | undefined;
}

/** Arrays count as one value. */
function* differences(from: JsonObject, to: JsonObject, at: readonly string[]): Generator<Difference> {
  for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [before, after] = [own(from, key), own(to, key)];
    const path = [...at, key];
    if (isObject(before) && isObject(after) && Object.keys(after).length > 0)
      yield* differences(before, after, path);
    else if (!equal(before, after)) yield { path, value: after };
  }
}

/** The deepest file that alone holds a place; else the main file. */
function ownerOf(files: ConfigFiles, main: string, joined: JoinedConfig, path: readonly string[]): Source {
  const owners = joined.mounts.filter(
    ({ file, at, alone }) =>
      alone &&
      at.length < path.length &&
      isWithin(path, at) &&
      isObject(files.get(file)) &&
      joined.mounts.filter((mount) => mount.file === file).length === 1 &&
      sourcesAt(joined, files, at).every(
        (source) => source.file === file || isReference(valueAt(files.get(source.file), source.keys)),
      ),
  );
  const deepest = owners.toSorted((one, other) => other.at.length - one.at.length)[0];
  return { file: deepest?.file ?? main, keys: path.slice(deepest?.at.length ?? 0) };
}

function put(
  files: Map<string, JsonValue>,
  file: string,
  keys: readonly string[],
  value: JsonValue | undefined,
): void {
  const whole = files.get(file);
  if (value === undefined && valueAt(whole, keys) === undefined) return;
  files.set(file, withValue(isObject(whole) ? whole : {}, keys, value));
}

function withValue(
  object: JsonObject,
  [key = '', ...rest]: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  const inner = own(object, key);
  const member = rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value);
  if (member === undefined)
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  const members: Record<string, JsonValue> = { ...object };
  setOwn(members, key, member);
  return members;
}
