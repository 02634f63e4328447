import { resolve } from 'node:path';

/** What a pod writes lies here unless told otherwise; relative, so each clone has its own. */
export const defaultDataDir = '.clawharbor';

/**
 * A command as a person types it in the folder that they are in: it names the data directory only where it must.
 * @param words verb and arguments
 */
export function commandToType(words: string, dataDir: string): string {
  const option = resolve(dataDir) === resolve(defaultDataDir) ? '' : ` --data-dir ${quoted(dataDir)}`;
  const [command, ...redirection] = words.split(' <');
  return [`npx clawharbor-local ${command}${option}`, ...redirection].join(' <');
}

/** For a POSIX shell. */
function quoted(path: string): string {
  return /^[\w./:@%+=-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
