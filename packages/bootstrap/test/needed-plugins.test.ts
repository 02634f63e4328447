import { describe, expect, test } from 'vitest';
import { withoutPlugins } from '../src/config/desired.ts';
import { officialPlugins, pluginLockfile } from '../src/official-plugins.ts';
import { openclawVersions } from '../src/openclaw-release.ts';
import { neededPlugins } from '../src/openclaw/needed-plugins.ts';
import { projectName } from '../src/openclaw/plugin-project.ts';

const catalog = officialPlugins('2026.9.6');
const needed = (config: Record<string, unknown>) => neededPlugins(config, catalog).map(({ id }) => id);

describe('the plugins that a config needs', () => {
  test.each([
    ['nothing', {}, []],
    ['a channel with a setting', { channels: { discord: { token: 'x' } } }, ['discord']],
    ['a channel without one', { channels: { discord: {} } }, []],
    ['a channel that is off', { channels: { discord: { token: 'x', enabled: false } } }, []],
    ['a bundled provider', { models: { providers: { anthropic: {} } } }, []],
    ['a provider', { models: { providers: { 'amazon-bedrock': {} } } }, ['amazon-bedrock']],
    ['another name of a provider', { models: { providers: { 'z.ai': {} } } }, ['zai']],
    ['the default model', { agents: { defaults: { model: { primary: 'groq/x' } } } }, ['groq']],
    [
      'a model to fall back on',
      { agents: { defaults: { model: { fallbacks: ['a/b', 'groq/x'] } } } },
      ['groq'],
    ],
    ['the model of an agent', { agents: { entries: { ops: { model: 'mistral/x' } } } }, ['mistral']],
    ['a model that is listed', { agents: { defaults: { models: { 'venice/x': {} } } } }, ['venice']],
    ['a model of OpenAI, which runs in Codex', { agents: { defaults: { model: 'openai/x' } } }, ['codex']],
    ['agents of others', { acp: { enabled: true } }, ['acpx']],
    ['a path that is no model', { agents: { defaults: { workspace: 'groq/x' } } }, []],
    ['the login of a provider', { auth: { profiles: { a: { provider: 'groq' } } } }, ['groq']],
    ['a search', { tools: { web: { search: { provider: 'brave' } } } }, ['brave']],
    ['a search that is off', { tools: { web: { search: { provider: 'brave', enabled: false } } } }, []],
    ['an entry', { plugins: { entries: { diffs: {} } } }, ['diffs']],
    ['an entry of somebody else', { plugins: { entries: { 'my-own': { enabled: true } } } }, []],
    [
      'what OpenClaw writes by itself',
      { plugins: { entries: { codex: { config: { sessionCatalog: { enabled: false } } } } } },
      [],
    ],
  ])('%s', (_, config, ids) => {
    expect(needed(config)).toEqual(ids);
  });

  test.each([
    ['its entry is off', { entries: { discord: { enabled: false } } }],
    ['it is denied', { deny: ['discord'] }],
    ['all are off', { enabled: false }],
  ])('not when %s', (_, plugins) => {
    expect(needed({ channels: { discord: { token: 'x' } }, plugins })).toEqual([]);
  });
});

describe('a plugin that is missing', () => {
  test('is off, and everything that names it stays', () => {
    const config = {
      models: { providers: { 'amazon-bedrock': { api: 'x' } } },
      agents: { defaults: { model: { primary: 'amazon-bedrock/y' } } },
      plugins: { entries: { 'amazon-bedrock': { enabled: true, config: { discovery: {} } }, diffs: {} } },
    };
    const without = withoutPlugins(config, ['amazon-bedrock']);
    expect(without).toEqual({
      ...config,
      plugins: { entries: { 'amazon-bedrock': { enabled: false, config: { discovery: {} } }, diffs: {} } },
    });
    expect(needed(without)).toEqual(['diffs']);
    expect(withoutPlugins(config, [])).toBe(config);
  });
});

describe('what a release says of its plugins', () => {
  test.each(openclawVersions)(
    '%s: every id once, and a version where it does not go with the release',
    (version) => {
      const plugins = officialPlugins(version);
      expect(plugins.length).toBeGreaterThan(50);
      expect(new Set(plugins.map(({ id }) => id)).size).toBe(plugins.length);
      for (const plugin of plugins) {
        if (!plugin.package.startsWith('@openclaw/')) expect(plugin.version, plugin.package).toBeDefined();
      }
    },
  );

  test.each(openclawVersions)(
    '%s: a lockfile has the version, an integrity for all, and no registry',
    (version) => {
      for (const plugin of officialPlugins(version)) {
        const lock = pluginLockfile(version, plugin.id)?.lockfile as
          | { packages: Record<string, { version: string; integrity?: string; inBundle?: boolean }> }
          | undefined;
        if (!lock) continue;
        expect(lock.packages[`node_modules/${plugin.package}`]?.version).toBe(plugin.version ?? version);
        for (const [path, each] of Object.entries(lock.packages)) {
          if (path !== '' && each.inBundle !== true) expect(each.integrity, path).toMatch(/^sha512-/);
          expect(each).not.toHaveProperty('resolved');
        }
      }
    },
  );

  test('a folder in the state is named as OpenClaw names it', () => {
    expect(projectName('@openclaw/discord')).toBe('openclaw-discord-c0892df945');
    expect(projectName('openclaw-plugin-yuanbao')).toBe('openclaw-plugin-yuanbao');
  });
});
