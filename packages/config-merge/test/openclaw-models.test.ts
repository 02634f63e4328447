import { describe, expect, test } from 'vitest';
import {
  explain,
  mergeOpenClaw,
  openclawPolicy,
  unknownModels,
  withOwners,
  type JsonObject,
} from '../src/index.ts';

const entry = (id: string, more: JsonObject = {}): JsonObject => ({ id, name: `The ${id}`, ...more });

/** The config of a stack whose agents talk to one model of Bedrock. */
const stack = (id: string): JsonObject => ({
  models: { providers: { 'amazon-bedrock': { api: 'bedrock', models: [entry(id)] } } },
  agents: { defaults: { model: { primary: `amazon-bedrock/${id}` } } },
});

const withAgents = (config: JsonObject, agents: JsonObject): JsonObject => ({ ...config, agents });
const bedrockModels = (config: JsonObject) =>
  (config as { models: { providers: Record<string, { models: { id: string }[] }> } }).models.providers[
    'amazon-bedrock'
  ]?.models.map(({ id }) => id);

const [old, next] = ['eu.amazon.nova-lite-v1:0', 'eu.amazon.nova-2-lite-v1:0'];
const oldPath = `models.providers.amazon-bedrock.models["${old}"]`;
const merge = (live: JsonObject, desired: JsonObject, lastApplied: JsonObject) =>
  mergeOpenClaw({ live, desired, lastApplied, policy: openclawPolicy });

