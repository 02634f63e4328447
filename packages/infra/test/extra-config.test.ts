import { Lazy } from 'aws-cdk-lib';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultModel } from '../src/bedrock.ts';
import { formFaults } from '../src/extra-faults.ts';
import { loadConfig, openclawConfig, type GatewayDecisions, type InfraErrorCode } from '../src/index.ts';
import { admin, exampleConfig, podTemplate, scratch, specOf } from './example-pod.ts';

const decisions: GatewayDecisions = {
  port: 5173,
  dnsNames: ['openclaw.example.com'],
  trustedProxies: ['10.0.0.0/24'],
  admins: [admin],
  members: { scopes: ['operator.read'], otherSessions: 'write' },
  region: 'eu-central-1',
  model: defaultModel('eu-central-1'),
  ollama: false,
  extra: {},
};

const directory = scratch();

/** What is said of a config file whose lines are these, without the folder. */
async function refused(name: string, lines: readonly string[]): Promise<{ code: string; faults: string[] }> {
  const file = join(directory, name);
  await writeFile(file, lines.join('\n'));
  const error = await loadConfig(file).then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason as Error & { code: InfraErrorCode },
  );
  return {
    code: 'code' in error ? error.code : '',
    faults: error.message.split('\n').map((line) => line.replace(`${directory}/`, '')),
  };
}

const { account, region, domain } = exampleConfig;
const head = `account: ${JSON.stringify(account)}, region: ${JSON.stringify(region)}, domain: ${JSON.stringify(domain)}`;

describe('what OpenClaw does not know is refused with its place', () => {
  test('in TypeScript, behind constants and spreads too', async () => {
    const { code, faults } = await refused('faulty.config.ts', [
      `const more: object = { gatway: {},`,
      `  session: null };`,
      `export default { ${head},`,
      `  openclaw: { config: {`,
      `    agents: { defaults: { modle: 'a/b' } },`,
      `    ...more,`,
      `    tools: {`,
      `      agentToAgent: { enabled: true, allow: [{ from: 'main', to: 'ops' }] } },`,
      `  } } };`,
    ]);
    expect(code).toBe('OPENCLAW_CONFIG_INVALID');
    expect(faults).toStrictEqual([
      'faulty.config.ts:5:27: openclaw.config.agents.defaults.modle: is no key that OpenClaw knows here: model is meant? (OPENCLAW_CONFIG_INVALID)',
      'faulty.config.ts:1:24: openclaw.config.gatway: is no key that OpenClaw knows here: gateway is meant? (OPENCLAW_CONFIG_INVALID)',
      'faulty.config.ts:2:3: openclaw.config.session: null is not allowed here: leave the key out, or give an object (OPENCLAW_CONFIG_INVALID)',
      'faulty.config.ts:8:46: openclaw.config.tools.agentToAgent.allow[0]: must be a text (OPENCLAW_CONFIG_INVALID)',
    ]);
  });

  test('in JSON', async () => {
    const config = { session: { scope: 'all' } };
    const text = JSON.stringify({ ...exampleConfig, openclaw: { config } }, null, 2);
    const { code, faults } = await refused('faulty.config.json', text.split('\n'));
    expect(code).toBe('OPENCLAW_CONFIG_INVALID');
    expect(faults).toHaveLength(1);
    const line = text.split('\n').findIndex((row) => row.includes('"scope"')) + 1;
    expect(faults[0]).toContain(
      `faulty.config.json:${line}:9: openclaw.config.session.scope: must be "per-sender" or "global"`,
    );
  });

  test('a credential and a key of the pod, too, each by its own code', async () => {
    const one = await refused('credential.config.ts', [
      `export default { ${head}, openclaw: { config: {`,
      `  diagnostics: { otel: { headers: { 'x-vendor-team': 'word' } } } } } };`,
    ]);
    expect(one.code).toBe('CREDENTIAL_IN_CONFIG');
    expect(one.faults[0]).toMatch(
      /^credential\.config\.ts:2:37: openclaw\.config\.diagnostics\.otel\.headers\.x-vendor-team: a cred/,
    );
    const other = await refused('managed.config.ts', [
      `export default { ${head}, openclaw: { config: {`,
      `  gateway: { trustedProxies: [] } } } };`,
    ]);
    expect(other.code).toBe('OPENCLAW_KEY_MANAGED');
    expect(other.faults[0]).toMatch(
      /^managed\.config\.ts:2:14: openclaw\.config\.gateway\.trustedProxies: the pod/,
    );
  });

  test('beside other faults, the file as a whole is invalid', async () => {
    const { code, faults } = await refused('both.config.ts', [
      `export default { ${head}, logn: {}, openclaw: { config: { session: null } } };`,
    ]);
    expect(code).toBe('CONFIG_INVALID');
    expect(faults).toHaveLength(2);
  });
});

