import { openclawPolicy } from '@clawharbor/config-merge';
import { parsePodSpec } from '@clawharbor/bootstrap/spec';
import { describe, expect, test } from 'vitest';
import {
  adminRole,
  memberRole,
  openclawConfig,
  type GatewayDecisions,
  type InfraErrorCode,
} from '../src/index.ts';
import { defaultModel } from '../src/bedrock.ts';
import { admin, podTemplate, specOf } from './example-pod.ts';

const decisions: GatewayDecisions = {
  port: 5173,
  dnsNames: ['openclaw.example.com', 'chat.example.com'],
  trustedProxies: ['10.0.0.0/24'],
  admins: [admin],
  members: { scopes: ['operator.read', 'operator.write'], otherSessions: 'write' },
  communityInvite: false,
  region: 'eu-central-1',
  model: defaultModel('eu-central-1'),
  ollama: false,
  extra: {},
};

interface Config {
  readonly gateway: {
    readonly auth: {
      readonly mode: string;
      readonly password?: unknown;
      readonly token?: unknown;
      readonly trustedProxy: Record<string, unknown> & {
        readonly deviceAutoApprove: { readonly scopes: string[] };
      };
      readonly identityScopes: Record<string, string[]>;
    };
    readonly roles: {
      readonly default: string;
      readonly definitions: Record<
        string,
        { readonly scopes: string[]; readonly agents: unknown; readonly sessions: unknown }
      >;
    };
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

const config = openclawConfig(decisions) as Config;

describe('who is who', () => {
  test('the load balancer names the user, and a request that it did not authenticate is refused', () => {
    expect(config.gateway.auth.mode).toBe('trusted-proxy');
    expect(config.gateway.auth.trustedProxy).toMatchObject({
      userHeader: 'x-amzn-oidc-identity',
      requiredHeaders: ['x-amzn-oidc-data', 'x-forwarded-proto'],
    });
    expect(config.gateway.auth.trustedProxy).not.toHaveProperty('allowLoopback');
  });

  test('no shared secret stands in the config', () => {
    expect(config.gateway.auth).not.toHaveProperty('password');
    expect(config.gateway.auth).not.toHaveProperty('token');
  });

  test('the page may come from the DNS names of the pod only', () => {
    expect(config.gateway['publicOrigin']).toBe('https://openclaw.example.com');
    expect(config.gateway['controlUi']).toEqual({
      allowedOrigins: ['https://openclaw.example.com', 'https://chat.example.com'],
      communityInvite: false,
    });
  });
});

describe('who may what', () => {
  const { roles, auth } = config.gateway;

  test('everybody has a ceiling that lacks admin, and a browser gets no more by itself', () => {
    expect(roles.default).toBe(memberRole);
    expect(roles.definitions[memberRole]?.scopes).toEqual(['operator.read', 'operator.write']);
    expect(auth.trustedProxy.deviceAutoApprove.scopes).toEqual(['operator.read', 'operator.write']);
  });

  test('by default members have the least that the page works with, and nothing of the sessions of others', () => {
    const { openclaw } = specOf(podTemplate());
    expect(openclaw.config).toMatchObject({
      gateway: {
        auth: { trustedProxy: { deviceAutoApprove: { scopes: ['operator.read', 'operator.write'] } } },
        roles: {
          definitions: {
            [memberRole]: { scopes: ['operator.read', 'operator.write'], sessions: { others: 'none' } },
          },
        },
        controlUi: { communityInvite: false },
      },
      session: { notifyOnCreate: false },
    });
  });

  test('what is wider is asked for', () => {
    const members = {
      scopes: ['operator.read', 'operator.write', 'operator.approvals'],
      otherSessions: 'view',
    } as const;
    const wider = specOf(
      podTemplate({
        openclaw: { members: { ...members, scopes: [...members.scopes] }, communityInvite: true },
      }),
    ).openclaw.config;
    expect(wider).toMatchObject({
      gateway: {
        auth: { trustedProxy: { deviceAutoApprove: { scopes: members.scopes } } },
        roles: { definitions: { [memberRole]: { scopes: members.scopes, sessions: { others: 'view' } } } },
        controlUi: { communityInvite: true },
      },
    });
    expect(wider).not.toHaveProperty('session');
  });

  test('an admin is named by the sub, and the role of admins lets that grant through', () => {
    expect(auth.identityScopes).toEqual({ [admin]: ['operator.admin'] });
    expect(roles.definitions[adminRole]?.scopes).toContain('operator.admin');
  });

  test('no shell in the browser, no updates by itself, no announcements', () => {
    expect(config).toMatchObject({
      gateway: { terminal: { enabled: false } },
      update: { checkOnStart: false, auto: { enabled: false } },
      discovery: { mdns: { mode: 'off' } },
    });
  });
});

describe('Bedrock', () => {
  test.for([
    ['us-east-1', 'us.amazon.nova-2-lite-v1:0'],
    ['eu-west-1', 'eu.amazon.nova-2-lite-v1:0'],
    ['ap-northeast-1', 'jp.amazon.nova-2-lite-v1:0'],
  ] as const)('in %s the default model is %s', ([region, id]) => {
    const regional = openclawConfig({ ...decisions, region, model: defaultModel(region) });
    expect(regional).toMatchObject({
      agents: { defaults: { model: { primary: `amazon-bedrock/${id}` } } },
      models: {
        providers: {
          'amazon-bedrock': {
            baseUrl: `https://bedrock-runtime.${region}.amazonaws.com`,
            auth: 'aws-sdk',
            models: [expect.objectContaining({ id })],
          },
        },
      },
      plugins: { entries: { 'amazon-bedrock': { enabled: true } } },
    });
  });
});

/** The value at a dotted path. */
function nested(path: string, value: unknown): Record<string, unknown> {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<
    string,
    unknown
  >;
}

describe("the owner's config", () => {
  test('adds keys beside those of the pod', () => {
    const extra = { gateway: { tools: { deny: ['exec'] } }, session: { scope: 'global' } };
    expect(openclawConfig({ ...decisions, extra })).toMatchObject({ ...extra, gateway: { port: 5173 } });
  });

  test('changes nothing that the pod decides', () => {
    for (const key of Object.keys(config)) {
      expect(() => openclawConfig({ ...decisions, extra: { [key]: 'mine' } })).toThrow(
        `openclaw.config.${key}:`,
      );
    }
  });

  const added = (extra: Record<string, unknown>) => () => openclawConfig({ ...decisions, extra });
  const code = (expected: InfraErrorCode) => expect.objectContaining({ code: expected });

  test.for(openclawPolicy.rules.filter(({ owner }) => owner === 'exclusive').map(({ path }) => path))(
    'opens no way in: %s',
    (path) => {
      for (const value of [true, 'text', {}, [], { deep: { down: 1 } }, { source: 'env', id: 'NAME' }]) {
        expect(added(nested(path, value))).toThrow(code('OPENCLAW_KEY_MANAGED'));
        expect(added(nested(path, value))).toThrow(`openclaw.config.${path}`);
      }
    },
  );

  test.for([
    ['gateway.auth.trustedProxy.allowLoopback', true],
    ['gateway.auth.token', 'x'],
    ['gateway.auth.identityScopes.somebody', ['operator.admin']],
    ['meta.lastTouchedVersion', '1'],
    ['wizard.lastRunAt', 'today'],
  ] as const)('does not set %s', ([path, value]) => {
    expect(added(nested(path, value))).toThrow(code('OPENCLAW_KEY_MANAGED'));
    expect(added(nested(path, value))).toThrow(path);
  });

  test('hides nothing in what looks like a reference to a secret', () => {
    const reference = { source: 'env', provider: 'default', id: 'NAME' };
    const auth = { trustedProxy: { allowLoopback: true } };
    expect(added({ gateway: { ...reference, auth } })).toThrow(code('OPENCLAW_KEY_MANAGED'));
    expect(added({ channels: { ...reference, token: 'x' } })).toThrow(code('CREDENTIAL_IN_CONFIG'));
  });

  test('may add a provider, but none that the instance could not merge', () => {
    const provider = (models: unknown) => nested('models.providers.mine', { baseUrl: 'http://m', models });
    expect(added(provider([{ id: 'a', name: 'A' }]))).not.toThrow();
    expect(added(provider([{ name: 'a' }]))).toThrow(code('PROPS_INVALID'));
    expect(added(provider([{ name: 'a' }]))).toThrow('models.providers.mine.models');
  });

  test.for([
    ['channels.telegram.botToken', '123'],
    ['channels.slack.accounts.team.appToken', 'x'],
    ['channels.x.anything', '123456789:AAFm2-bCdEfGhIjKlMnOpQrStUvWxYz'],
    ['env.vars.MY_API_KEY', 'x'],
    ['hooks.token', 'x'],
    ['mcp.servers.a.args', ['--key', 'q2Zr7Jk0Lw9Xc4Vb8Nm1Tp']],
    ['mcp.servers.a.headers.X-Custom', 'Bearer x'],
    ['mcp.servers.a.url', 'https://me:word@example.com/'],
    ['tools.web.search.providers', [{ name: 'a', apiKey: 'x' }]],
    ['plugins.entries.mine.config.key', '-----BEGIN PRIVATE KEY-----'],
    ['models.providers.mine.apiKey', 'x'],
    ['agents.defaults.memorySearch.remote.apiKey', 'x'],
    ['gateway.remote.password', 'x'],
  ] as const)('holds no credential: %s', ([path, value]) => {
    expect(added(nested(path, value))).toThrow(code('CREDENTIAL_IN_CONFIG'));
    expect(added(nested(path, value))).toThrow(`openclaw.config.${path}`);
    expect(added(nested(path, value))).not.toThrow(JSON.stringify(value));
  });

  test.for([
    ['channels.telegram.botToken', '${TELEGRAM_BOT_TOKEN}'],
    ['channels.telegram.botToken', ''],
    ['channels.telegram.botToken', { source: 'env', provider: 'default', id: 'TELEGRAM_BOT_TOKEN' }],
    ['channels.telegram.dmPolicy', 'pairing'],
    ['channels.telegram.groupAllowFrom', ['-1001234567890']],
    ['mcp.servers.a.headers.Authorization', 'Bearer ${MY_TOKEN}'],
    ['mcp.servers.a.command', '/usr/local/lib/node_modules/Server2/bin/start'],
    ['mcp.servers.a.url', 'https://example.com/Tools2/v1/endpoint'],
    ['mcp.servers.a.env.ROLE', 'arn:aws:iam::123456789012:role/MyRole'],
    ['messages.responsePrefix', 'Answers of the Team, 24 hours a day'],
    ['models.providers.mine.apiKey', 'ollama-local'],
    ['agents.defaults.imageModel', 'amazon-bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['agents.defaults.maxConcurrent', 1000],
  ] as const)('may say %s %j', ([path, value]) => {
    expect(openclawConfig({ ...decisions, extra: nested(path, value) })).toMatchObject(nested(path, value));
  });

  test('cannot reach a prototype', () => {
    const extra = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
    expect(() => openclawConfig({ ...decisions, extra })).toThrow(code('OPENCLAW_CONFIG_INVALID'));
    const vars = JSON.parse('{"__proto__":"polluted","constructor":"mine"}') as Record<string, unknown>;
    const { env } = openclawConfig({ ...decisions, extra: { env: { vars } } }) as { env: { vars: object } };
    expect(Object.entries(env.vars)).toStrictEqual(Object.entries(vars));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

test('the spec in the template is one that the instance accepts', () => {
  const text = JSON.stringify(specOf(podTemplate()))
    .replace(/<PodSecretsSecret\w+>/, 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod-AbCdEf')
    .replace(/<PodSecretsKey\w+\.Arn>/, 'arn:aws:kms:eu-central-1:123456789012:key/pod')
    .replace(/<PodBackups\w+>/, 'pod-backups')
    .replace(
      /<PodEntranceLoadBalancer\w+>/,
      'arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/pod/1',
    )
    .replace(/<PodLoginUserPool(?!Client|Domain)\w+>/, 'eu-central-1_Pool')
    .replace(/<PodLoginUserPoolClient\w+>/, '1h57kf5cpq17m0eml12EXAMPLE')
    .replace(/<PodLoginUserPoolDomain\w+>/, 'prefix')
    .replace(/<PodStorageFileSystem(State|Artifacts)\w+>/g, 'fsap-0123456789abcdef0')
    .replace(/<PodStorageFileSystem\w+>/, 'fs-0123456789abcdef0')
    .replace(/<PodLogs\w+>/, 'pod-logs')
    .replace(/<PodBackups\w+>/, 'pod-backups');
  const spec = parsePodSpec(JSON.parse(text), 'the template');
  expect(spec.openclaw.config).toMatchObject({ gateway: { port: 5173 } });
  expect(text).not.toContain('<');
});

describe('owners', () => {
  test('reach the instance in the spec, and no spec without them has any', () => {
    const owners = { 'agents.defaults.model': 'managed', 'channels.telegram': 'user' } as const;
    expect(specOf(podTemplate({ openclaw: { owners } })).openclaw).toHaveProperty('owners', owners);
    expect(specOf(podTemplate()).openclaw).not.toHaveProperty('owners');
  });
});

test('the databases are on the disk of the instance, unless somebody wants them on the file system', () => {
  expect(specOf(podTemplate())['fileSystem']).toHaveProperty('databases', 'replicated');
  const template = podTemplate({ storage: { databases: 'efs' } });
  expect(specOf(template)['fileSystem']).not.toHaveProperty('databases');
});

test.each([
  [undefined, 'apart'],
  [{ commands: 'with-gateway' }, 'with-gateway'],
  [{ commands: 'off' }, 'off'],
] as const)('commands of agents run apart, unless the prop says otherwise: %j', (agents, commands) => {
  expect(specOf(podTemplate(agents === undefined ? {} : { agents }))).toHaveProperty('agents', { commands });
});

test.each([
  ['apart', { tools: { exec: { host: 'gateway' } } }, 'tools.exec.host'],
  ['apart', { tools: { fs: { workspaceOnly: false } } }, 'tools.fs.workspaceOnly'],
  [
    'apart',
    { agents: { entries: { main: { tools: { exec: { host: 'auto' } } } } } },
    'agents.entries.main.tools.exec.host',
  ],
  ['off', { tools: { exec: { mode: 'full' } } }, 'tools.exec.mode'],
] as const)('what says otherwise than agents.commands %s is refused: %j', (commands, extra, path) => {
  const build = () => podTemplate({ agents: { commands }, openclaw: { config: extra } });
  expect(build).toThrow(
    expect.objectContaining({ code: 'OPENCLAW_KEY_MANAGED', message: expect.stringContaining(path) }),
  );
});

test('with commands with the gateway, the owner of a pod decides these keys', () => {
  const tools = { exec: { host: 'gateway' }, fs: { workspaceOnly: true } } as const;
  const spec = specOf(podTemplate({ agents: { commands: 'with-gateway' }, openclaw: { config: { tools } } }));
  expect(spec).toHaveProperty('openclaw.config.tools', tools);
});

test('the model is asked after ready, unless somebody does not want it', () => {
  expect(specOf(podTemplate())).toHaveProperty('smokeTest', true);
  expect(specOf(podTemplate({ launch: { smokeTest: false } }))).toHaveProperty('smokeTest', false);
});
