import { versions } from './by-release/versions.ts';

/** A release of OpenClaw whose config is known. */
export type OpenClawVersion = (typeof versions)[number];

/** The releases whose config is known, the oldest first. */
export const openclawVersions: readonly OpenClawVersion[] = versions;

/** The release that is meant where none is named: the newest. */
export const newestOpenClaw: OpenClawVersion = versions[versions.length - 1]!;

/** Something that is made from a table at its first use, for each release. */
export function madeOnce<Table, Made>(
  tables: Readonly<Record<OpenClawVersion, Table>>,
  make: (table: Table) => Made,
): (release: OpenClawVersion) => Made {
  const made = new Map<OpenClawVersion, Made>();
  return (release) => {
    const found = made.get(release) ?? make(tables[release]);
    made.set(release, found);
    return found;
  };
}
