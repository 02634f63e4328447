import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { changes, type Effect } from '../src/changes.ts';
import { changesPage } from '../src/changes-page.ts';
import { podOptionsSchema, type PodConfigInput, type Template } from '../src/index.ts';
import { admin, exampleConfig, podTemplate, specOf } from './example-pod.ts';

/** What CloudFormation's own schemas say of the resources of a pod; see extract-update-behaviour.mjs. */
const { types: behaviour } = JSON.parse(
  readFileSync(new URL('./update-behaviour.json', import.meta.url), 'utf8'),
) as {
  types: Record<string, { replaced: string[]; updated: string[] }>;
};

type Overrides = Partial<PodConfigInput>;

/** Each is wanted by several tests, and takes its time. */
const synthesized = new Map<string, Template>();
function podOf(overrides: Overrides): Template {
  const key = JSON.stringify(overrides);
  const template = synthesized.get(key) ?? podTemplate(overrides);
  synthesized.set(key, template);
  return template;
}

const certificateArn =
  'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0000-0000-0000-000000000000';
const certificateAuthorityArn =
  'arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-0000-0000-0000-000000000000';
const euRegions = ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'];
const retained = {
  fileSystemId: 'fs-0123456789abcdef0',
  userPoolId: 'eu-central-1_AbCdEfGhI',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pod-AbCdEf',
  keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555',
};
const { domain } = exampleConfig;
const other = (openclaw: PodConfigInput['openclaw']): Overrides => ({
  openclaw: { admins: [admin], ...openclaw },
});

/** Prop → a change of it: to what, and from what where that is not the default. */
const made: Readonly<Record<string, readonly [after: Overrides, before?: Overrides]>> = {
  name: [{ name: 'team' }],
  'domain.hostedZone': [{ domain: { ...domain, hostedZone: { id: 'Z9876543210', name: 'example.com' } } }],
  'domain.names': [{ domain: { ...domain, names: ['openclaw.example.com', 'new.example.com'] } }],
  'domain.certificateArn': [{ domain: { ...domain, certificateArn } }],
  'domain.privateZone': [{ domain: { ...domain, privateZone: { id: 'Z9876543210', name: 'example.com' } } }],
  'domain.certificateAuthorityArn': [{ domain: { ...domain, certificateAuthorityArn } }],
  'domain.records': [{ domain: { ...domain, records: false } }],
  'openclaw.version': [other({ version: '2026.9.5' })],
  'openclaw.admins': [{ openclaw: { admins: [] } }],
  'openclaw.members.scopes': [other({ members: { scopes: ['operator.read'] } })],
  'openclaw.members.otherSessions': [other({ members: { otherSessions: 'view' } })],
  'openclaw.model': [other({ model: { id: 'eu.amazon.nova-lite-v1:0' } })],
  'openclaw.communityInvite': [other({ communityInvite: true })],
  'openclaw.config': [other({ config: { session: { scope: 'global' } } })],
  'openclaw.owners': [other({ owners: { 'agents.defaults.model': 'managed' } })],
  'bedrock.region': [{ bedrock: { region: 'eu-west-1' } }],
  'bedrock.models': [{ bedrock: { models: ['amazon.nova-*'] } }],
  'bedrock.regions': [{ bedrock: { regions: euRegions } }],
  'bedrock.guardrail': [{ bedrock: { guardrail: { id: 'abc123', version: '1' } } }],
  ollama: [{ ollama: { version: '0.12.3', sha256: 'a'.repeat(64) } }],
  'login.groups': [{ login: { groups: ['admins', 'members'] } }],
  'login.identityProviders': [
    {
      login: {
        identityProviders: [
          {
            type: 'saml',
            name: 'Corp',
            metadataUrl: 'https://idp.example.com/metadata',
            attributes: { groups: 'groups' },
          },
        ],
      },
    },
  ],
  'login.mfa': [{ login: { mfa: 'required' } }],
  'login.sessionHours': [{ login: { sessionHours: 8 } }],
  'login.domainPrefix': [{ login: { domainPrefix: 'team' } }],
  'network.cidr': [{ network: { cidr: '10.9.0.0/16' } }],
  'network.natGateways': [{ network: { natGateways: 1 } }],
  'network.endpoints': [{ network: { endpoints: true } }],
  'network.internetFacing': [{ network: { internetFacing: false } }],
  'network.allowedCidrs': [{ network: { allowedCidrs: ['10.0.0.0/8'] } }],
  'network.egress': [{ network: { egress: 'aws-and-models' } }],
  'network.trustedProxies': [{ network: { trustedProxies: ['10.0.0.0/24'] } }],
  'machine.architecture': [{ machine: { architecture: 'x86_64' } }],
  'machine.instanceType': [{ machine: { instanceType: 't4g.large' } }],
  'machine.imageId': [{ machine: { imageId: 'ami-0123456789abcdef0' } }],
  'machine.imageParameter': [{ machine: { imageParameter: '/team/image' } }],
  'machine.rootVolumeGiB': [{ machine: { rootVolumeGiB: 30 } }],
  'healthCheck.path': [{ healthCheck: { path: '/healthz' } }],
  'logs.retentionDays': [{ logs: { retentionDays: 30 } }],
  'logs.encrypt': [{ logs: { encrypt: true } }],
  'logs.accessDays': [{ logs: { accessDays: 0 } }],
  'launch.heartbeatSeconds': [{ launch: { heartbeatSeconds: 1800 } }],
  'launch.readyTimeoutSeconds': [{ launch: { readyTimeoutSeconds: 600 } }],
  'launch.smokeTest': [{ launch: { smokeTest: false } }],
  'agents.commands': [{ agents: { commands: 'off' } }],
  'storage.databases': [{ storage: { databases: 'efs' } }],
  'backups.enabled': [{ backups: { enabled: false } }],
  'backups.everyHours': [{ backups: { everyHours: 12 } }],
  'backups.keep': [{ backups: { keep: 24 } }],
  'backups.keepDays': [{ backups: { keepDays: 90 } }],
  'backups.objectLockDays': [{ backups: { objectLockDays: 7 } }],
  'backups.drillEveryDays': [{ backups: { drillEveryDays: 0 } }],
  'alarms.topicArn': [{ alarms: { topicArn: 'arn:aws:sns:eu-central-1:123456789012:team' } }],
  'alarms.emails': [{ alarms: { emails: ['ops@example.com'] } }],
  'alarms.opsItems': [{ alarms: { opsItems: 'high' } }],
  'alarms.off': [{ alarms: { off: ['slow-answers'] } }],
  'alarms.names': [{ alarms: { names: { 'disk-full': 'disk' } } }],
  dashboard: [{ dashboard: false }],
  'retainedFrom.fileSystemId': [{ retainedFrom: { fileSystemId: retained.fileSystemId } }],
  'retainedFrom.userPoolId': [{ retainedFrom: { userPoolId: retained.userPoolId } }],
  'retainedFrom.secretArn': [
    { retainedFrom: retained },
    { retainedFrom: { ...retained, secretArn: undefined } },
  ],
  'retainedFrom.keyArn': [{ retainedFrom: { keyArn: retained.keyArn } }],
  deployedAs: [{ deployedAs: 'name=openclaw' }],
  deletionProtection: [{ deletionProtection: true }],
};

