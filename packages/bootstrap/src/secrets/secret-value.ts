import { BootstrapError } from '../errors.ts';

/**
 * Names that would let a secret change what runs, or whose credentials it runs with, instead of giving a key to it.
 * A trailing `*` stands for anything.
 */
const refused = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'IFS',
  'ENV',
  'BASH_ENV',
  'LANG',
  'LANGUAGE',
  'TERM',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  'PWD',
  'OLDPWD',
  'NODE_*',
  'LD_*',
  'DYLD_*',
  'GLIBC_*',
  'MALLOC_*',
  'LC_*',
  'XDG_*',
  'AWS_*',
  'OPENCLAW_*',
  'CLAWHARBOR_*',
  'NPM_*',
  'GIT_*',
  'SSL_CERT_*',
  'PYTHON*',
  'SYSTEMD_*',
  'NOTIFY_SOCKET',
  'INVOCATION_ID',
  'JOURNAL_STREAM',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
];

/** What every object of JavaScript has already, such as `__proto__` and `constructor`: no program sees such a variable. */
const ofEveryObject: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Why a name cannot be that of a secret variable, or undefined if it can. */
export function refusalOfName(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'is not the name of an environment variable';
  if (ofEveryObject.has(name))
    return 'is a name that every object of JavaScript has, so OpenClaw would not see it';
  const upper = name.toUpperCase();
  const rule = refused.find((pattern) =>
    pattern.endsWith('*') ? upper.startsWith(pattern.slice(0, -1)) : upper === pattern,
  );
  return rule === undefined ? undefined : `is reserved (${rule}): it would change what runs, or as whom`;
}

/**
 * Reads the value of the pod's secret: a JSON object of strings.
 * @throws BootstrapError `SECRET_INVALID`, which names keys and never shows a value
 */
export function parseSecretValue(text: string, origin: string): Record<string, string> {
  const value = parseObject(text, origin);
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => {
      const reason = refusalOfName(name) ?? refusalOfContent(content);
      if (reason !== undefined) throw invalid(origin, `the key ${JSON.stringify(name)} ${reason}`);
      return [name, String(content)];
    }),
  );
}

/** Why something cannot be the value of a secret variable, or undefined if it can. */
export function refusalOfContent(content: unknown): string | undefined {
  if (typeof content !== 'string') return 'does not have a string as its value';
  if (content.includes('\0')) return 'has a NUL byte in its value';
  return isText(content) ? undefined : 'has a value that is not text: lone surrogates or noncharacters';
}

/** systemd reads no environment file with noncharacters (U+FFFE and the like) in it, and then starts nothing. */
export function isText(value: string): boolean {
  return value.isWellFormed() && !/\p{Noncharacter_Code_Point}/u.test(value);
}

function parseObject(text: string, origin: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the text.
    throw invalid(origin, 'its value is not JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalid(origin, 'its value is not a JSON object');
}

function invalid(origin: string, what: string): BootstrapError {
  return new BootstrapError(
    'SECRET_INVALID',
    `The secret ${origin} cannot be used: ${what}. It must be a JSON object such as {"ANTHROPIC_API_KEY": "..."}.`,
  );
}
