import type { JsonObject } from './json.ts';
import type { Change } from './report.ts';
import type { Scope } from './scope.ts';

/** What a config was made of. */
export interface Provenance {
  readonly live: JsonObject;
  readonly desired: JsonObject;
  /** What the policy says. */
  readonly root: Scope;
  readonly changes: ReadonlyMap<string, Change>;
}

const origins = new WeakMap<JsonObject, () => Provenance>();

/** Keeps the origin beside the config instead of in it: a config that is written holds nothing but itself. */
export function remember(
  config: JsonObject,
  { changes, ...inputs }: Omit<Provenance, 'changes'> & { readonly changes: readonly Change[] },
): void {
  let made: Provenance | undefined;
  origins.set(config, () => {
    made ??= { ...inputs, changes: new Map(changes.map((change) => [change.path, change])) };
    return made;
  });
}

export function recall(config: JsonObject): Provenance | undefined {
  return origins.get(config)?.();
}
