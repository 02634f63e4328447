import type { OpenClawVersion } from '../openclaw-release.ts';
import { credentialVariables as imported } from '../openclaw-release/files.ts';

const known: Readonly<Record<OpenClawVersion, readonly string[]>> = imported;

/**
 * The variables that a release of OpenClaw reads credentials from by itself, after its own documentation:
 * "Provider credentials" in `docs/help/environment.md`, and what `docs/channels` names as a variable. Any other is read
 * where the config refers to it. Plugins from elsewhere may read more, so this can only give a hint.
 */
export function credentialVariables(version: OpenClawVersion): readonly string[] {
  return known[version];
}

/** The one of `names` that was probably meant; undefined when none is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const upper = name.toUpperCase();
  const ranked = names
    .map((candidate) => ({ candidate, distance: editDistance(upper, candidate) }))
    .toSorted((one, other) => one.distance - other.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(1, Math.floor(name.length / 4)) ? best.candidate : undefined;
}

/** How many characters to insert, remove or replace (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    const above = row;
    row = [line];
    for (let column = 1; column <= other.length; column++) {
      const same = one[line - 1] === other[column - 1] ? 0 : 1;
      row.push(Math.min(above[column]! + 1, row[column - 1]! + 1, above[column - 1]! + same));
    }
  }
  return row.at(-1)!;
}
