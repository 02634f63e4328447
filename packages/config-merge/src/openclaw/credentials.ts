import { anyKey, parsePattern, type PatternStep } from '../path.ts';
import { credentials } from './by-release/credentials.ts';
import { madeOnce, newestOpenClaw, type OpenClawVersion } from './release.ts';

/** Patterns of paths: `*` is any key, `[]` any element of a list. */
export interface CredentialPaths {
  /** A credential stands here. */
  readonly secrets: readonly string[];
  /** Whatever people write stands here, which may be a credential: free keys with free texts, URLs, any value at all. */
  readonly open: readonly string[];
}

/**
 * Whether a place of OpenClaw's config holds a credential, by what a release says of it: `secret` if it is
 * made for one, `open` if whatever people write may be one, `none` if it cannot.
 *
 * @param path keys, and places in lists from 0
 * @param release Default: the newest that is known
 */
export function credentialAt(
  path: readonly (string | number)[],
  release: OpenClawVersion = newestOpenClaw,
): 'secret' | 'open' | 'none' {
  const paths = pathsOf(release);
  const covered = (patterns: readonly (readonly PatternStep[])[]) =>
    patterns.some((steps) => covers(steps, path));
  return covered(paths.secrets) ? 'secret' : covered(paths.open) ? 'open' : 'none';
}

const pathsOf = madeOnce(credentials, ({ secrets, open }: CredentialPaths) => {
  return { secrets: secrets.map(stepsOf), open: open.map(stepsOf) };
});

function stepsOf(pattern: string): PatternStep[] {
  return parsePattern(pattern.replaceAll('[]', '.*'));
}

function covers(steps: readonly PatternStep[], path: readonly (string | number)[]): boolean {
  return steps.length <= path.length && steps.every((step, index) => step === anyKey || step === path[index]);
}
