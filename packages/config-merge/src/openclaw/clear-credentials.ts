import { credentialAt } from './credentials.ts';
import type { OpenClawVersion } from './release.ts';

export type ConfigPath = readonly (string | number)[];

/** Keys that hold credentials in OpenClaw, its channels, plugins and MCP servers, and in HTTP headers. */
const names =
  /(password|passphrase|secret|token|(api|access|secret|private|signing)[-_]?key|credentials?|authorization|cookie|[-_]pat)$/i;

/** `${NAME}`, which OpenClaw replaces: https://docs.openclaw.ai/gateway/configuration/environment-variables */
const reference = /\$\{[A-Z_][A-Z0-9_]*\}/;

/** Stands for "no key" where the model runs on the same machine: https://docs.openclaw.ai/providers/ollama/setup */
const marker = 'ollama-local';

/**
 * Every text of OpenClaw's config that holds a credential in clear: where OpenClaw takes one (its own schema says
 * where), under a key that says so, and where anything may stand, what looks like one. References and SecretRefs hold
 * none.
 *
 * @param release of OpenClaw that is to read it. Default: the newest
 */
export function* credentialsIn(
  value: unknown,
  release?: OpenClawVersion,
  path: ConfigPath = [],
): Generator<ConfigPath> {
  if (typeof value === 'string') {
    if (value === '' || value === marker || reference.test(value)) return;
    if (holdsCredential(path, value, release)) yield path;
  } else if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* credentialsIn(element, release, [...path, index]);
  } else if (typeof value === 'object' && value !== null && !isSecretRef(value)) {
    for (const [key, member] of Object.entries(value)) yield* credentialsIn(member, release, [...path, key]);
  }
}

function holdsCredential(path: ConfigPath, text: string, release?: OpenClawVersion): boolean {
  const keys = path.filter((step) => typeof step === 'string');
  const said = credentialAt(path, release);
  if (said === 'secret' || names.test(keys.at(-1) ?? '')) return true;
  if (said === 'none') return false;
  const record = keys.at(-2) ?? '';
  if (/headers$/i.test(record)) return true;
  return /(env|vars)$/i.test(record) ? !isPlain(text) : looksLikeOne(text);
}

/** Names where a secret is, and does not hold it: https://docs.openclaw.ai/gateway/secrets */
function isSecretRef(value: object): boolean {
  const { source, provider = '', id, ...others } = value as Record<string, unknown>;
  // With anything else in it, it is an object that only looks like one.
  if (typeof id !== 'string' || typeof provider !== 'string' || Object.keys(others).length > 0) return false;
  return ['env', 'file', 'exec', 'store'].includes(source as string);
}

/** Environment variables carry credentials under any name: what passes is a setting at first sight. */
function isPlain(text: string): boolean {
  if (looksLikeOne(text)) return false;
  return (
    /^(\d{1,9}|arn:.*|[a-z]+:\/\/.*|[~.]{0,2}\/.*)$/.test(text) ||
    /^([A-Za-z]+|\d{1,4})([\s_./:;,=+-]+([A-Za-z]+|\d{1,4}))*$/.test(text)
  );
}

function looksLikeOne(text: string): boolean {
  // A private key, the value of an Authorization header, a password in a URL.
  if (/-----BEGIN |^(Bearer|Basic) \S|:\/\/[^/\s@]*:[^/\s@]+@/i.test(text)) return true;
  return text.split(/\s/).some(isRandom);
}

/** Long, with digits and letters of both cases: ids of models, names and paths are hardly ever so. */
function isRandom(word: string): boolean {
  if (!/^[\w+=.:~-][\w+/=.:~-]{19,}$/.test(word) || /^arn:|:\/\//.test(word)) return false;
  return /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
}
