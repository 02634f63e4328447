import type { OpenClawRelease } from './openclaw-release/release.ts';
import { releases } from './openclaw-release/releases.ts';

export type { OpenClawRelease };

/**
 * The OpenClaw releases that Clawharbor was tested with: the compatibility table that synth and the instance check.
 * `npx projen openclaw:add VERSION` adds one, with its lockfile, in `openclaw-release/<version>/`.
 */
export const openclawReleases = releases satisfies Record<string, OpenClawRelease>;

type Releases = typeof openclawReleases;

/** Every release that is known, also those that a state can only be upgraded from. */
export type KnownOpenClawVersion = keyof Releases;

/** The releases that pods run. */
export type OpenClawVersion = {
  [Version in KnownOpenClawVersion]: Releases[Version] extends { notRun: string } ? never : Version;
}[KnownOpenClawVersion];

/** The release a new pod gets. */
export const defaultOpenClawVersion: OpenClawVersion = '2026.9.6';

/** The releases that pods run, the oldest first. */
export const openclawVersions: readonly OpenClawVersion[] = Object.values<OpenClawRelease>(openclawReleases)
  .filter(({ notRun }) => notRun === undefined)
  .map(({ version }) => version as OpenClawVersion);

export function isKnownVersion(version: unknown): version is KnownOpenClawVersion {
  return typeof version === 'string' && Object.hasOwn(openclawReleases, version);
}

export function podsRun(version: unknown): version is OpenClawVersion {
  return isKnownVersion(version) && whyNotRun(version) === undefined;
}

/** Why no pod runs a known release; undefined if pods do. */
export function whyNotRun(version: KnownOpenClawVersion): string | undefined {
  const release: OpenClawRelease = openclawReleases[version];
  return release.notRun;
}
