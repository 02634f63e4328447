import { readFileSync } from 'node:fs';
import type { OpenClawFacts } from './facts.ts';
import { functionsOf } from './modules.ts';

// Runs as a process of its own, with a home of its own: `node probe.ts <directory of the package openclaw>` prints
// what the release knows of its config.
const [directory = ''] = process.argv.slice(2);
const { exportsOf, own, ownIfThere } = functionsOf(directory);

interface Hint {
  readonly sensitive?: boolean;
  readonly tags?: readonly string[];
}

const readSchema = await own<() => Promise<{ schema: Node; uiHints: Record<string, Hint>; version: string }>>(
  'runtime-schema-',
  'readBestEffortRuntimeConfigSchema',
);
const isSensitivePath = await own<(path: string) => boolean>('sensitive-paths-', 'isSensitiveConfigPath');
const reloadPrefixes = await own<() => string[]>('config-reload-plan-', 'listConfigReloadRefinementPrefixes');
const reloadOf = await own<(path: string) => { kind: OpenClawFacts['reload'][string] }>(
  'config-reload-plan-',
  'resolveConfigReloadMetadata',
);
const policyGeneration = await ownIfThere<(config: object) => string>(
  'auth-policy-',
  'resolveGatewayAuthPolicyGeneration',
);
const legacyIssues = await own<(config: object) => unknown>('legacy-', 'findLegacyConfigIssues');
const setRegistry = await own<(registry: object) => void>('runtime-', 'setActivePluginRegistry');
const emptyRegistry = await own<() => object>('registry-empty-', 'createEmptyPluginRegistry');

interface LegacyRule {
  readonly path: readonly string[];
  readonly message: string;
  readonly match?: unknown;
}

/** The rules are in no export: they are seen where the function goes through them. */
function legacyRules(): LegacyRule[] {
  const rules = new Set<LegacyRule>();
  const iterate = Array.prototype[Symbol.iterator];
  // oxlint-disable-next-line no-extend-native -- in this process only, and put back
  Array.prototype[Symbol.iterator] = function (this: Partial<LegacyRule>[]) {
    for (let index = 0; index < this.length; index++) {
      const element = this[index];
      if (Array.isArray(element?.path) && typeof element.message === 'string')
        rules.add(element as LegacyRule);
    }
    return iterate.call(this) as never;
  };
  try {
    legacyIssues({});
  } finally {
    // oxlint-disable-next-line no-extend-native
    Array.prototype[Symbol.iterator] = iterate;
  }
  if (rules.size === 0) throw new Error('findLegacyConfigIssues goes through no rules');
  return [...rules];
}

/** How the bundled plugins want to be reloaded, of which only those of the browser are outside `channels` and `plugins`. */
async function registerReloads(): Promise<void> {
  const found = await exportsOf('plugin-registration-');
  const reloads = found.filter((value): value is object => {
    return typeof value === 'object' && value !== null && 'restartPrefixes' in value;
  });
  if (reloads.length > 0) {
    setRegistry({ ...emptyRegistry(), reloads: reloads.map((registration) => ({ registration })) });
  }
}

/** The keys whose change gives everybody's connection another policy generation: OpenClaw closes them with 4001. */
function reconnecting(generation: (config: object) => string, schema: Node, path: string[] = []): string[] {
  const before = generation({});
  return Object.entries(schema.properties ?? {}).flatMap(([key, below]) => {
    const here = [...path, key];
    const config = here.reduceRight<unknown>((inner, name) => ({ [name]: inner }), ['changed']) as object;
    return generation(config) === before ? reconnecting(generation, below, here) : [here.join('.')];
  });
}

/** Up to 2026.9.5 there are no generations: who may do what changes with a restart, and nothing else closes connections. */
function reconnectingWithRestarts(): string[] {
  const hot = ['gateway.roles', 'gateway.trustedProxies', 'gateway.auth.identityScopes'].filter((path) => {
    return reloadOf(path).kind !== 'restart';
  });
  if (hot.length === 0) return [];
  throw new Error(`a change of ${hot.join(', ')} is hot: look what this release does to open connections`);
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
}

await registerReloads();
const { schema, uiHints, version } = await readSchema();
const matrix = JSON.parse(
  readFileSync(`${directory}/docs/reference/secretref-user-supplied-credentials-matrix.json`, 'utf8'),
) as { entries: { configFile: string; path: string }[] };

const facts: OpenClawFacts = {
  version,
  // As `openclaw config schema` prints it.
  schema: { ...schema, properties: { $schema: { type: 'string' }, ...schema.properties } },
  sensitive: Object.keys(uiHints).filter((path) => uiHints[path]?.sensitive === true),
  urls: Object.keys(uiHints).filter((path) => uiHints[path]?.tags?.includes('url-secret') === true),
  secretTargets: matrix.entries
    .filter(({ configFile }) => configFile === 'openclaw.json')
    .map(({ path }) => path),
  // By the words of a path; asked for every key that the schema has, hinted or not.
  named: [...keysOf(schema)].filter(isSensitivePath),
  reload: Object.fromEntries(
    reloadPrefixes().map((prefix) => [prefix, reloadOf(prefix.replaceAll('*', 'any')).kind]),
  ),
  reconnects: policyGeneration ? reconnecting(policyGeneration, schema) : reconnectingWithRestarts(),
  retired: legacyRules().flatMap(({ path, message, match }) => {
    return match === undefined ? [{ path: path.join('.'), message }] : [];
  }),
};
process.stdout.write(JSON.stringify(facts));

function keysOf(node: object): Set<string> {
  const keys = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      if (key === 'properties' && typeof member === 'object' && member !== null) {
        for (const name of Object.keys(member)) keys.add(name);
      }
      walk(member);
    }
  };
  walk(node);
  return keys;
}