/** A prop of its own, below which a change does the same wherever it is made. */
const whole = new Set([
  'domain.hostedZone',
  'domain.privateZone',
  'bedrock.guardrail',
  'openclaw.model',
  'openclaw.config',
  'openclaw.owners',
  'ollama',
  'alarms.names',
]);

function leaves(schema: z.ZodType, path: readonly string[] = []): string[] {
  const { type, shape, innerType } = schema.def as {
    type: string;
    shape?: Record<string, z.ZodType>;
    innerType?: z.ZodType;
  };
  if (whole.has(path.join('.'))) return [path.join('.')];
  if (innerType !== undefined) return leaves(innerType, path);
  if (type !== 'object' || shape === undefined) return [path.join('.')];
  return Object.entries(shape).flatMap(([key, part]) => leaves(part, [...path, key]));
}

test('says of every prop what its change does, and of no other', () => {
  expect(Object.keys(changes).toSorted()).toEqual(leaves(podOptionsSchema).toSorted());
  expect(Object.keys(made).toSorted()).toEqual(Object.keys(changes).toSorted());
});

test('CloudFormation is asked of every property of every resource of a pod', () => {
  const templates = Object.values(made).map(([after]) => podOf(after));
  for (const { Resources } of templates) {
    for (const { Type, Properties = {} } of Object.values(Resources)) {
      const { replaced, updated } = behaviour[Type] ?? { replaced: [], updated: [] };
      for (const name of Object.keys(Properties)) expect([...replaced, ...updated], Type).toContain(name);
    }
  }
});

