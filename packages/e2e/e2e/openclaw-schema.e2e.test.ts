import { defaultOpenClawVersion } from '@clawharbor/bootstrap/spec';
import { checkOpenClawConfig, effectAt, type Effect } from '@clawharbor/config-merge/openclaw';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { fold, treeOf } from '../../config-merge/generator/compact.ts';
import { generate, outdated } from '../../config-merge/generator/generate.ts';
import { indexes } from '../../config-merge/generator/indexes.ts';
import { pinnedReleases, readFacts, verdicts, withOpenClaw } from '../../config-merge/generator/openclaw.ts';
import { Sampler, seeded } from '../../config-merge/generator/sample.ts';

const facts = await readFacts(defaultOpenClawVersion);
const seed = Number(process.env['SCHEMA_SEED'] ?? Date.now() % 2 ** 31);

interface OpenClawConfig {
  plugins?: { load?: unknown };
}

/** Configs after the schema, and each with one thing changed. */
function configs(count: number): Record<string, unknown>[] {
  const sampler = new Sampler(fold(treeOf(facts.schema)), seeded(seed));
  return Array.from({ length: count / 2 }, () => sampler.config()).flatMap((config) => {
    return [config, sampler.mutated(config)];
  });
}

// Those of the releases before are compared where they are started: faults/releases.faults.test.ts.
test('the tables of the newest release are what it says of itself, and lead to every release', async () => {
  expect(await outdated(await indexes(await pinnedReleases()))).toStrictEqual([]);
  expect(await outdated(await generate(facts, true))).toStrictEqual([]);
});

describe(`our check of a config, with the seed ${seed} (SCHEMA_SEED)`, () => {
  test('refuses nothing that the schema takes, and finds what the schema refuses', () => {
    // OpenClaw fills in defaults first. Formats of texts it checks in its own way.
    const ajv = new Ajv({ strict: false, validateFormats: false, useDefaults: true });
    const validate = ajv.compile(withoutReferences(facts.schema) as object);
    const tooStrict: unknown[] = [];
    let [refused, found] = [0, 0];
    for (const config of configs(4000)) {
      const mine = checkOpenClawConfig(config);
      if (validate(structuredClone(config))) {
        if (mine.length > 0) tooStrict.push({ config, mine });
        // What stands for a value that is not known yet is nobody's mistake.
      } else if (!JSON.stringify(config).includes('${')) {
        refused++;
        if (mine.length > 0) found++;
      }
    }
    expect(tooStrict).toStrictEqual([]);
    expect(refused).toBeGreaterThan(500);
    expect(found / refused).toBeGreaterThan(0.98);
  });

  test('refuses nothing that OpenClaw takes', async () => {
    // The environment of the pod would be filled in before.
    const all = configs(600)
      .map((config) => JSON.parse(JSON.stringify(config).replaceAll('${FROM_ENV}', 'text')) as OpenClawConfig)
      .map(({ plugins, ...config }) => ({ ...config, plugins: { ...plugins, load: {} } }));
    const theirs = await withOpenClaw(defaultOpenClawVersion, (openclaw) => verdicts(openclaw, all));
    const taken = all.filter((_, index) => theirs[index] === null);
    const refused = all.filter((_, index) => theirs[index] !== null);
    expect(taken.filter((config) => checkOpenClawConfig(config).length > 0)).toStrictEqual([]);
    expect(taken.length).toBeGreaterThan(100);
    // The rest are conditions between keys and forms of texts, which no schema says.
    const found = refused.filter((config) => checkOpenClawConfig(config).length > 0);
    expect(found.length / refused.length).toBeGreaterThan(0.5);
  });

  test('goes on where OpenClaw stops: at a plugin path that is not there', async () => {
    const config = { channels: { discord: { enabled: 'yes' } } };
    const lost = { ...config, plugins: { load: { paths: ['/nowhere'] } } };
    const theirs = await withOpenClaw(defaultOpenClawVersion, (openclaw) =>
      verdicts(openclaw, [config, lost]),
    );
    expect(theirs).toStrictEqual([expect.stringContaining('channels.discord.enabled'), null]);
    expect(checkOpenClawConfig(lost)).toMatchObject([{ path: ['channels', 'discord', 'enabled'] }]);
  });
});

/** As measured on the running gateway: the line of its log, and what became of open connections. */
const measured: Record<string, Effect> = {
  'logging.level': 'live',
  'agents.defaults.model.primary': 'live',
  'models.providers.x.models': 'live',
  'gateway.controlUi.allowedOrigins': 'reconnect',
  'gateway.trustedProxies': 'reconnect',
  'gateway.roles.definitions.member.scopes': 'reconnect',
  'gateway.auth.identityScopes': 'reconnect',
  'gateway.port': 'restart',
  'plugins.entries.x.enabled': 'live',
  'agents.entries.second': 'live',
  'gateway.auth.trustedProxy.userHeader': 'reconnect',
  'cron.enabled': 'live',
};

test.each(Object.entries(measured))('a change of %s is measured to be: %s', (path, effect) => {
  expect(effectAt(path)).toBe(effect);
});

type Schema = Readonly<Record<string, unknown>>;

/** OpenClaw puts the schemas of plugins in with references that lead nowhere from the root. */
function withoutReferences(node: unknown, around: Schema = {}): unknown {
  if (Array.isArray(node)) return node.map((element) => withoutReferences(element, around));
  if (typeof node !== 'object' || node === null) return node;
  const { $defs, $ref, ...rest } = node as Schema & { $defs?: Schema; $ref?: string };
  const definitions = { ...around, ...$defs };
  if ($ref !== undefined) return withoutReferences(definitions[$ref.replace('#/$defs/', '')], definitions);
  return Object.fromEntries(
    Object.entries(rest).map(([key, below]) => [key, withoutReferences(below, definitions)]),
  );
}
