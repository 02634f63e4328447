import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PodError } from './errors.ts';

const run = promisify(execFile);

/** The clone that this runs from, with the packages whose sources the bundle is made of. */
const repository = dirname(
  dirname(dirname(fileURLToPath(import.meta.resolve('@clawharbor/bootstrap/package.json')))),
);
const bundled = ['bootstrap', 'config-merge', 'openclaw-plugin'].map((name) =>
  join(repository, 'packages', name, 'src'),
);
const bundle = join(repository, 'packages/bootstrap/dist/clawharbor-bootstrap.mjs');

/** Whether the one file that instances run is missing, or older than what it is made of. */
export function isBundleStale(): boolean {
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  return bundled.some((source) =>
    readdirSync(source, { recursive: true, encoding: 'utf8' }).some(
      (file) => statSync(join(source, file)).mtimeMs > built,
    ),
  );
}

/**
 * Makes the one file that instances run.
 * @throws PodError `BUNDLE_NOT_BUILT` with what the build said
 */
export async function buildBundle(signal: AbortSignal): Promise<void> {
  const nx = fileURLToPath(import.meta.resolve('nx/bin/nx.js'));
  const environment = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };
  try {
    await run(process.execPath, [nx, 'run', '@clawharbor/bootstrap:bundle'], {
      cwd: repository,
      env: environment,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new PodError('BUNDLE_NOT_BUILT', `the bootstrap could not be bundled:\n${stdout}${stderr}`.trim(), {
      cause: error,
    });
  }
}
