import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { byVersion } from '../../../config-merge/generator/openclaw.ts';

/** Where the releases are, one folder each. */
export const releasesFolder = fileURLToPath(
  new URL('../../../bootstrap/src/openclaw-release/', import.meta.url),
);

/** Every release that has a folder, the oldest first. */
export function knownReleases(): string[] {
  return readdirSync(releasesFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted(byVersion);
}