interface Difference {
  /** Types of resources that another takes the place of, that come or that go. */
  readonly replaced: ReadonlySet<string>;
  /** Types and properties that are changed where they are. */
  readonly updated: ReadonlySet<string>;
}

function difference(before: Template, after: Template): Difference {
  const [replaced, updated] = [new Set<string>(), new Set<string>()];
  const ids = new Set([...Object.keys(before.Resources), ...Object.keys(after.Resources)]);
  for (const id of ids) {
    const [was, is] = [before.Resources[id], after.Resources[id]];
    if (was === undefined || is === undefined) {
      replaced.add((was ?? is)!.Type);
      continue;
    }
    const names = new Set([...Object.keys(was.Properties ?? {}), ...Object.keys(is.Properties ?? {})]);
    for (const name of names) {
      if (JSON.stringify(was.Properties?.[name]) === JSON.stringify(is.Properties?.[name])) continue;
      if (behaviour[was.Type]?.replaced.includes(name)) replaced.add(was.Type);
      else updated.add(`${was.Type} ${name}`);
    }
  }
  if (JSON.stringify(before.Parameters) !== JSON.stringify(after.Parameters)) {
    updated.add('AWS::EC2::LaunchTemplate LaunchTemplateData');
  }
  // An alarm goes and comes with what it watches, and holds nothing.
  if (replaced.delete('AWS::CloudWatch::Alarm')) updated.add('AWS::CloudWatch::Alarm');
  return { replaced, updated };
}

/** What people or the whole pod hang on: another one is another pod. */
const cornerstones = [
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolDomain',
  'AWS::EC2::VPC',
  'AWS::EFS::FileSystem',
  'AWS::EFS::MountTarget',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::KMS::Key',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
];

/** What the gateway starts again for, of its spec; all else it is told. */
const restarts = [
  ['openclaw', 'version'],
  ['fileSystem', 'databases'],
  ['agents', 'commands'],
] as const;

function effectOf(before: Template, after: Template): Effect {
  const { replaced, updated } = difference(before, after);
  if (cornerstones.some((type) => replaced.has(type))) return 'fixed';
  if (replaced.size > 0) return 'new resource';
  if (updated.has('AWS::EC2::LaunchTemplate LaunchTemplateData')) return 'new instance';
  const at = (template: Template, path: readonly string[]) =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], specOf(template));
  if (restarts.some((path) => at(before, path) !== at(after, path))) return 'restart';
  return updated.size > 0 ? 'live' : 'nothing';
}

test.each(Object.entries(made))('a change of %s does what the table says', (prop, [after, before = {}]) => {
  const expected = changes[prop]!.effect;
  // One release has one path that answers: there is nothing else to ask for yet.
  if (prop === 'healthCheck.path') return expect(expected).toBe('live');
  return expect(effectOf(podOf(before), podOf(after))).toBe(expected);
});

describe('what is fixed', () => {
  const { Outputs } = podOf({});
  const deployedAs = Outputs?.['DeployedAs']?.Value as string;

  test('stands in an output, as a whole', () => {
    expect(deployedAs).toBe(
      'name=openclaw domainPrefix=openclaw-123456789012 internetFacing=true network=10.0.0.0/16 ' +
        'fileSystem=own userPool=own secret=own key=own',
    );
  });

  test.each(Object.entries(made))(
    '%s is refused if and only if it is fixed',
    (prop, [after, before = {}]) => {
      const was = podOf(before).Outputs?.['DeployedAs']?.Value as string;
      const change = () => podTemplate({ deployedAs: was, ...after });
      if (changes[prop]?.effect !== 'fixed') return expect(change).not.toThrow();
      return expect(change).toThrow(
        expect.objectContaining({
          code: 'FIXED_PROP_CHANGED',
          message: expect.stringMatching(
            /: the pod was deployed with \S+, and is to have \S+: \w+/,
          ) as string,
        }),
      );
    },
  );

  test('is not compared where another release did not say it', () => {
    expect(() =>
      podTemplate({ deployedAs: 'name=openclaw later=x', login: { domainPrefix: 'team' } }),
    ).not.toThrow();
  });

  test('wants what the stack has said', () => {
    expect(() => podTemplate({ deployedAs: 'yesterday' })).toThrow();
  });
});

test('docs/changes.md is what the table says', async () => {
  const page = new URL('../../../docs/changes.md', import.meta.url).pathname;
  const style = await resolveConfig(page);
  await expect(await format(changesPage(), { ...style, parser: 'markdown' })).toMatchFileSnapshot(page);
});
