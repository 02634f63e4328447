import { describe, expect, test } from 'vitest';
import { mergeConfig, openclawPolicy, redacted } from '../src/index.ts';
import { credentialAt, effectAt, effectOf, effectOfAll } from '../src/openclaw/index.ts';

const change = (path: string, before: unknown, after: unknown) =>
  effectOf({ path, op: 'replace', before: before as never, after: after as never });

describe('a change', () => {
  test.each([
    ['gateway.port', 'restart'],
    ['gateway.auth.mode', 'restart'],
    ['gateway.roles.definitions.member.scopes', 'reconnect'],
    ['gateway.terminal.enabled', 'live'],
    ['logging.level', 'live'],
    ['channels["a.b"].token', 'live'],
    ['mcp.servers.a', 'live'],
    ['mcp.apps.enabled', 'restart'],
    ['env.vars.A', 'restart'],
    ['unheard', 'restart'],
  ] as const)('of %s: %s', (path, effect) => {
    expect(effectAt(path)).toBe(effect);
  });

  test('of an object is what its keys are that changed', () => {
    expect(change('gateway', { port: 1, terminal: { enabled: true } }, { port: 1 })).toBe('live');
    expect(change('gateway', { port: 1, roles: {} }, { port: 1 })).toBe('reconnect');
    expect(change('gateway', undefined, { terminal: {}, roles: {}, port: 1 })).toBe('restart');
    expect(change('agents', undefined, { defaults: {} })).toBe('live');
  });

  test('that nobody may see is the most that it can be', () => {
    expect(change('mcp', redacted, redacted)).toBe('restart');
    expect(change('channels', redacted, undefined)).toBe('live');
  });

  test('of the allowed origins closes who came from one that is taken away, and nobody else', () => {
    const path = 'gateway.controlUi.allowedOrigins';
    expect(change(path, ['https://a'], ['https://a', 'https://b'])).toBe('live');
    expect(change(path, ['https://a', 'https://b'], ['https://b'])).toBe('reconnect');
    expect(change(path, ['https://a'], undefined)).toBe('reconnect');
  });

  test('that keeps live does nothing', () => {
    expect(effectOf({ path: 'gateway.port', op: 'keep', before: 1, after: 1 })).toBeUndefined();
    expect(effectOfAll([])).toBeUndefined();
  });

  test('is one of several: what people notice most counts', () => {
    const live = { gateway: { trustedProxies: ['10.0.0.0/16'] } };
    const desired = { gateway: { trustedProxies: ['10.0.0.0/24'], terminal: { enabled: false } } };
    const { changes } = mergeConfig({ live, desired, policy: openclawPolicy });
    expect(effectOfAll(changes)).toBe('reconnect');
    const moved = { gateway: { ...desired.gateway, port: 5173 } };
    expect(effectOfAll(mergeConfig({ live, desired: moved, policy: openclawPolicy }).changes)).toBe(
      'restart',
    );
  });
});

describe('a credential', () => {
  test.each([
    [['channels', 'telegram', 'botToken'], 'secret'],
    [['hooks', 'mappings', 0, 'sessionKey'], 'secret'],
    [['models', 'providers', 'a', 'headers', 'X-Team'], 'secret'],
    [['gateway', 'auth', 'token', 'id'], 'secret'],
    [['agents', 'defaults', 'sandbox', 'docker', 'env', 'GH_PAT'], 'open'],
    [['diagnostics', 'otel', 'headers', 'x-vendor-team'], 'open'],
    [['browser', 'cdpUrl'], 'open'],
    [['plugins', 'entries', 'own', 'config', 'anything'], 'open'],
    [['plugins', 'entries', 'onepassword', 'config', 'vault'], 'open'],
    [['session', 'scope'], 'none'],
    [['gateway', 'port'], 'none'],
    [['agents', 'entries', 'main', 'name'], 'none'],
  ] as const)('at %j: %s', (path, expected) => {
    expect(credentialAt(path)).toBe(expected);
  });
});
