import { describe, expect, test } from 'vitest';
import { Sampler, seeded } from '../generator/sample.ts';
import { checkOpenClawConfig } from '../src/openclaw/index.ts';
import { definitions } from '../src/openclaw/2026.9.6/schema.ts';
import type { Node } from '../src/openclaw/node.ts';

const told = (config: object) =>
  checkOpenClawConfig(config).map(({ path, reason }) => `${path.join('.')}: ${reason}`);

describe('refuses', () => {
  test.each([
    [
      'an unknown key',
      { agents: { defaults: { quantum: 1 } } },
      'agents.defaults.quantum: is no key that OpenClaw knows here',
    ],
    ['a misspelt key', { gatway: {} }, 'gatway: is no key that OpenClaw knows here: gateway is meant?'],
    [
      'two swapped letters',
      { agents: { defaults: { modle: 'a' } } },
      'agents.defaults.modle: is no key that OpenClaw knows here: model is meant?',
    ],
    ['upper case', { Agents: {} }, 'Agents: is no key that OpenClaw knows here: agents is meant?'],
    ['null', { session: null }, 'session: null is not allowed here: leave the key out, or give an object'],
    [
      'another type',
      { gateway: { port: '5173' } },
      'gateway.port: must be a whole number of at least 1 and at most 65535',
    ],
    [
      'a number out of range',
      { gateway: { port: 0 } },
      'gateway.port: must be a whole number of at least 1 and at most 65535',
    ],
    ['no member of a set', { session: { scope: 'all' } }, 'session.scope: must be "per-sender" or "global"'],
    [
      'an element',
      { tools: { agentToAgent: { allow: ['a', { from: 'b' }] } } },
      'tools.agentToAgent.allow.1: must be a text',
    ],
    [
      'a list for an object',
      { channels: { telegram: { groups: [] } } },
      'channels.telegram.groups: must be an object',
    ],
    [
      'what is missing',
      { models: { providers: { a: { models: [{ id: 'b' }] } } } },
      'models.providers.a.models.0: needs the key name',
    ],
    [
      'the one alternative that was meant',
      { agents: { defaults: { model: { primry: 'x' } } } },
      'agents.defaults.model.primry: is no key that OpenClaw knows here: primary is meant?',
    ],
    [
      'an alternative that is none',
      { gateway: { auth: { token: { source: 'vault', provider: 'a', id: 'B' } } } },
      'gateway.auth.token.source: must be "env", "file", "exec" or "store"',
    ],
    [
      'a key of an older release',
      { memorySearch: {} },
      'memorySearch: is no key of OpenClaw any more: top-level memorySearch was moved; use memory.search instead.',
    ],
    [
      'what led to a key of an older release',
      { routing: {} },
      'routing: is no key of OpenClaw any more: routing.allowFrom was removed; use channels.whatsapp.allowFrom instead.',
    ],
  ])('%s', (_, config, expected) => {
    expect(told(config)).toStrictEqual([expected]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'the key %s, which is none',
    (key) => {
      const config = JSON.parse(`{ "${key}": {}, "session": { "${key}": 1 } }`) as object;
      expect(told(config)).toStrictEqual([
        `${key}: is no key that OpenClaw knows here`,
        `session.${key}: is no key that OpenClaw knows here`,
      ]);
    },
  );

  test('every fault at once, and tells no value', () => {
    const config = {
      gateway: { port: 's3cret' },
      session: { scope: 's3cret' },
      logging: { level: { a: 's3cret' } },
    };
    expect(told(config)).toHaveLength(3);
    expect(told(config).join()).not.toContain('s3cret');
  });
});

describe('takes', () => {
  test.each([
    [
      '${NAME} where a text may stand',
      { logging: { level: '${LEVEL}' }, gateway: { auth: { token: '${TOKEN}' } } },
    ],
    [
      'what an include brings',
      { channels: { $include: './channels.json5' }, bindings: { $include: './bindings.json5' } },
    ],
    ['what is missing beside an include', { models: { providers: { a: { $include: './a.json5' } } } }],
    [
      'channels and plugins that do not come with OpenClaw',
      { channels: { own: { anything: [1] } }, plugins: { entries: { own: { config: { a: null } } } } },
    ],
    [
      'any of several types',
      { agents: { defaults: { model: 'a/b' }, entries: { main: { model: { primary: 'a/b' } } } } },
    ],
    ['keys that JSON leaves out', { session: undefined }],
    ['a schema for editors', { $schema: 'https://example.com/openclaw.json' }],
  ])('%s', (_, config) => {
    expect(told(config)).toStrictEqual([]);
  });

  test('what is not known yet', () => {
    const config = {
      gateway: { port: -1, auth: { mode: 'later' } },
      session: { scope: 'later' },
      cron: { enabled: 'later' },
    };
    const isUnresolved = (value: string | number) => value === 'later' || value === -1;
    expect(checkOpenClawConfig(config, { isUnresolved })).toStrictEqual([
      { path: ['cron', 'enabled'], reason: 'must be true or false' },
    ]);
  });

  test('a part, whose rest comes from elsewhere', () => {
    const config = { models: { providers: { a: { models: [{ id: 'b' }] } } } };
    expect(checkOpenClawConfig(config, { partial: true })).toStrictEqual([]);
  });

  test('1,000 configs made after its schema, and finds a key that is not in it', () => {
    const seed = Number(process.env['SCHEMA_SEED'] ?? Date.now() % 2 ** 31);
    const sampler = new Sampler(
      definitions.map((line) => JSON.parse(line) as Node),
      seeded(seed),
    );
    for (let times = 0; times < 1000; times++) {
      const config = sampler.config();
      // Texts with a form are made by trial, and not for every form: a wrong one is refused for nothing else.
      const wrong = told(config).filter((fault) => !/must match|must have at/.test(fault));
      expect({ seed, wrong, config }).toMatchObject({ seed, wrong: [] });
      expect(told({ ...config, unheard: 1 })).toContain('unheard: is no key that OpenClaw knows here');
    }
  });
});
