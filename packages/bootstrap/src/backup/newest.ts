import type { BackupManifest } from './manifest.ts';

/** Clocks of two machines differ by less. */
const tolerance = 3_600_000;

type Made = Pick<BackupManifest, 'at'>;

/**
 * The order in which backups were made, oldest first. Their names have it from the clock: those that lie ahead are of a
 * clock that was wrong, and came before it was put right.
 */
export function inOrder<T extends Made>(backups: readonly T[], now: Date): T[] {
  const isAhead = ({ at }: Made): boolean => Date.parse(at) > now.getTime() + tolerance;
  return [...backups.filter(isAhead), ...backups.filter((backup) => !isAhead(backup))];
}

/** @param backups oldest first by their names */
export function newestOf<T extends Made>(backups: readonly T[], now: Date): T | undefined {
  return inOrder(backups, now).at(-1);
}
