import manifest_2026_9_6 from '../openclaw-release/2026.9.6/package.json' with { type: 'json' };
import lockfile_2026_9_6 from '../openclaw-release/2026.9.6/package-lock.json' with { type: 'json' };
import type { OpenClawVersion } from '../openclaw-release.ts';

export interface Lockfile {
  readonly manifest: object;
  /** With the integrity of every package, and without the address of a registry. */
  readonly lockfile: object;
}

/** What exactly is installed for a version. Imported, so that the one-file bundle carries it. */
export const lockfiles: Readonly<Record<OpenClawVersion, Lockfile>> = {
  '2026.9.6': { manifest: manifest_2026_9_6, lockfile: lockfile_2026_9_6 },
};
