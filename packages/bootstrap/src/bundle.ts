import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { BootstrapError } from './errors.ts';

/**
 * The bootstrap as one `.mjs` file that needs nothing but Node.js: what an instance downloads and runs. npm brings it;
 * in a clone, where sources run, it is built when it is asked for and not there, or older than they are.
 * @throws BootstrapError `BUNDLE_NOT_BUILT`
 */
export function bundlePath(): string {
  if (import.meta.url.endsWith('.ts')) buildFromSources();
  // The same distance from src/ and from lib/.
  const file = fileURLToPath(new URL('../dist/clawharbor-bootstrap.mjs', import.meta.url));
  if (existsSync(file)) return file;
  throw new BootstrapError(
    'BUNDLE_NOT_BUILT',
    `${file} is missing. Run: npx nx run @clawharbor/bootstrap:bundle`,
  );
}

function buildFromSources(): void {
  try {
    // Not by an import: it is no part of what is compiled.
    const builder = createRequire(import.meta.url)('../build-bundle.ts') as { buildUnlessFresh(): void };
    builder.buildUnlessFresh();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new BootstrapError('BUNDLE_NOT_BUILT', `The sources cannot be bundled: ${words}`);
  }
}
