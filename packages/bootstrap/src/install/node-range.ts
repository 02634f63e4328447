/**
 * Whether a version of Node.js lies in a range of the form that `engines` of npm packages has: comparators joined by
 * spaces, alternatives by `||`. Pre-releases never do.
 */
export function satisfies(version: string, range: string): boolean {
  const actual = parse(version);
  return range.split('||').some((alternative) =>
    alternative
      .trim()
      .split(/\s+/)
      .every((comparator) => holds(actual, comparator)),
  );
}

function holds(actual: readonly number[] | undefined, comparator: string): boolean {
  const [, operator, bound] = /^(>=|<)(.+)$/.exec(comparator) ?? [];
  const limit = bound === undefined ? undefined : parse(bound);
  if (!actual || !limit) return false;
  const difference = compare(actual, limit);
  return operator === '>=' ? difference >= 0 : difference < 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function parse(version: string): number[] | undefined {
  return /^v?\d+(\.\d+){0,2}$/.test(version) ? version.replace('v', '').split('.').map(Number) : undefined;
}
