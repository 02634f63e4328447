import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { converge, ProcessHost, type Report } from '@clawharbor/bootstrap';
import { neededPlugins, officialPlugins } from '@clawharbor/bootstrap/config';
import { parsePodSpec, type PodSpec } from '@clawharbor/bootstrap/spec';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startModel, type ModelServer } from '../src/model/index.ts';
import { tryPort } from '../src/pod/port.ts';
import { artifacts } from '../e2e/container/artifacts.ts';
import { openclaw } from '../e2e/support/openclaw-command.ts';

// Discord's plugin stands for all that are packages of their own: it can be had, and OpenClaw lets only trusted ones keep
// what it keeps. Amazon Bedrock's stands for one that cannot: here no registry has it.
const discord = { channels: { discord: { enabled: true, token: 'no-token-of-discord' } } };
const bedrock = {
  baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
  api: 'bedrock-converse-stream',
  auth: 'aws-sdk',
  models: [{ id: 'eu.amazon.nova-2-lite-v1:0', name: 'Nova' }],
};

/** Each asks for something in another way. */
const configs: readonly Record<string, unknown>[] = [
  {},
  discord,
  { channels: { discord: { enabled: false }, irc: { host: 'irc.example.com' } } },
  { models: { providers: { 'amazon-bedrock': bedrock } } },
  { agents: { defaults: { model: { primary: 'openai/gpt-5.4', fallbacks: ['groq/a'] } } } },
  { agents: { entries: { main: { model: 'mistral/a', subagents: { model: 'venice/b' } } } } },
  { agents: { defaults: { models: { 'zai/glm': {} } } } },
  { auth: { profiles: { one: { provider: 'kimi', mode: 'api_key' } } } },
  { plugins: { entries: { diffs: { enabled: true }, lobster: { enabled: false } }, deny: ['tokenjuice'] } },
  { plugins: { enabled: false, entries: { diffs: { enabled: true } } } },
  { tools: { web: { search: { provider: 'brave' }, fetch: { provider: 'firecrawl' } } } },
  { memory: { search: { provider: 'voyage' } } },
];

let directory: string;
let model: ModelServer;
let port: number;
const hosts: ProcessHost[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-plugins-'));
  model = await startModel({
    listen: { host: '127.0.0.1', port: 0 },
    apiKey: 'the-right-key',
    chunkDelay: 0,
  });
  port = await tryPort(0);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const host of hosts) await host.close();
  await model.close();
  await rm(directory, { recursive: true, force: true });
});

function instance(): ProcessHost {
  const root = join(directory, `instance-${hosts.length}`);
  const host = new ProcessHost({
    root,
    state: join(directory, 'state'),
    artifacts,
    logs: join(directory, 'logs'),
  });
  hosts.push(host);
  return host;
}

function specWith(config: { key: string; primary: string; providers?: object; plugins?: object }): PodSpec {
  const gateway = { mode: 'local', port, bind: 'loopback', auth: { mode: 'password' } };
  const standIn = {
    baseUrl: `${model.url}/v1`,
    api: 'openai-completions',
    apiKey: config.key,
    models: [{ id: 'stand-in-1', name: 'Stand-in', contextWindow: 200_000, maxTokens: 4096 }],
  };
  return parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'plugins',
      region: 'eu-central-1',
      readyTimeoutSeconds: 240,
      openclaw: {
        version: '2026.9.6',
        config: {
          gateway,
          ...discord,
          models: { providers: { 'stand-in': standIn, ...config.providers } },
          agents: { defaults: { model: { primary: config.primary } } },
          plugins: { entries: { discord: { enabled: true }, ...config.plugins } },
        },
      },
    },
    'the test',
  );
}

const step = ({ steps }: Report, name: string) => steps.find((each) => each.name === name);
const warnings = (report: Report) => report.steps.flatMap((each) => each.warnings);

/** What the running gateway says of its plugins, and what OpenClaw thinks of one. */
async function loaded(host: ProcessHost, spec: PodSpec): Promise<unknown> {
  const health = (await openclaw(host, spec.openclaw.version, ['health', '--json'])) as {
    plugins: { loaded: string[] };
  };
  return health.plugins.loaded;
}

