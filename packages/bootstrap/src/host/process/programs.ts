import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { BootstrapError } from '../../errors.ts';

/** An executable on the PATH, or undefined. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  for (const directory of path.split(delimiter)) {
    const file = join(directory, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

/**
 * npm, run by the Node.js that will run the gateway: the `npm` on the PATH may belong to an older one.
 * @throws BootstrapError `HOST_UNSUPPORTED`
 */
export function findNpm(node: string): [string, ...string[]] {
  const bundled = join(dirname(node), '../lib/node_modules/npm/bin/npm-cli.js');
  const candidates = [process.env['npm_execpath'], findProgram('npm'), bundled];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    try {
      const file = realpathSync(candidate);
      if (file.endsWith('npm-cli.js')) return [node, file];
    } catch {
      continue;
    }
  }
  throw new BootstrapError('HOST_UNSUPPORTED', 'There is no npm on the PATH. Install npm 10 or later.');
}
