import type { Node } from '../../../config-merge/src/openclaw/node.ts';
import { pathsOf } from '../../../config-merge/generator/paths.ts';

/** The tables of a release: `config-merge/src/openclaw/<version>/`. */
export interface Tables {
  readonly definitions: readonly string[];
  readonly effects: Readonly<Record<string, string>>;
  readonly retired: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** What a release knows that the one before does not, and the other way round. */
export interface Difference {
  readonly came: readonly string[];
  readonly went: readonly string[];
}

export interface TablesDifference {
  readonly paths: Difference;
  readonly retired: Difference;
  readonly secrets: Difference;
  /** As in `gateway.roles: restart → reconnect`. */
  readonly effects: readonly string[];
}

export function compareTables(before: Tables, after: Tables): TablesDifference {
  return {
    paths: difference(named(before), named(after)),
    retired: difference(Object.keys(before.retired), Object.keys(after.retired)),
    secrets: difference(before.secrets, after.secrets),
    effects: [...new Set([...Object.keys(before.effects), ...Object.keys(after.effects)])]
      .map((path) => [path, effectAt(before, path), effectAt(after, path)] as const)
      .filter(([, old, now]) => old !== now)
      .map(([path, old, now]) => `${path}: ${old} → ${now}`)
      .toSorted(),
  };
}

export async function tablesOf(version: string): Promise<Tables> {
  const table = (file: string): Promise<unknown> => {
    return import(new URL(`../../../config-merge/src/openclaw/${version}/${file}.ts`, import.meta.url).href);
  };
  const { definitions } = (await table('schema')) as Pick<Tables, 'definitions'>;
  const { effects } = (await table('effects')) as Pick<Tables, 'effects'>;
  const { retired } = (await table('retired')) as Pick<Tables, 'retired'>;
  const { credentials } = (await table('credentials')) as { credentials: Pick<Tables, 'secrets'> };
  return { definitions, effects, retired, secrets: credentials.secrets };
}

function named({ definitions }: Tables): string[] {
  return [...pathsOf(definitions.map((line) => JSON.parse(line) as Node))];
}

/** Without what lies below something that is told already. */
function difference(before: readonly string[], after: readonly string[]): Difference {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    came: outermost(after.filter((path) => !old.has(path))),
    went: outermost(before.filter((path) => !now.has(path))),
  };
}

function outermost(paths: readonly string[]): string[] {
  const all = new Set(paths);
  const parents = (path: string) => [...path.matchAll(/\.|\[\]/g)].map(({ index }) => path.slice(0, index));
  return paths.filter((path) => !parents(path).some((parent) => all.has(parent))).toSorted();
}

function effectAt({ effects }: Tables, path: string): string {
  const keys = path.split('.');
  for (let length = keys.length; length > 0; length--) {
    const found = effects[keys.slice(0, length).join('.')];
    if (found !== undefined) return found;
  }
  return 'restart';
}