describe('plugins that are packages of their own', () => {
  test('are there with the release, trusted, and the model answers', async () => {
    const host = instance();
    const spec = specWith({ key: 'the-right-key', primary: 'stand-in/stand-in-1' });
    const report = await converge(spec, host);
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(warnings(report)).toEqual([]);
    expect(step(report, 'install-plugins')?.changes).toEqual([
      expect.stringMatching(/^the plugin discord \(@openclaw\/discord@2026\.9\.6\) from .*, sha512-EjlDGt3/),
    ]);
    expect(
      await openclaw(host, spec.openclaw.version, ['plugins', 'inspect', 'discord', '--json']),
    ).toMatchObject({
      plugin: { id: 'discord', origin: 'global', trust: { reason: 'trusted-official' } },
    });
    // Not a word of "only available for trusted plugins".
    expect(
      (await host.units.tail('openclaw', 400)).filter((line) => line.includes('trusted plugins')),
    ).toEqual([]);
    expect(step(report, 'smoke-test')?.changes).toEqual(['the model answers: stand-in/stand-in-1']);
    expect(model.requests).toHaveLength(1);
    const again = await converge(spec, host);
    expect(again.outcome).toBe('unchanged');
    expect(model.requests).toHaveLength(1);
  });

  test('are those that OpenClaw itself would fetch', async () => {
    const host = hosts[0]!;
    const installed = join(host.layout.install, '2026.9.6/node_modules/openclaw/dist');
    const script = `
      import { readdirSync, readFileSync } from 'node:fs';
      import { text } from 'node:stream/consumers';
      const { folder, configs } = JSON.parse(await text(process.stdin));
      const file = readdirSync(folder).find((name) => name.startsWith('missing-configured-plugin-install.targets-')
        && readFileSync(folder + '/' + name, 'utf8').includes('collectConfiguredNpmPluginTargets as t'));
      const { t: collect } = await import(folder + '/' + file);
      const answers = [];
      for (const config of configs) {
        const options = { config, env: process.env, channel: 'stable', targetVersion: '2026.9.6', installRecords: {} };
        answers.push((await collect(options)).map(({ pluginId }) => pluginId));
      }
      process.stdout.write(JSON.stringify(answers), () => process.exit(0));
    `;
    const home = join(directory, 'nobody');
    const result = await host.run({
      file: host.node,
      args: ['--input-type=module', '--eval', script],
      input: JSON.stringify({ folder: installed, configs }),
      environment: { HOME: home, OPENCLAW_STATE_DIR: home },
    });
    expect(result.stderr).toBe('');
    const ours = configs.map((config) =>
      neededPlugins(config, officialPlugins('2026.9.6')).map(({ id }) => id),
    );
    expect(ours).toEqual(JSON.parse(result.stdout));
  });

  test('are there after a replacement without a registry; one that cannot be had holds up no start, and a model that refuses is said to', async () => {
    await hosts[0]?.close();
    const nowhere = 'http://127.0.0.1:9';
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) vi.stubEnv(name, nowhere);
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '127.0.0.1,localhost');
    vi.stubEnv('npm_config_registry', nowhere);
    const host = instance();
    const spec = specWith({
      key: 'a-wrong-key-0815',
      primary: 'stand-in/stand-in-1',
      providers: { 'amazon-bedrock': bedrock },
      plugins: { 'amazon-bedrock': { enabled: true } },
    });
    const report = await converge(spec, host);
    expect(report.steps.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(step(report, 'install-plugins')?.changes).toEqual([
      expect.stringMatching(/^the plugin discord .* from the artifact cache/),
    ]);
    expect(warnings(report).map(({ code }) => code)).toEqual(['PLUGIN_MISSING', 'MODEL_NOT_ANSWERING']);
    expect(step(report, 'smoke-test')?.warnings).toMatchObject([
      { message: expect.stringMatching(/401|Incorrect API key|auth/i) },
    ]);
    expect(JSON.stringify(report)).not.toContain('a-wrong-key-0815');
    // npm would have taken more than a minute of the start by itself.
    const start = step(report, 'wait-ready')!.durationMs;
    console.log(
      `plugins.e2e: ready after ${start} ms, install-plugins ${step(report, 'install-plugins')?.durationMs} ms`,
    );
    expect(start).toBeLessThan(60_000);
    expect(await loaded(host, spec)).toContain('discord');
  });
});
