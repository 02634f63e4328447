import { openclawReleases, type OpenClawRelease } from '../openclaw-release.ts';

/** What is known of each release, the oldest first. */
export type Releases = Readonly<Record<string, OpenClawRelease>>;

/** How a state that one release has written comes to another one. */
export type Path =
  | { readonly kind: 'same' }
  /** The releases to start on it one after the other; the last one is the one that was asked for. */
  | { readonly kind: 'steps'; readonly versions: readonly string[] }
  /** The release is older than the state: OpenClaw never takes such a state. */
  | { readonly kind: 'downgrade' }
  /** No release that is known brings it there. @see reachableFrom */
  | { readonly kind: 'none' };

/**
 * The way from one release to another, with as few stops as there are. A release brings to its form only what its
 * `migratesFrom` names, and one that is skipped may be the only one that knows an old form; the newer is not the stricter:
 * 2026.9.6 takes a state of 2026.7.35, 2026.9.5 refuses it.
 */
export function pathBetween(from: string, to: string, releases: Releases = openclawReleases): Path {
  if (from === to) return { kind: 'same' };
  const order = Object.keys(releases);
  if (!order.includes(from) || !order.includes(to)) return { kind: 'none' };
  if (order.indexOf(to) < order.indexOf(from)) return { kind: 'downgrade' };
  const found = [[from]];
  const seen = new Set([from]);
  for (let way = found.shift(); way !== undefined; way = found.shift()) {
    for (const next of nextAfter(way.at(-1)!, releases)) {
      if (next === to) return { kind: 'steps', versions: [...way.slice(1), next] };
      // On the way a gateway runs, if only for a minute: what no pod runs is no stop.
      if (seen.has(next) || releases[next]?.notRun !== undefined) continue;
      seen.add(next);
      found.push([...way, next]);
    }
  }
  return { kind: 'none' };
}

/** The releases to which a state comes from this one, the oldest first. */
export function reachableFrom(from: string, releases: Releases = openclawReleases): readonly string[] {
  return Object.keys(releases).filter(
    (to) => releases[to]?.notRun === undefined && pathBetween(from, to, releases).kind === 'steps',
  );
}

function nextAfter(version: string, releases: Releases): string[] {
  return Object.values(releases)
    .filter(({ migratesFrom }) => migratesFrom.includes(version))
    .map((release) => release.version);
}
