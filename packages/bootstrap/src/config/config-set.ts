import { createHash } from 'node:crypto';
import {
  ConfigMergeError,
  includedNames,
  joinIncludes,
  parseDocument,
  type ConfigFiles,
  type JoinedConfig,
  type JsonObject,
  type JsonValue,
} from '@clawharbor/config-merge';
import { BootstrapError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { GatewayFiles } from './gateway-files.ts';

/** The name of the main file. The others are named by their path from its folder. */
export const mainFile = 'openclaw.json';

/** A config as it lies on disk: the main file and every file that it includes, as texts. */
export interface ConfigSet {
  readonly text: string;
  readonly includes: ReadonlyMap<string, string>;
}

/** A config set that could be read. */
export interface LiveConfig extends ConfigSet {
  readonly files: ConfigFiles;
  readonly joined: JoinedConfig;
  /** The folder of the main file. */
  readonly root: string;
}

/** Reads what the main file includes. @throws BootstrapError `CONFIG_UNPARSABLE` with the file and the place */
export async function readIncludes(host: Host, text: string): Promise<LiveConfig> {
  const reader = new GatewayFiles(host);
  const includes = new Map<string, string>();
  const files = new Map<string, JsonValue>([[mainFile, parseLive(mainFile, text)]]);
  for (let missing = namesIn(host, files); missing.length > 0; missing = namesIn(host, files)) {
    for (const file of await reader.read(missing)) {
      if ('why' in file) throw unreadable(`${file.name}, which is included, ${file.why}`, file.name);
      includes.set(file.name, file.text);
      files.set(file.name, parseLive(file.name, file.text));
    }
  }
  return toLive(host, { text, includes }, files);
}

/** Reads texts that are at hand. @throws BootstrapError `CONFIG_UNPARSABLE` */
export function parseSet(host: Host, set: ConfigSet): LiveConfig {
  const texts: [string, string][] = [[mainFile, set.text], ...set.includes];
  return toLive(host, set, new Map(texts.map(([name, text]) => [name, parseLive(name, text)])));
}

function toLive(host: Host, set: ConfigSet, files: ConfigFiles): LiveConfig {
  const joined = about(mainFile, () => joinIncludes(files, mainFile, { root: host.layout.state }));
  return { ...set, files, joined, root: host.layout.state };
}

/** What files name, and nobody has read yet. */
function namesIn(host: Host, files: ConfigFiles): string[] {
  const names = [...files].flatMap(([file, value]) =>
    about(file, () => includedNames(value, file, { root: host.layout.state })),
  );
  return [...new Set(names)].filter((name) => !files.has(name));
}

/** As OpenClaw reads it: a config that a gateway runs with is no reason to stop it. */
function parseLive(file: string, text: string): JsonValue {
  return about(file, () => {
    try {
      return parseDocument(text, { lenient: true });
    } catch (error) {
      if (file === mainFile || !(error instanceof ConfigMergeError && error.code === 'DOCUMENT_ROOT'))
        throw error;
      // What is included may be a list.
      return parseDocument(`{ whole: ${text}\n}`, { lenient: true })['whole'] ?? null;
    }
  });
}

function about<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    throw unreadable(error.code === 'INCLUDE_INVALID' ? error.message : `${file}: ${error.message}`, file);
  }
}

function unreadable(message: string, file: string): BootstrapError {
  return new BootstrapError('CONFIG_UNPARSABLE', message, { cause: file });
}

/** Whether two sets have the same files with the same texts. */
export function isSameSet(one: ConfigSet | undefined, other: ConfigSet | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return fingerprint(one) === fingerprint(other);
}

/** A digest of texts. @param besides what else decides whether a program takes them */
export function fingerprint({ text, includes }: ConfigSet, ...besides: readonly unknown[]): string {
  const files = [...includes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([text, files, ...besides]))
    .digest('hex');
}

/** The files with their names, so that they mean the same in another folder: an absolute name becomes a relative one. */
export function movable({ text, includes }: ConfigSet, root: string): ReadonlyMap<string, string> {
  const texts: [string, string][] = [[mainFile, text], ...includes];
  return new Map(
    texts.map(([name, content]) => {
      // Key and name may be spelt in many ways, with escapes for letters, too.
      if (!/include|\\/.test(content)) return [name, content];
      const value = parseLive(name, content);
      const up = '../'.repeat(name.split('/').length - 1) || './';
      const named = (absolute: string): string =>
        includedNames({ $include: absolute }, name, { root })
          .map((found) => `${up}${found}`)
          .join('');
      const moved = relative(value, named);
      return [name, JSON.stringify(moved) === JSON.stringify(value) ? content : JSON.stringify(moved)];
    }),
  );
}

function relative(value: JsonValue, rename: (absolute: string) => string): JsonValue {
  const inner = (member: JsonValue): JsonValue => relative(member, rename);
  const named = (name: JsonValue): JsonValue =>
    typeof name === 'string' && name.startsWith('/') ? rename(name) : name;
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, member]) => {
      if (key !== '$include') return [key, inner(member)];
      return [key, Array.isArray(member) ? member.map(named) : named(member)];
    }),
  );
}
