import { isDeepStrictEqual } from 'node:util';
import {
  ConfigMergeError,
  formatDocument,
  mergeConfig,
  openclawPolicy,
  parseDocument,
  type Change,
} from '@clawharbor/config-merge';
import { BootstrapError } from '../errors.ts';

export interface LiveConfig {
  readonly text: string;
  readonly value: object;
}

export interface MergedConfig {
  /** The file to write; the very text of live when nothing differs, so that comments stay. */
  readonly text: string;
  readonly differs: boolean;
  /** One line each, without values: a config may hold a secret. */
  readonly changes: readonly string[];
  readonly notes: readonly string[];
}

/** @throws ConfigMergeError if it is not JSON5, with the place */
export function parseLive(text: string): LiveConfig {
  const value = parseDocument(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BootstrapError('CONFIG_UNPARSABLE', 'the config is not an object');
  }
  return { text, value };
}

/** @throws BootstrapError `SPEC_INVALID` when infrastructure asks for what it may not decide */
export function merge(
  live: LiveConfig | undefined,
  desired: Readonly<Record<string, unknown>>,
  lastApplied: Readonly<Record<string, unknown>> | undefined,
): MergedConfig {
  const { config, changes, warnings } = mergeChecked({ live: live?.value, desired, lastApplied });
  const differs = !live || !isDeepStrictEqual(plain(config), plain(live.value));
  return {
    text: differs ? formatDocument(config) : live.text,
    differs,
    changes: changes.filter(({ op }) => op !== 'keep').map(describe),
    notes: warnings.map(({ message }) => message),
  };
}

function mergeChecked(input: { live: object | undefined; desired: object; lastApplied: object | undefined }) {
  try {
    return mergeConfig({ ...input, policy: openclawPolicy });
  } catch (error) {
    if (!(error instanceof ConfigMergeError)) throw error;
    throw new BootstrapError('SPEC_INVALID', `openclaw.config: ${error.message}`, { cause: error });
  }
}

function describe({ op, path, owner, before }: Change): string {
  const drift = op === 'replace' && before !== undefined ? ', was changed or had another value' : '';
  return `${op} ${path === '' ? '(all)' : path} (${owner}${drift})`;
}

/** Equality of what would be read back, whatever prototypes the values have. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
