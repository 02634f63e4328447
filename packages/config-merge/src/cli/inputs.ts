import { withOwners, type ChosenOwners } from '../chosen-owners.ts';
import { formatDocument, parseDocument } from '../document.ts';
import { edited } from '../edit.ts';
import { ConfigMergeError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { mergeConfig, type MergeInput, type MergeResult } from '../merge.ts';
import type { MergeTextResult } from '../merge-text.ts';
import { mergeOpenClaw } from '../openclaw-models.ts';
import { openclawPolicy } from '../openclaw-policy.ts';
import { checkPolicy, type Policy } from '../policy.ts';
import { rootScope } from '../scope.ts';
import { about, readText } from './files.ts';
import { readLive, type Live } from './live.ts';
import type { Terminal } from './terminal.ts';

export interface InputOptions {
  readonly live?: string;
  readonly desired: string;
  readonly lastApplied?: string;
  readonly policy: string;
  readonly owners?: string;
  readonly includeRoot?: string;
}

export interface MergedFiles extends MergeTextResult {
  readonly sourcesOf: Live['sourcesOf'];
}

/**
 * Reads what a merge needs, and merges; `-` is standard input, once.
 *
 * @throws ConfigMergeError `MODEL_IN_USE` where a merge of OpenClaw's config would part a model from its provider: who
 * plans can still mend what is desired
 */
export async function mergeFiles(options: InputOptions, terminal: Terminal): Promise<MergedFiles> {
  const { live, desired, lastApplied, policy, owners } = options;
  if ([live, desired, lastApplied, policy, owners].filter((file) => file === '-').length > 1) {
    throw new ConfigMergeError('USAGE', 'standard input can be read once: name a file for the others');
  }
  const used = live === undefined ? undefined : await readLive(live, options.includeRoot, terminal);
  const inputs = {
    live: used?.value,
    desired: await readDocument(desired, terminal),
    lastApplied: lastApplied === undefined ? undefined : await readDocument(lastApplied, terminal),
    policy: await readOwners(owners, await readPolicy(policy, terminal), terminal),
  };
  // Of documents that could be read, only desired can be refused.
  const result = about(desired, () =>
    policy === 'openclaw' ? mergeWithModels(inputs) : mergeConfig(inputs),
  );
  // A config of several files has no text of its own.
  const text =
    used === undefined || used.sourcesOf !== undefined
      ? formatDocument(result.config)
      : edited(used.text, used.value, result.config, rootScope(inputs.policy));
  return { ...result, text, sourcesOf: used?.sourcesOf };
}

function mergeWithModels(inputs: MergeInput): MergeResult {
  const result = mergeOpenClaw(inputs);
  const [first] = result.inUse;
  if (first === undefined) return result;
  const { path, by } = first;
  throw new ConfigMergeError(
    'MODEL_IN_USE',
    `desired leaves out ${path}, but ${by} names it: keep it in desired, or choose the owner managed for ${by}`,
    { path },
  );
}

/** Chosen owners are JSON5, in a file or as they are. */
async function readOwners(chosen: string | undefined, policy: Policy, terminal: Terminal): Promise<Policy> {
  if (chosen === undefined) return policy;
  const given = chosen.trimStart().startsWith('{');
  const document = given
    ? about('--owners', () => parseDocument(chosen))
    : await readDocument(chosen, terminal);
  return about(given ? '--owners' : chosen, () => withOwners(policy, document as ChosenOwners));
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
