import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { describe, expect, test } from 'vitest';
import { InfraError, OpenClawPod, type InfraErrorCode, type OpenClawPodProps } from '../src/index.ts';
import { bundle, scratchApp } from './example-pod.ts';

type Props = Partial<Omit<OpenClawPodProps, 'domain'>> & {
  readonly zoneName?: string;
  readonly names?: readonly string[];
};

function pod(
  { zoneName = 'example.com', names = ['openclaw.example.com'], ...props }: Props,
  region = 'eu-central-1',
) {
  const stack = new Stack(scratchApp(), 'Stack', { env: { account: '123456789012', region } });
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789',
    zoneName,
  });
  return new OpenClawPod(stack, 'Pod', { bundle, domain: { hostedZone, names }, ...props });
}

function refusal(build: () => unknown): InfraError {
  try {
    build();
  } catch (error) {
    if (error instanceof InfraError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** What arrives from JavaScript, or from a type assertion. */
const untyped = (value: unknown) => value as Props;

const ollama = { version: '0.12.3', sha256: 'a'.repeat(64) };

const provider = {
  type: 'oidc',
  name: 'Corp',
  issuer: 'https://idp.example.com',
  clientId: 'client',
  clientSecretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:corp-AbCdEf',
};

type Row = readonly [what: string, code: InfraErrorCode, says: string, props: Props];

const table: readonly Row[] = [
  [
    'commands of agents that run nowhere that is known',
    'COMMANDS_UNKNOWN',
    'agents.commands',
    untyped({ agents: { commands: 'elsewhere' } }),
  ],
  ...(
    [
      'closed',
      { allow: ['10.0.0.1'] },
      { allow: ['*'] },
      { allow: ['a.example:22'] },
      { allow: [], deny: [] },
    ] as const
  ).map((egress): Row => [
    `a way out as ${JSON.stringify(egress)}`,
    'EGRESS_INVALID',
    'network.egress',
    untyped({ network: { egress } }),
  ]),
  [
    'a way out that is closed for commands that run with the gateway',
    'EGRESS_NOT_HELD',
    'agents.commands',
    { agents: { commands: 'with-gateway' }, network: { egress: { allow: ['example.com'] } } },
  ],
  ...(
    [
      ['no group', [], 'login.groups'],
      ['a group twice', ['admins', 'admins'], 'twice'],
      ['a group that is not known', ['everybody'], 'everybody'],
      ['a group with capitals', [{ name: 'Support' }], 'Support'],
      ['a known group as one of its own', [{ name: 'viewers', scopes: ['operator.write'] }], 'viewers'],
      ['a group with the name of a role', [{ name: 'admin' }], 'login.groups[0].name'],
    ] as const
  ).map(([what, groups, says]): Row => [what, 'GROUP_INVALID', says, untyped({ login: { groups } })]),
  [
    'admin rights for a group of its own',
    'MEMBER_SCOPE_REFUSED',
    'operator.admin',
    untyped({ login: { groups: [{ name: 'support', scopes: ['operator.admin'] }] } }),
  ],
  ...(
    [
      ['a provider with a name that Cognito refuses', { name: 'my_idp' }, 'my_idp'],
      ['a provider in the clear', { issuer: 'http://idp.example.com' }, 'https'],
      ['a client secret in the props', { clientSecretArn: 'hunter2' }, 'must not stand in the template'],
      [
        'a group that leads nowhere',
        { groups: { theirs: 'nobody' }, attributes: { groups: 'groups' } },
        'nobody',
      ],
      ['groups that nothing names', { groups: { theirs: 'members' } }, 'attributes.groups'],
    ] as const
  ).map(([what, wrong, says]): Row => [
    what,
    'IDENTITY_PROVIDER_INVALID',
    says,
    untyped({ login: { groups: ['members'], identityProviders: [{ ...provider, ...wrong }] } }),
  ]),
  [
    'two providers of one name',
    'IDENTITY_PROVIDER_INVALID',
    'one name',
    untyped({ login: { identityProviders: [provider, provider] } }),
  ],
  ['no DNS name', 'DNS_NAME_MISSING', 'domain.names', { names: [] }],
  [
    'a URL for a DNS name',
    'DNS_NAME_INVALID',
    'domain.names[0]',
    { names: ['https://openclaw.example.com'] },
  ],
  [
    'upper case in a DNS name',
    'DNS_NAME_INVALID',
    'openclaw.example.com',
    { names: ['OpenClaw.example.com'] },
  ],
  ['a wildcard', 'DNS_NAME_INVALID', '*.example.com', { names: ['*.example.com'] }],
  ['a DNS name twice', 'DNS_NAME_INVALID', 'twice', { names: ['a.example.com', 'a.example.com'] }],
  [
    'six DNS names',
    'DNS_NAMES_TOO_MANY',
    '5',
    { names: ['a', 'b', 'c', 'd', 'e', 'f'].map((label) => `${label}.example.com`) },
  ],
  [
    'a DNS name outside the zone',
    'DNS_NAME_OUTSIDE_ZONE',
    'domain.names[1]',
    { names: ['a.example.com', 'a.example.org'] },
  ],
  [
    'a zone whose name is only a suffix',
    'DNS_NAME_OUTSIDE_ZONE',
    'badexample.com',
    { names: ['badexample.com'] },
  ],
  ['a bad pod name', 'NAME_INVALID', 'My Pod', { name: 'My Pod' }],
  [
    'an e-mail address for a sub',
    'ADMIN_NOT_A_SUB',
    'ana@example.com',
    { openclaw: { admins: ['ana@example.com'] } },
  ],
  [
    'an untested OpenClaw',
    'OPENCLAW_VERSION_UNKNOWN',
    '2026.9.6',
    untyped({ openclaw: { version: '2026.1.1' } }),
  ],
  [
    'an OpenClaw without roles',
    'OPENCLAW_VERSION_NOT_RUN',
    'administrator',
    untyped({ openclaw: { version: '2026.7.35' } }),
  ],
  [
    'admin rights for everybody',
    'MEMBER_SCOPE_REFUSED',
    'operator.admin',
    untyped({ openclaw: { members: { scopes: ['operator.admin'] } } }),
  ],
  [
    'device management for everybody',
    'MEMBER_SCOPE_REFUSED',
    'operator.pairing',
    untyped({ openclaw: { members: { scopes: ['operator.pairing'] } } }),
  ],
  [
    'a key that the pod decides',
    'OPENCLAW_KEY_MANAGED',
    'gateway.auth.mode',
    { openclaw: { config: { gateway: { auth: { mode: 'none' } } } } },
  ],
  [
    'a wider list of proxies by the config',
    'OPENCLAW_KEY_MANAGED',
    'gateway.trustedProxies',
    { openclaw: { config: { gateway: { trustedProxies: ['0.0.0.0/0'] } } } },
  ],
  [
    'a key that the pod decides',
    'OPENCLAW_KEY_MANAGED',
    'models.mode',
    { openclaw: { config: { models: { mode: 'replace' } } } },
  ],
  ...(
    [
      ['gateway.auth', 'user'],
      ['gateway', 'managed'],
      ['gateway.roles', 'followed'],
      ['gateway.controlUi.allowedOrigins', 'seeded'],
      ['*.auth.token', 'user'],
      ['update', 'followed'],
    ] as const
  ).map(([path, owner]): Row => [
    `${owner} as owner of ${path}`,
    'OWNER_REFUSED',
    `openclaw.owners.${path}: owners: ${path} cannot be ${owner}: `,
    { openclaw: { owners: { [path]: owner } } },
  ]),
  [
    'an owner that is none',
    'OWNER_INVALID',
    'openclaw.owners.messages',
    untyped({ openclaw: { owners: { messages: 'me' } } }),
  ],
  [
    'owners that are no object',
    'PROPS_INVALID',
    'openclaw.owners',
    untyped({ openclaw: { owners: ['user'] } }),
  ],
  [
    'an owner of no path',
    'OWNER_INVALID',
    'openclaw.owners.a..b',
    { openclaw: { owners: { 'a..b': 'user' } } },
  ],
  [
    'owners that contradict each other',
    'OWNER_INVALID',
    'equally specific',
    { openclaw: { owners: { 'channels.*.x': 'user', 'channels.telegram.*': 'managed' } } },
  ],
  [
    'to people what the config sets',
    'OWNER_REFUSED',
    'channels.telegram.enabled, which belongs to people',
    {
      openclaw: {
        owners: { 'channels.telegram': 'user' },
        config: { channels: { telegram: { enabled: true } } },
      },
    },
  ],
  [
    'to people what the pod decides',
    'OWNER_REFUSED',
    'agents.defaults.model.primary, which belongs to people',
    { openclaw: { owners: { 'agents.defaults.model': 'user' } } },
  ],
  [
    'an agent with a model that its provider does not list',
    'MODEL_NOT_IN_PROVIDER',
    'agents.entries.ann.model names own/two',
    {
      openclaw: {
        config: {
          models: { providers: { own: { models: [{ id: 'one', name: 'one' }] } } },
          agents: { entries: { ann: { model: 'own/two' } } },
        },
      },
    },
  ],
  [
    'a model that is none',
    'MODEL_INVALID',
    'amazon-bedrock/x',
    { openclaw: { model: { id: 'amazon-bedrock/x' } } },
  ],
  ['a CIDR block that is none', 'CIDR_INVALID', '10.0.0.0/33', { network: { cidr: '10.0.0.0/33' } }],
  ['a VPC that is too small', 'CIDR_INVALID', '/16 to /24', { network: { cidr: '10.0.0.0/26' } }],
  ['an address for a block', 'CIDR_INVALID', 'allowedCidrs', { network: { allowedCidrs: ['10.0.0.1'] } }],
  [
    'everybody as a proxy',
    'TRUSTED_PROXIES_TOO_WIDE',
    '0.0.0.0/0',
    { network: { trustedProxies: ['0.0.0.0/0'] } },
  ],
  [
    'a private range as a proxy',
    'TRUSTED_PROXIES_TOO_WIDE',
    '10.0.0.0/8',
    { network: { trustedProxies: ['10.0.0.0/8'] } },
  ],
  [
    'the whole VPC as a proxy',
    'MACHINE_AMONG_TRUSTED_PROXIES',
    '10.0.0.0/16',
    { network: { trustedProxies: ['10.0.0.0/16'] } },
  ],
  [
    'a health check that needs attribution',
    'HEALTH_CHECK_PATH_REFUSED',
    '/healthz',
    { healthCheck: { path: '/readyz' } },
  ],
  ['a health check of the page', 'HEALTH_CHECK_PATH_REFUSED', '/healthz', { healthCheck: { path: '/' } }],
  ['a session of minutes', 'SESSION_TIMEOUT_OUT_OF_RANGE', '0.5', { login: { sessionHours: 0.5 } }],
  ['a session of weeks', 'SESSION_TIMEOUT_OUT_OF_RANGE', '168', { login: { sessionHours: 169 } }],
  ['a reserved domain prefix', 'DOMAIN_PREFIX_INVALID', 'cognito', { login: { domainPrefix: 'my-cognito' } }],
  ['a pod name that Cognito refuses', 'DOMAIN_PREFIX_INVALID', 'aws', { name: 'aws-claw' }],
  ['an instance type that is none', 'INSTANCE_TYPE_INVALID', 'big', { machine: { instanceType: 'big' } }],
  [
    'an instance type of the other architecture',
    'INSTANCE_TYPE_ARCHITECTURE',
    'm7i.large',
    { machine: { instanceType: 'm7i.large' } },
  ],
  ['an image that is none', 'IMAGE_INVALID', 'al2023', { machine: { imageId: 'al2023' } }],
  ['an image parameter that is none', 'IMAGE_INVALID', 'team', { machine: { imageParameter: 'team image' } }],
  [
    'two images',
    'IMAGE_INVALID',
    'not both',
    { machine: { imageId: 'ami-0123456789abcdef0', imageParameter: '/team/image' } },
  ],
  ['the newest Ollama', 'OLLAMA_INVALID', 'ollama.version', { ollama: { ...ollama, version: 'latest' } }],
  ['an Ollama without its hash', 'OLLAMA_INVALID', 'ollama.sha256', { ollama: { ...ollama, sha256: 'abc' } }],
  ['an Ollama from a disk', 'OLLAMA_INVALID', 'ollama.url', { ollama: { ...ollama, url: 'file:///x.tar' } }],
  [
    'a password in the URL of Ollama',
    'OLLAMA_INVALID',
    'ollama.url',
    { ollama: { ...ollama, url: 'https://me:word@example.com/x.tar.zst' } },
  ],
  [
    'an option for a model',
    'OLLAMA_INVALID',
    'ollama.models[1]',
    { ollama: { ...ollama, models: ['llama3.2:3b', '--insecure'] } },
  ],
  ['a retention that CloudWatch lacks', 'LOG_RETENTION_INVALID', '100', { logs: { retentionDays: 100 } }],
  ['an alarm that there is not', 'ALARMS_INVALID', 'alarms.off', { alarms: { off: ['disk' as never] } }],
  [
    'a topic that is a queue',
    'ALARMS_INVALID',
    'topicArn',
    { alarms: { topicArn: 'arn:aws:sqs:eu-central-1:123456789012:q' } },
  ],
  ['a name with a space', 'ALARMS_INVALID', 'disk-full', { alarms: { names: { 'disk-full': 'the disk' } } }],
  ['access logs for ever', 'LOG_RETENTION_INVALID', 'accessDays', { logs: { accessDays: 4000 } }],
  ['a backup every minute', 'BACKUPS_INVALID', 'everyHours', { backups: { everyHours: 0 } }],
  ['a lock that outlives the archive', 'BACKUPS_INVALID', 'keepDays', { backups: { objectLockDays: 60 } }],
  ['a hook that waits for ever', 'HEARTBEAT_OUT_OF_RANGE', '7200', { launch: { heartbeatSeconds: 86_400 } }],
  [
    'a gateway that may take for ever',
    'READY_TIMEOUT_OUT_OF_RANGE',
    '3600',
    { launch: { readyTimeoutSeconds: 5 } },
  ],
  ['a key that does not exist', 'PROPS_INVALID', 'openclaw.adminss', untyped({ openclaw: { adminss: [] } })],
  [
    'a value of the wrong type',
    'PROPS_INVALID',
    'login.sessionHours',
    untyped({ login: { sessionHours: '24' } }),
  ],
];

test.for(table)('refuses %s with %s', ([, code, says, props]) => {
  const error = refusal(() => pod(props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(says);
});

test.for([
  ['is plain data', () => ({ id: 'Z0123456789', name: 'example.com' }) as never],
  ['is not there', () => undefined as never],
  ['has no name', () => ({ hostedZoneId: 'Z0123456789' }) as never],
  ['is known by its id only', (stack: Stack) => HostedZone.fromHostedZoneId(stack, 'Zone', 'Z0123456789')],
] as const)('refuses a hosted zone that %s', ([, zone]) => {
  const stack = new Stack(scratchApp(), 'Stack', { env: { region: 'eu-central-1' } });
  const error = refusal(
    () =>
      new OpenClawPod(stack, 'Pod', {
        bundle,
        domain: { hostedZone: zone(stack), names: ['openclaw.example.com'] },
      }),
  );
  expect(error.code).toBe('HOSTED_ZONE_INVALID');
  expect(error.message).toContain('fromHostedZoneAttributes');
});

test.for([
  { login: { sessionHours: 1.1 } },
  { machine: { rootVolumeGiB: 20.5 } },
  { network: { natGateways: 1.5 } },
  { logs: { retentionDays: 7.5 } },
  { launch: { heartbeatSeconds: 60.5 } },
  { launch: { readyTimeoutSeconds: 60.5 } },
  { openclaw: { model: { id: 'amazon.nova', contextWindow: 1.5 } } },
  { openclaw: { model: { id: 'amazon.nova', maxTokens: 1.5 } } },
])('refuses a fraction with a code, not with a crash of CDK: %j', (props) => {
  expect(refusal(() => pod(props)).code).toMatch(/^[A-Z_]+$/);
});

test('refuses to guess a model where a global profile would send prompts abroad', () => {
  expect(refusal(() => pod({}, 'af-south-1')).code).toBe('MODEL_UNKNOWN_IN_REGION');
  expect(() =>
    pod({ openclaw: { model: { id: 'global.amazon.nova-2-lite-v1:0' } } }, 'af-south-1'),
  ).not.toThrow();
});

test('shows no password of a URL', () => {
  const url = 'https://me:word@example.com/x.tar.zst';
  expect(refusal(() => pod({ ollama: { ...ollama, url } })).message).not.toContain('word@');
});

test('names every fault at once', () => {
  const { message } = refusal(() =>
    pod({ name: 'X', login: { sessionHours: 0 }, logs: { retentionDays: 2 } }),
  );
  for (const place of ['name', 'login.sessionHours', 'logs.retentionDays']) expect(message).toContain(place);
});

describe('in a VPC that is there already', () => {
  const inVpc = (subnetConfiguration: ec2.SubnetConfiguration[], network: Partial<OpenClawPodProps> = {}) => {
    const stack = new Stack(scratchApp(), 'Stack', {
      env: { account: '123456789012', region: 'eu-central-1' },
    });
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, subnetConfiguration });
    const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z0123456789',
      zoneName: 'example.com',
    });
    return new OpenClawPod(stack, 'Pod', {
      bundle,
      domain: { hostedZone, names: ['openclaw.example.com'] },
      existingNetwork: { vpc },
      ...network,
    });
  };
  const publicSubnet = { name: 'public', subnetType: ec2.SubnetType.PUBLIC };
  const privateSubnet = { name: 'private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };

  test('uses the subnets that are there', () => {
    const { autoScalingGroup } = inVpc([publicSubnet, privateSubnet]);
    expect(autoScalingGroup.autoScalingGroupName).toBeDefined();
  });

  test('refuses an instance beside an internal load balancer: it could claim to be anyone', () => {
    const error = refusal(() => inVpc([publicSubnet, privateSubnet], { network: { internetFacing: false } }));
    expect(error.code).toBe('MACHINE_AMONG_TRUSTED_PROXIES');
  });

  test('asks for the CIDR blocks of subnets that are known by their ids only', () => {
    const stack = new Stack(scratchApp(), 'Stack', {
      env: { account: '123456789012', region: 'eu-central-1' },
    });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      publicSubnetIds: ['subnet-1', 'subnet-2'],
      privateSubnetIds: ['subnet-3', 'subnet-4'],
    });
    const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z0123456789',
      zoneName: 'example.com',
    });
    const build = (id: string, network: OpenClawPodProps['network']) =>
      new OpenClawPod(stack, id, {
        bundle,
        domain: { hostedZone, names: ['openclaw.example.com'] },
        existingNetwork: { vpc },
        network,
      });
    expect(refusal(() => build('Without', {})).code).toBe('TRUSTED_PROXIES_UNKNOWN');
    expect(() => build('With', { trustedProxies: ['10.0.0.0/24', '10.0.1.0/24'] })).not.toThrow();
  });

  test('refuses a load balancer in one zone', () => {
    const stack = new Stack(scratchApp(), 'Stack', {
      env: { account: '123456789012', region: 'eu-central-1' },
    });
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1 });
    const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
      hostedZoneId: 'Z0123456789',
      zoneName: 'example.com',
    });
    const error = refusal(
      () =>
        new OpenClawPod(stack, 'Pod', {
          bundle,
          domain: { hostedZone, names: ['openclaw.example.com'] },
          existingNetwork: { vpc },
        }),
    );
    expect(error.code).toBe('SUBNETS_TOO_FEW');
  });
});
