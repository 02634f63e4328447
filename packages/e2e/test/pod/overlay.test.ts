import type { PodSpec } from '@clawharbor/bootstrap/spec';
import { expect, test } from 'vitest';
import { applyOverlay, laptopOverlay } from '../../src/pod/overlay.ts';

const config = {
  gateway: {
    port: 5173,
    publicOrigin: 'https://a.example.com',
    auth: { identityScopes: { 'an-admin': ['operator.admin'] } },
  },
  models: { mode: 'merge', providers: { 'amazon-bedrock': { api: 'bedrock-converse-stream' } } },
  plugins: { entries: { 'amazon-bedrock': { enabled: true }, other: { enabled: true } } },
  env: { vars: JSON.parse('{"__proto__":"data"}') as object },
};
const spec = {
  name: 'openclaw',
  openclaw: { version: '2026.9.6', config },
  login: { client: 'client', url: 'https://prefix.auth.us-east-1.amazoncognito.com' },
  ollama: {},
} as unknown as PodSpec;
const overlaid = (...changes: { path: string; value: unknown }[]) =>
  applyOverlay(
    spec,
    changes.map((change) => ({ ...change, reason: 'a test' })),
  );

test('a value stands instead of what is there, an object too, and its neighbours stay', () => {
  const { openclaw } = overlaid(
    { path: 'models.providers', value: { 'stand-in': { models: [{ id: 'a' }] } } },
    { path: 'gateway.port', value: 1 },
  );
  expect(openclaw.config).toStrictEqual({
    ...config,
    gateway: { ...config.gateway, port: 1 },
    models: { mode: 'merge', providers: { 'stand-in': { models: [{ id: 'a' }] } } },
  });
});

test('a path that is not there yet is made', () => {
  const { openclaw } = overlaid({ path: 'gateway.auth.trustedProxy.allowLoopback', value: true });
  expect(openclaw.config).toMatchObject({
    gateway: { auth: { ...config.gateway.auth, trustedProxy: { allowLoopback: true } } },
  });
});

test('undefined takes a key away', () => {
  const { openclaw } = overlaid({ path: 'plugins.entries.amazon-bedrock', value: undefined });
  expect(openclaw.config['plugins']).toStrictEqual({ entries: { other: { enabled: true } } });
});

test('names of the prototype are data', () => {
  const { openclaw } = overlaid({ path: 'env.vars.A', value: 'b' });
  const { vars } = openclaw.config['env'] as { vars: object };
  expect(Object.entries(vars)).toStrictEqual([...Object.entries(config.env.vars), ['A', 'b']]);
});

test('the spec before stays as it is, and Ollama is the machine’s own', () => {
  const before = structuredClone(spec);
  const facts = {
    origin: 'https://localhost:8443',
    loginUrl: 'https://localhost:8444',
    issuer: 'https://localhost:8444/pool',
    keysUrl: 'http://127.0.0.1:8445',
    dnsNames: ['a.example.com'],
    modelUrl: 'http://m/v1',
    adminSub: 'sub',
    loopbackPort: 5,
  };
  const after = applyOverlay(spec, laptopOverlay(facts));
  expect(spec).toStrictEqual(before);
  expect(after).not.toHaveProperty('ollama');
  expect(after.login).toStrictEqual({
    client: 'client',
    url: facts.loginUrl,
    issuer: facts.issuer,
    keys: facts.keysUrl,
  });
  expect(after.openclaw.config).toMatchObject({
    gateway: {
      port: 5,
      publicOrigin: facts.origin,
      auth: { identityScopes: { 'an-admin': ['operator.admin'], sub: ['operator.admin'] } },
      trustedProxies: ['127.0.0.1/32'],
    },
    agents: { defaults: { model: { primary: 'stand-in/stand-in-1' } } },
  });
});
