/** Keys that hold credentials in OpenClaw, its channels, plugins and MCP servers, and in HTTP headers. */
const names =
  /(password|passphrase|secret|token|(api|access|secret|private|signing)[-_]?key|credentials?|authorization|cookie)$/i;

/** `${NAME}`, which OpenClaw replaces: https://docs.openclaw.ai/gateway/configuration/environment-variables */
const reference = /\$\{[A-Z_][A-Z0-9_]*\}/;

/** Stands for "no key" where the model runs on the same machine: https://docs.openclaw.ai/providers/ollama/setup */
const marker = 'ollama-local';

/**
 * Whether a value of OpenClaw's config holds a credential in clear text: a text whose key says so or, where a
 * credential may stand under any key, a text that looks like one. References and SecretRefs hold none.
 *
 * @param anywhere whether a credential may stand here under any key
 */
export function holdsCredential(key: string, value: unknown, anywhere: boolean): boolean {
  if (typeof value === 'string') {
    if (value === '' || value === marker || reference.test(value)) return false;
    return names.test(key) || (anywhere && looksLikeOne(value));
  }
  if (Array.isArray(value)) return value.some((element) => holdsCredential(key, element, anywhere));
  if (typeof value !== 'object' || value === null || isSecretRef(value)) return false;
  return Object.entries(value).some(([name, member]) => holdsCredential(name, member, anywhere));
}

/** Names where a secret is, and does not hold it: https://docs.openclaw.ai/gateway/secrets */
export function isSecretRef(value: object): boolean {
  const { source, provider = '', id, ...others } = value as Record<string, unknown>;
  // With anything else in it, it is an object that only looks like one.
  if (typeof id !== 'string' || typeof provider !== 'string' || Object.keys(others).length > 0) return false;
  return ['env', 'file', 'exec', 'store'].includes(source as string);
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
