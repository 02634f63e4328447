import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { desiredConfig } from '../src/config/desired.ts';
import { ProcessHost } from '../src/host/process/process-host.ts';
import { metricsFile } from '../src/host/layout.ts';
import { PeopleFiles } from '../src/people/people-files.ts';
import { clawharborPlugin } from '../src/plugin/directory.ts';
import { parsePodSpec, type PodSpec } from '../src/spec/index.ts';
import { measurePeople } from '../src/steps/measure-people.ts';
import { placePlugin } from '../src/steps/place-plugin.ts';
import type { StepContext } from '../src/steps/step.ts';

// The plugin itself, loaded by the real OpenClaw, is proved in packages/e2e.
const files = { 'index.mjs': 'export default {};\n', 'dist/control-ui/1/index.js': 'export default 1;\n' };

let directory: string;
let host: ProcessHost;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawharbor-place-'));
  host = new ProcessHost({
    root: join(directory, 'root'),
    state: join(directory, 'state'),
    artifacts: join(directory, 'artifacts'),
  });
  await mkdir(host.layout.install, { recursive: true });
  vi.stubGlobal('PLUGIN_FILES', files);
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await host.close();
  await rm(directory, { recursive: true, force: true });
});

const login = {
  userPool: 'eu-central-1_Pool',
  client: 'client',
  url: 'https://prefix.auth.eu-central-1.amazoncognito.com',
};

function specWith(config: Record<string, unknown>, more: object = { login }): PodSpec {
  return parsePodSpec(
    {
      apiVersion: 'clawharbor/v1',
      name: 'pod',
      region: 'eu-central-1',
      openclaw: { version: '2026.9.6', config: { gateway: { port: 5173 }, ...config } },
      ...more,
    },
    'the spec',
  );
}

const contextOf = (spec: PodSpec) => ({ host, spec }) as unknown as StepContext;
const spec = () => specWith({});
const place = () => clawharborPlugin(spec(), host.layout)!.directory;

describe('the plugin is placed', () => {
  test('whole, under the name of its content, and nobody else may write to it', async () => {
    const before = process.umask(0o077);
    try {
      expect(await placePlugin.plan(contextOf(spec()))).toHaveLength(1);
      expect((await placePlugin.apply(contextOf(spec()))).changes).toStrictEqual([
        `place the plugin ${place()}`,
      ]);
    } finally {
      process.umask(before);
    }
    for (const [path, text] of Object.entries(files)) {
      expect(await readFile(join(place(), path), 'utf8')).toBe(text);
      expect((await stat(join(place(), path))).mode & 0o777).toBe(0o644);
    }
    for (const folder of ['.', 'dist', 'dist/control-ui', 'dist/control-ui/1']) {
      expect((await stat(join(place(), folder))).mode & 0o777, folder).toBe(0o755);
    }
    expect(await readdir(host.layout.install)).toStrictEqual([place().split('/').at(-1)]);
  });

  test('once: a second run finds it', async () => {
    await placePlugin.apply(contextOf(spec()));
    expect(await placePlugin.plan(contextOf(spec()))).toStrictEqual([]);
    expect(await placePlugin.apply(contextOf(spec()))).toStrictEqual({ changes: [] });
  });

  test('again where something of it is missing or changed', async () => {
    await placePlugin.apply(contextOf(spec()));
    await writeFile(join(place(), 'index.mjs'), 'export default {');
    expect((await placePlugin.apply(contextOf(spec()))).changes).toHaveLength(1);
    expect(await readFile(join(place(), 'index.mjs'), 'utf8')).toBe(files['index.mjs']);
    await rm(join(place(), 'dist'), { recursive: true });
    expect((await placePlugin.apply(contextOf(spec()))).changes).toHaveLength(1);
  });

  test('beside the one of another bootstrap, which a gateway may still run with', async () => {
    await placePlugin.apply(contextOf(spec()));
    const older = place();
    vi.stubGlobal('PLUGIN_FILES', { ...files, 'index.mjs': 'export default { newer: true };\n' });
    await placePlugin.apply(contextOf(spec()));
    expect(place()).not.toBe(older);
    expect(await readFile(join(older, 'index.mjs'), 'utf8')).toBe(files['index.mjs']);
  });

  test('not at all where nobody signs in', async () => {
    const without = specWith({}, {});
    expect((await placePlugin.apply(contextOf(without))).skipped).toBeDefined();
    expect(desiredConfig(without, host.layout, { run: 'with-gateway' })).not.toHaveProperty('plugins');
  });

  test('or says why not: then nothing half is left', async () => {
    await rm(host.layout.install, { recursive: true });
    await writeFile(host.layout.install, '');
    await expect(placePlugin.apply(contextOf(spec()))).rejects.toThrow(/ENOTDIR|EEXIST/);
    await expect(readdir(directory, { recursive: true })).resolves.not.toContain(
      expect.stringContaining('.tmp'),
    );
  });
});