describe('a deployment with another model', () => {
  test('moves the default of the agents and the provider together where nobody touched the default', () => {
    const result = merge(stack(old), stack(next), stack(old));
    expect(result.config).toStrictEqual(stack(next));
    expect(result).toMatchObject({ warnings: [], inUse: [], applied: stack(next) });
  });

  const mine = { defaults: { model: { primary: `amazon-bedrock/${old}`, fallbacks: ['x/y'] } } };

  test.each<[string, JsonObject, string]>([
    ['the default', mine, 'agents.defaults.model.primary'],
    [
      'a fallback',
      { defaults: { model: { primary: 'x/y', fallbacks: [`amazon-bedrock/${old}`] } } },
      'agents.defaults.model.fallbacks',
    ],
    [
      'a default in the short form',
      { defaults: { model: `amazon-bedrock/${old}` } },
      'agents.defaults.model',
    ],
    [
      'the model of one agent',
      { entries: { ann: { model: `amazon-bedrock/${old}` } } },
      'agents.entries.ann.model',
    ],
    [
      'the model of images',
      { defaults: { imageModel: { primary: `amazon-bedrock/${old}` } } },
      'agents.defaults.imageModel.primary',
    ],
    [
      'a model of media',
      { defaults: { mediaModels: { video: `amazon-bedrock/${old}` } } },
      'agents.defaults.mediaModels.video',
    ],
    [
      'the model of a heartbeat',
      { entries: { ann: { heartbeat: { model: `amazon-bedrock/${old}` } } } },
      'agents.entries.ann.heartbeat.model',
    ],
    [
      'a model with its login',
      { defaults: { utilityModel: `amazon-bedrock/${old}@work` } },
      'agents.defaults.utilityModel',
    ],
    [
      'an alias',
      { defaults: { model: 'lite', models: { [`amazon-bedrock/${old}`]: { alias: 'lite' } } } },
      'agents.defaults.model',
    ],
    ['the name without its provider', { defaults: { model: old } }, 'agents.defaults.model'],
  ])('leaves the old one with its provider where people chose it as %s', (_, agents, by) => {
    // The stack's own wish for the default is out of the way: people have deleted or changed it.
    const live = withAgents(stack(old), agents);
    const desired = withAgents(stack(next), {});
    const result = merge(live, desired, withAgents(stack(old), {}));
    expect(bedrockModels(result.config)).toStrictEqual([old, next]);
    expect(result.inUse).toStrictEqual([{ path: oldPath, by }]);
    expect(result.warnings).toStrictEqual([
      {
        code: 'MODEL_IN_USE',
        path: oldPath,
        message: `${oldPath} is no longer desired, but ${by} names it: it stays`,
      },
    ]);
    expect(explain(result, `${oldPath}.name`)).toMatchObject({
      value: `The ${old}`,
      source: 'live',
      owner: 'managed',
      reason: expect.stringContaining(`but ${by} names it; managed: `),
    });
  });

  test('takes the old one back once nothing names it, as last applied says that it was ours', () => {
    const live = withAgents(stack(old), {
      defaults: { model: { primary: `amazon-bedrock/${old}`, fallbacks: [] } },
    });
    const applied = withAgents(stack(old), {});
    const desired = withAgents(stack(next), {});
    const first = merge(live, desired, applied);
    const again = merge(first.config, desired, first.applied);
    expect(again.config).toStrictEqual(first.config);
    expect(again.changes.map(({ op }) => op)).toStrictEqual(['keep']);
    const moved = withAgents(first.config, { defaults: { model: `amazon-bedrock/${next}` } });
    const last = merge(moved, desired, again.applied);
    expect(bedrockModels(last.config)).toStrictEqual([next]);
    expect(last).toMatchObject({ inUse: [], applied: desired });
  });

  test('leaves the entry whole, with what infrastructure put there, where people changed a part of it', () => {
    const live = {
      models: { providers: { 'amazon-bedrock': { api: 'bedrock', models: [entry(old, { maxTokens: 9 })] } } },
      agents: mine,
    };
    const applied = {
      models: { providers: { 'amazon-bedrock': { api: 'bedrock', models: [entry(old, { maxTokens: 5 })] } } },
    };
    const { config } = merge(live, withAgents(stack(next), {}), applied);
    expect(config).toMatchObject({
      models: { providers: { 'amazon-bedrock': { models: [entry(old, { maxTokens: 5 }), entry(next)] } } },
    });
  });

  test('leaves a provider that is no longer desired where people talk to a model of it', () => {
    const ollama = { models: { providers: { ollama: { api: 'ollama', models: [] } } } };
    const live = { ...ollama, agents: { defaults: { model: 'ollama/llama3' } } };
    const { config, inUse } = merge(live, {}, ollama);
    expect(config).toStrictEqual(live);
    expect(inUse).toStrictEqual([{ path: 'models.providers.ollama', by: 'agents.defaults.model' }]);
    const others = { ...ollama, agents: { defaults: { model: 'ollamas/llama3' } } };
    expect(merge(others, {}, ollama).config).toStrictEqual({ agents: others.agents });
  });

  test('has nothing to keep of a model that people took out, or that was never applied', () => {
    const live = withAgents(stack(next), mine);
    expect(merge(live, withAgents(stack(next), {}), withAgents(stack(old), {}))).toMatchObject({
      config: live,
      inUse: [],
    });
  });

  test('follows, default and all, where the owner of the pod says managed', () => {
    const policy = withOwners(openclawPolicy, { 'agents.defaults.model': 'managed' });
    const live = withAgents(stack(old), { defaults: { model: { primary: 'x/mine' } } });
    const { config } = mergeOpenClaw({ live, desired: stack(next), lastApplied: stack(old), policy });
    expect(config).toStrictEqual(stack(next));
  });
});

describe('a model that no provider has', () => {
  const config = (model: string, more: JsonObject = {}): JsonObject => ({
    models: { providers: { own: { models: [entry('one')] }, found: { models: [] } } },
    agents: { entries: { ann: { model } } },
    ...more,
  });

  test('is told, with its place', () => {
    expect(unknownModels(config('own/two'))).toStrictEqual([
      { path: 'agents.entries.ann.model', model: 'own/two' },
    ]);
  });

  test.each(['own/one', 'own/one@work', 'found/any', 'builtin/any', 'alias'])(
    'is not claimed of %s, which is there, or which the config does not define',
    (model) => {
      expect(unknownModels(config(model))).toStrictEqual([]);
    },
  );

  test('is not claimed of a provider that looks for more models by itself', () => {
    const plugins = { entries: { own: { config: { discovery: { enabled: true } } } } };
    expect(unknownModels(config('own/two', { plugins }))).toStrictEqual([]);
  });
});
