import { BootstrapError } from '../../errors.ts';
import { isText } from '../../secrets/secret-value.ts';

/**
 * A word of a unit file, as in `ExecStart=` or `Environment=`.
 * Specifiers (`%`) are escaped; `$` is not, because `ExecStart=:` and `Environment=` leave it alone.
 * @throws BootstrapError `UNIT_FAILED` for a control character, which would end the line or hide in the journal
 * @see https://www.freedesktop.org/software/systemd/man/252/systemd.syntax.html#Quoting
 */
export function quoteWord(value: string, where: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(value) || !isText(value)) {
    throw new BootstrapError(
      'UNIT_FAILED',
      `${where}: a unit file cannot hold control characters or broken Unicode`,
    );
  }
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`;
}

/**
 * The text of an `EnvironmentFile=`: any value comes back as it was, line breaks included.
 * @throws BootstrapError `SECRET_INVALID` naming the variable, never its value
 * @see https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#EnvironmentFile=
 */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  const names = Object.keys(variables).toSorted();
  return names.map((name) => `${checkedName(name)}=${quoteValue(name, variables[name] ?? '')}\n`).join('');
}

function checkedName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new BootstrapError(
    'SECRET_INVALID',
    `${JSON.stringify(name)} cannot be the name of an environment variable`,
  );
}

function quoteValue(name: string, value: string): string {
  if (value.includes('\0') || !isText(value)) {
    throw new BootstrapError(
      'SECRET_INVALID',
      `the value of ${name} is not text: an environment cannot hold it`,
    );
  }
  return `"${value.replaceAll(/[\\"`$]/g, String.raw`\$&`)}"`;
}

/** What {@link environmentFile} wrote. */
export function readEnvironmentFile(text: string): Record<string, string> {
  const assignments = text.matchAll(/^([A-Za-z_][A-Za-z0-9_]*)="((?:[^\\"]|\\[^])*)"\n/gmy);
  return Object.fromEntries(
    [...assignments].map(([, name = '', value = '']) => [name, value.replaceAll(/\\([^])/g, '$1')]),
  );
}

/** The name of the unit that stands for a path, as `systemd-escape --path` has it. */
export function escapePath(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '').replaceAll(/\/+/g, '/');
  if (trimmed === '') return '-';
  return [...Buffer.from(trimmed)]
    .map((byte, index) => {
      const character = String.fromCharCode(byte);
      if (character === '/') return '-';
      const plain = /[A-Za-z0-9:_.]/.test(character) && !(character === '.' && index === 0);
      return plain ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** A path that every place of a unit file takes without quoting. */
export function plainPath(path: string, where: string): string {
  if (/^(\/|(\/(?!\.{1,2}(\/|$))[A-Za-z0-9_.@+-]+)+)$/.test(path)) return path;
  throw new BootstrapError(
    'UNIT_FAILED',
    `${where}: ${JSON.stringify(path)} must be an absolute path of plain characters`,
  );
}

/** A name of a unit or an account. */
export function plainName(name: string, where: string): string {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(name)) return name;
  throw new BootstrapError(
    'UNIT_FAILED',
    `${where}: ${JSON.stringify(name)} must be lower-case letters, digits, dashes`,
  );
}
