import type { KnownOpenClawVersion } from '../openclaw-release.ts';
import { lockfiles as imported } from '../openclaw-release/files.ts';

export interface Lockfile {
  readonly manifest: object;
  /** With the integrity of every package, and without the address of a registry. */
  readonly lockfile: object;
}

/** What exactly is installed for a version. */
export const lockfiles: Readonly<Record<KnownOpenClawVersion, Lockfile>> = imported;
