import { parseDocument } from '../document.ts';
import { ConfigMergeError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { mergeConfig, type MergeResult } from '../merge.ts';
import { openclawPolicy } from '../openclaw-policy.ts';
import { checkPolicy, type Policy } from '../policy.ts';
import { readText } from './files.ts';
import type { Terminal } from './terminal.ts';

export interface InputOptions {
  readonly live?: string;
  readonly desired: string;
  readonly lastApplied?: string;
  readonly policy: string;
}

/** Reads what a merge needs, and merges; `-` is standard input, once. */
export async function mergeFiles(options: InputOptions, terminal: Terminal): Promise<MergeResult> {
  const { live, desired, lastApplied, policy } = options;
  if ([live, desired, lastApplied, policy].filter((file) => file === '-').length > 1) {
    throw new ConfigMergeError('USAGE', 'standard input can be read once: name a file for the others');
  }
  const inputs = {
    live: live === undefined ? undefined : await readDocument(live, terminal),
    desired: await readDocument(desired, terminal),
    lastApplied: lastApplied === undefined ? undefined : await readDocument(lastApplied, terminal),
    policy: await readPolicy(policy, terminal),
  };
  // Of documents that could be read, only desired can be refused.
  return about(desired, () => mergeConfig(inputs));
}

export async function readPolicy(file: string, terminal: Terminal): Promise<Policy> {
  if (file === 'openclaw') return openclawPolicy;
  const document = await readDocument(file, terminal);
  return about(file, () => checkPolicy(document));
}

async function readDocument(file: string, terminal: Terminal): Promise<JsonObject> {
  const text = await readText(file, terminal);
  return about(file, () => parseDocument(text));
}

/** Errors of the library do not know files. */
function about<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    const { code, message, line } = error;
    throw new ConfigMergeError(code, `${file}${line === undefined ? ': ' : ':'}${message}`);
  }
}