describe('what is not known at synth passes', () => {
  test('a token, as text, number or list', () => {
    const extra = {
      session: { scope: Lazy.string({ produce: () => 'global' }) },
      agents: { defaults: { maxConcurrent: Lazy.number({ produce: () => 4 }) } },
      tools: { deny: Lazy.list({ produce: () => ['exec'] }) },
    };
    expect(formFaults(extra)).toStrictEqual([]);
    expect(formFaults({ cron: { enabled: extra.session.scope } })).toHaveLength(1);
  });

  test('a token in a pod arrives in its spec', () => {
    const scope = Lazy.string({ produce: () => 'global' });
    const spec = specOf(podTemplate({ openclaw: { config: { session: { scope } } } } as never));
    expect(spec).toMatchObject({ openclaw: { config: { session: { scope: 'global' } } } });
  });
});

describe("the pod's own config", () => {
  test.each([false, true])('is one that OpenClaw takes, with Ollama: %s', (ollama) => {
    expect(formFaults(openclawConfig({ ...decisions, ollama }))).toStrictEqual([]);
  });

  test('has lists that nobody adds to: an array counts as one value', () => {
    const models = [{ id: 'own', name: 'Own' }];
    const extra = { models: { providers: { 'amazon-bedrock': { models } } } };
    expect(() => openclawConfig({ ...decisions, extra })).toThrow(
      expect.objectContaining({
        code: 'OPENCLAW_KEY_MANAGED',
        message: expect.stringContaining('openclaw.config.models.providers.amazon-bedrock.models:') as string,
      }),
    );
  });

  test('is checked together with what is added', () => {
    const added = (models: object[]) => () =>
      openclawConfig({
        ...decisions,
        extra: { models: { providers: { mine: { baseUrl: 'https://m', models } } } },
      });
    expect(added([{ id: 'a', name: 'A' }])).not.toThrow();
    expect(added([{ id: 'a' }])).toThrow(
      'openclaw.config.models.providers.mine.models[0]: needs the key name',
    );
  });
});

describe('a credential in clear text', () => {
  const docker = (env: object) => ({ agents: { defaults: { sandbox: { docker: { env } } } } });
  const added = (extra: Record<string, unknown>) => () => openclawConfig({ ...decisions, extra });
  const credential = expect.objectContaining({ code: 'CREDENTIAL_IN_CONFIG' });

  test.each([
    ['a random word', { GH: 'A1b2C3d4E5f6G7h8J9k0L1m2N3p4' }],
    ['a short one', { ACCESS: 'hunter2' }],
    ['an URL with a password', { DATABASE: 'postgres://me:word@db/a' }],
    ['under a name that says so', { GH_PAT: 'word' }],
  ])('in an environment: %s', (_, env) => {
    expect(added(docker(env))).toThrow(credential);
  });

  test.each([
    '${GH_PAT}',
    'true',
    '8080',
    'eu-central-1',
    'Europe/Berlin',
    'en_US.UTF-8',
    '/usr/local/bin',
    'https://example.com/a',
    'production',
  ])('no environment has in %s', (value) => {
    expect(added(docker({ SETTING: value }))).not.toThrow();
  });

  test('in a header is every text that is no reference', () => {
    const headers = (value: string) => ({ diagnostics: { otel: { headers: { 'x-team': value } } } });
    expect(added(headers('blue'))).toThrow(credential);
    expect(added(headers('${OTEL_TEAM}'))).not.toThrow();
  });
});
