import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * What one pod has made and the next one takes, of this account of the machine. It may be removed at any time.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheDirectory(name: string): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'clawharbor', name);
}