describe('the age of the list of people', () => {
  const measured = async (more: object) => {
    const result = await measurePeople.apply(contextOf(specWith({}, more)));
    const text = await readFile(metricsFile(host.layout), 'utf8').catch(() => '');
    return { result, lines: text.split('\n').filter((line) => line !== '') };
  };

  beforeEach(async () => {
    await mkdir(host.layout.reports, { recursive: true });
    await new PeopleFiles(host.layout).prepare();
  });

  test('is a metric of the pod, in seconds', async () => {
    await new PeopleFiles(host.layout).write([], new Date(host.now().getTime() - 90_000));
    const { lines } = await measured({ login, logGroup: 'pod' });
    expect(lines).toHaveLength(1);
    const said = JSON.parse(lines[0]!) as Record<string, unknown>;
    expect(said).toMatchObject({
      Pod: 'pod',
      _aws: {
        CloudWatchMetrics: [
          { Namespace: 'Clawharbor', Metrics: [{ Name: 'PeopleListAge', Unit: 'Seconds' }] },
        ],
      },
    });
    expect(said['PeopleListAge']).toBeGreaterThanOrEqual(90);
    expect(said['PeopleListAge']).toBeLessThan(120);
  });

  test.each([
    ['there is no list', { login, logGroup: 'pod' }],
    ['there is no log group', { login }],
    ['nobody signs in', { logGroup: 'pod' }],
  ])('is not said where %s', async (_, more) => {
    if (!('login' in more) || !('logGroup' in more)) await new PeopleFiles(host.layout).write([], host.now());
    expect((await measured(more)).lines).toEqual([]);
  });
});

describe('the config has it', () => {
  const gateway = { port: 5173, controlUi: { allowedOrigins: ['https://claw.example.com'] } };

  test('by its path and its entry, with where people sign out', () => {
    expect(
      desiredConfig(specWith({ gateway }), host.layout, { run: 'with-gateway' })['plugins'],
    ).toStrictEqual({
      enabled: true,
      allow: [],
      deny: [],
      load: { paths: [place()] },
      entries: {
        clawharbor: {
          enabled: true,
          config: {
            people: { staleSeconds: 900 },
            signOut: {
              endpoint: `${login.url}/logout`,
              clientId: login.client,
              origins: ['https://claw.example.com'],
            },
          },
        },
      },
    });
  });

  test('beside what the owner of the pod has chosen', () => {
    const chosen = {
      allow: ['browser'],
      deny: ['x', 'clawharbor'],
      load: { paths: ['/srv/own'] },
      entries: { browser: { enabled: true } },
    };
    const { plugins } = desiredConfig(specWith({ gateway, plugins: chosen }), host.layout, {
      run: 'with-gateway',
    }) as {
      plugins: typeof chosen;
    };
    expect(plugins).toMatchObject({ allow: ['browser', 'clawharbor'], deny: ['x'] });
    expect(plugins.load.paths).toStrictEqual([place(), '/srv/own']);
    expect(Object.keys(plugins.entries)).toStrictEqual(['browser', 'clawharbor']);
  });

  test('and lets nobody in without it, in releases that know how to say so', () => {
    const roles = {
      default: 'member',
      definitions: {
        member: { sessions: { others: 'none' }, agents: '*', scopes: ['operator.read'] },
        admin: { sessions: { others: 'write' }, agents: '*', scopes: ['operator.admin'] },
      },
    };
    const rolesOf = (version: string) => {
      const { openclaw, ...rest } = specWith({ gateway: { ...gateway, roles } });
      const asked = parsePodSpec({ ...rest, openclaw: { ...openclaw, version } }, 'the spec');
      return (
        desiredConfig(asked, host.layout, { run: 'with-gateway' })['gateway'] as { roles: typeof roles }
      ).roles;
    };
    expect(rolesOf('2026.9.6')).toStrictEqual({
      default: 'member',
      definitions: {
        member: { ...roles.definitions.member, accessPolicyPlugin: 'clawharbor' },
        admin: { ...roles.definitions.admin, accessPolicyPlugin: 'clawharbor' },
      },
    });
    expect(rolesOf('2026.9.5')).toStrictEqual(roles);
  });

  test('with who is to have which role, where groups give roles', () => {
    const groups = [{ name: 'admins', role: 'admin' }];
    const roles = { default: 'member', definitions: { member: {}, admin: {} } };
    const identityScopes = { 'sub-1': ['operator.admin'] };
    const withGroups = specWith(
      { gateway: { ...gateway, roles, auth: { identityScopes } } },
      { login: { ...login, groups } },
    );
    const config = desiredConfig(withGroups, host.layout, { run: 'with-gateway' }, ['sub-2']);
    expect(config).toHaveProperty('plugins.entries.clawharbor.config.people', {
      staleSeconds: 900,
      roles: { default: 'member', groups, people: { 'sub-1': 'admin' } },
    });
    // Who is an administrator by a group changes from one minute to the next: the plugin sees it in the list.
    expect(config).toHaveProperty('gateway.auth.identityScopes', {
      'sub-1': ['operator.admin'],
      'sub-2': ['operator.admin'],
    });
  });

  test('and lets its entry in the navigation show', () => {
    expect(
      desiredConfig(specWith({ gateway }), host.layout, { run: 'with-gateway' })['gateway'],
    ).toMatchObject({
      ...gateway,
      controlUi: { ...gateway.controlUi, experimental: { customPlugins: true } },
    });
  });
});
