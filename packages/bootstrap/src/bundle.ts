import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BootstrapError } from './errors.ts';

/**
 * The bootstrap as one `.mjs` file that needs nothing but Node.js: what an instance downloads and runs.
 * @throws BootstrapError `BUNDLE_NOT_BUILT`
 */
export function bundlePath(): string {
  // The same distance from src/ and from lib/.
  const file = fileURLToPath(new URL('../dist/clawharbor-bootstrap.mjs', import.meta.url));
  if (existsSync(file)) return file;
  throw new BootstrapError(
    'BUNDLE_NOT_BUILT',
    `${file} is missing. Run: npx nx run @clawharbor/bootstrap:bundle`,
  );
}
