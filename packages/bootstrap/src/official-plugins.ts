import { catalogs, pinned } from './openclaw-release/plugins.ts';
import type { Lockfile } from './install/lockfiles.ts';
import type { OpenClawVersion } from './openclaw-release.ts';

/**
 * A plugin that OpenClaw knows and trusts, and that is a package of its own, as its catalog says. Written by
 * `npx projen openclaw:add`.
 */
export interface OfficialPlugin {
  /** Its key in `plugins.entries` of the config. */
  readonly id: string;
  /** npm package. */
  readonly package: string;
  /** Which version the catalog pins. Absent: that of OpenClaw itself, with which it is released. */
  readonly version?: string;
  /** Of the package, where the catalog pins it. */
  readonly integrity?: string;
  /** Keys of `channels`. */
  readonly channels?: readonly string[];
  /** Keys of `models.providers`, and the part of a model's name before the first slash. */
  readonly providers?: readonly string[];
  /** Values of `tools.web.search.provider`. */
  readonly webSearch?: readonly string[];
  /** Values of `tools.web.fetch.provider`. */
  readonly webFetch?: readonly string[];
  /** Values of `memory.search.provider`. */
  readonly embeddings?: readonly string[];
}

const known: Readonly<Record<OpenClawVersion, readonly OfficialPlugin[]>> = catalogs;

const lockfiles: Readonly<Record<OpenClawVersion, Readonly<Record<string, Lockfile>>>> = pinned;

/** The plugins that a release knows. */
export function officialPlugins(version: OpenClawVersion): readonly OfficialPlugin[] {
  return known[version] ?? [];
}

/**
 * What exactly a plugin of a release is. Absent: the package could not be had when the release was added here, so that
 * the first installation decides, and its artifact keeps it.
 */
export function pluginLockfile(version: OpenClawVersion, id: string): Lockfile | undefined {
  return lockfiles[version]?.[id];
}
