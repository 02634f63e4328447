import { relative, resolve } from 'node:path';
import { parseDocument } from '../document.ts';
import { ConfigMergeError } from '../errors.ts';
import { includedNames, joinIncludes, sourcesOf, type Source } from '../includes.ts';
import type { JsonObject } from '../json.ts';
import { about, readText } from './files.ts';
import type { Terminal } from './terminal.ts';

/** The config in use. */
export interface Live {
  readonly value: JsonObject;
  /** The text of the file that was named. */
  readonly text: string;
  /** The files that have a path, the one that counts last. Absent unless includes are followed. */
  readonly sourcesOf?: (path: string) => readonly Source[];
}

/** @param root folder of the config: what live includes is read from it. Without it `$include` is a key as any other. */
export async function readLive(file: string, root: string | undefined, terminal: Terminal): Promise<Live> {
  const text = await readText(file, terminal);
  const value = about(file, () => parseDocument(text, { lenient: true }));
  if (root === undefined) return { value, text };
  const folder = resolve(root);
  const main = relative(folder, resolve(file)).replaceAll('\\', '/');
  if (file === '-' || main.startsWith('..')) {
    throw new ConfigMergeError(
      'USAGE',
      `--include-root names the folder of --live: ${file} is not in ${root}`,
    );
  }
  const options = { root: folder };
  const files = new Map([[main, value]]);
  for (const [name, content] of files) {
    for (const included of about(root, () => includedNames(content, name, options))) {
      if (files.has(included)) continue;
      const path = `${folder}/${included}`;
      const more = await readText(path, terminal);
      files.set(
        included,
        about(path, () => parseDocument(more, { lenient: true })),
      );
    }
  }
  const joined = about(root, () => joinIncludes(files, main, options));
  return { value: joined.value, text, sourcesOf: (path) => sourcesOf(joined, files, path) };
}
