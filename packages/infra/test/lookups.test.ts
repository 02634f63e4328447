import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { describe, expect, test } from 'vitest';
import { OpenClawPod, type OpenClawPodProps, type Template } from '../src/index.ts';
import { admin, bundle, resourcesOf, scratch, theOne } from './example-pod.ts';

type Context = Readonly<Record<string, unknown>>;
type Props = Partial<Omit<OpenClawPodProps, 'domain'>> & { domain?: Partial<OpenClawPodProps['domain']> };

/** One synthesis, as the CLI starts it: what it is to look up, and the template. */
function pass(props: (stack: Stack) => Props, context: Context = {}) {
  const app = new App({
    outdir: scratch(),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context,
  });
  const stack = new Stack(app, 'Team', { env: { account: '123456789012', region: 'eu-central-1' } });
  const { domain, ...rest } = props(stack);
  const hostedZone =
    domain?.hostedZone ??
    HostedZone.fromHostedZoneAttributes(stack, 'Own', {
      hostedZoneId: 'Z0123456789',
      zoneName: 'example.com',
    });
  new OpenClawPod(stack, 'Pod', {
    bundle,
    domain: { hostedZone, names: domain?.names ?? ['a.example.com'] },
    ...rest,
  });
  const assembly = app.synth();
  return {
    missing: (assembly.manifest.missing ?? []).map(({ key }) => key),
    template: assembly.getStackByName('Team').template as Template,
  };
}

const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];

/** What the CLI does: synthesizes, looks up what is missing, and synthesizes anew until nothing is. */
function deployed(props: (stack: Stack) => Props, found: (key: string) => unknown): Template {
  const first = pass(props);
  expect(first.missing).not.toEqual([]);
  const answer = (key: string) => (key.startsWith('availability-zones:') ? zones : found(key));
  const second = pass(props, Object.fromEntries(first.missing.map((key) => [key, answer(key)])));
  expect(second.missing).toEqual([]);
  return second.template;
}

const groups = (tiers: readonly (readonly [name: string, type: string, cidrs: readonly string[]])[]) => ({
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrBlock: '10.1.0.0/16',
  availabilityZones: [],
  subnetGroups: tiers.map(([name, type, cidrs]) => ({
    name,
    type,
    subnets: cidrs.map((cidr, index) => ({
      subnetId: `subnet-${name}${index}`,
      cidr,
      availabilityZone: `eu-central-1${'abc'[index]}`,
      routeTableId: `rtb-${name}${index}`,
    })),
  })),
});
const team = groups([
  ['Edge', 'Public', ['10.1.0.0/24', '10.1.1.0/24']],
  ['App', 'Private', ['10.1.2.0/24', '10.1.3.0/24']],
  ['Batch', 'Private', ['10.1.4.0/24', '10.1.5.0/24']],
]);

describe('a hosted zone by lookup', () => {
  const zone = (stack: Stack): Props => ({
    domain: { hostedZone: HostedZone.fromLookup(stack, 'Zone', { domainName: 'example.com' }) },
  });

  test('is looked up, and the records are in it', () => {
    const template = deployed(zone, () => ({ Id: '/hostedzone/Z9876543210', Name: 'example.com.' }));
    for (const [, { Properties }] of resourcesOf(template, 'AWS::Route53::RecordSet')) {
      expect(Properties).toHaveProperty('HostedZoneId', 'Z9876543210');
    }
  });

  test('is refused in the first pass when it is the wrong one whatever its id will be', () => {
    const other = (stack: Stack) => ({ domain: { ...zone(stack).domain, names: ['a.example.org'] } });
    expect(() => pass(other)).toThrow(expect.objectContaining({ code: 'DNS_NAME_OUTSIDE_ZONE' }));
  });

  test('is still checked when it was found', () => {
    expect(() => deployed(zone, () => ({ Id: 'no-zone', Name: 'example.com.' }))).toThrow(
      expect.objectContaining({ code: 'HOSTED_ZONE_INVALID' }),
    );
  });
});

describe('a VPC by lookup', () => {
  const inVpc =
    (choice: Partial<NonNullable<OpenClawPodProps['existingNetwork']>> = {}, network = {}) =>
    (stack: Stack): Props => ({
      existingNetwork: {
        vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0' }),
        ...choice,
      },
      network,
    });

  test('is looked up, and the gateway believes its subnets', () => {
    const template = deployed(inVpc(), () => team);
    const balancer = theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer.properties['Subnets']).toEqual(['subnet-Edge0', 'subnet-Edge1']);
    expect(JSON.stringify(theOne(template, 'AWS::SSM::Parameter').properties)).toContain('10.1.1.0/24');
    expect(JSON.stringify(template)).not.toContain('1.2.3.4');
  });

  test.for([
    ['by the names of its subnets', { subnetGroupName: 'Edge' }, { subnetGroupName: 'Batch' }],
    [
      'by a filter',
      { subnetType: ec2.SubnetType.PUBLIC, onePerAz: true },
      { availabilityZones: ['eu-central-1a'] },
    ],
  ] as const)('is looked up when the pod lives in it %s', ([, loadBalancerSubnets, gatewaySubnets]) => {
    const choice = { loadBalancerSubnets, gatewaySubnets: { ...gatewaySubnets } as ec2.SubnetSelection };
    const template = deployed(inVpc(choice), () => team);
    expect(theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties['Subnets']).toHaveLength(
      2,
    );
    expect(resourcesOf(template, 'AWS::EFS::MountTarget').length).toBeGreaterThan(0);
  });

  test('is looked up for an internal pod', () => {
    const choice = {
      loadBalancerSubnets: { subnetGroupName: 'App' },
      gatewaySubnets: { subnetGroupName: 'Batch' },
    };
    const template = deployed(inVpc(choice, { internetFacing: false }), () => team);
    expect(theOne(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties).toMatchObject({
      Scheme: 'internal',
      Subnets: ['subnet-App0', 'subnet-App1'],
    });
  });

  test.for([
    ['MACHINE_AMONG_TRUSTED_PROXIES', { gatewaySubnets: { subnetGroupName: 'Edge' } }],
    ['SUBNETS_SHARE_ZONE', { loadBalancerSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } }],
    [
      'SUBNETS_TOO_FEW',
      { loadBalancerSubnets: { subnetType: ec2.SubnetType.PUBLIC, availabilityZones: ['eu-central-1a'] } },
    ],
    ['SUBNETS_TOO_FEW', { gatewaySubnets: { subnetGroupName: 'App', availabilityZones: ['eu-central-1c'] } }],
  ] as const)('is refused with %s once it was found: %j', ([code, choice]) => {
    const unfrozen = structuredClone(choice) as object;
    expect(() => deployed(inVpc(unfrozen), () => team)).toThrow(expect.objectContaining({ code }));
  });
});

test('an image by lookup is looked up, and the instance runs it', () => {
  const image = (stack: Stack): Props => ({
    machine: {
      imageId: ec2.MachineImage.lookup({ name: 'team-al2023-*', owners: ['self'] }).getImage(stack).imageId,
    },
  });
  const template = deployed(image, () => 'ami-0fedcba9876543210');
  expect(theOne(template, 'AWS::EC2::LaunchTemplate').properties['LaunchTemplateData']).toHaveProperty(
    'ImageId',
    'ami-0fedcba9876543210',
  );
});

test('the rules of CloudFormation, where they are errors, do not end a first synthesis before anything is looked up', () => {
  const app = new App({
    outdir: scratch(),
    analyticsReporting: false,
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  const stack = new Stack(app, 'Team', { env: { account: '123456789012', region: 'eu-central-1' } });
  new OpenClawPod(stack, 'Pod', {
    bundle,
    domain: {
      hostedZone: HostedZone.fromLookup(stack, 'Zone', { domainName: 'example.com' }),
      names: ['a.example.com'],
    },
    existingNetwork: { vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-0123456789abcdef0' }) },
    openclaw: { admins: [StringParameter.valueFromLookup(stack, '/team/admin')] },
  });
  const missing = app.synth().manifest.missing ?? [];
  expect(new Set<string>(missing.map(({ provider }) => provider))).toEqual(
    new Set(['hosted-zone', 'ssm', 'vpc-provider']),
  );
});

describe('a parameter by lookup', () => {
  const ollama = { version: '0.12.3', sha256: 'a'.repeat(64) };
  const everyText: readonly (readonly [where: string, found: string, props: (text: string) => Props])[] = [
    ['name', 'team-pod', (name) => ({ name })],
    ['domain.names', 'b.example.com', (name) => ({ domain: { names: [name] } })],
    [
      'a part of domain.names',
      'b',
      (label) => ({ domain: { names: ['a.example.com', `${label}.example.com`] } }),
    ],
    ['openclaw.version', '2026.9.6', (version) => ({ openclaw: { version: version as '2026.9.6' } })],
    ['openclaw.admins', admin, (sub) => ({ openclaw: { admins: [sub] } })],
    ['openclaw.model.id', 'eu.amazon.nova-lite-v1:0', (id) => ({ openclaw: { model: { id } } })],
    [
      'openclaw.model.name',
      'Nova',
      (name) => ({ openclaw: { model: { id: 'eu.amazon.nova-lite-v1:0', name } } }),
    ],
    ['openclaw.config', 'All', (text) => ({ openclaw: { config: { messages: { responsePrefix: text } } } })],
    ['ollama.version', '0.12.3', (version) => ({ ollama: { ...ollama, version } })],
    ['ollama.sha256', 'b'.repeat(64), (sha256) => ({ ollama: { ...ollama, sha256 } })],
    ['ollama.url', 'https://example.com/o.tar.zst', (url) => ({ ollama: { ...ollama, url } })],
    ['ollama.models', 'llama3.2:3b', (model) => ({ ollama: { ...ollama, models: [model] } })],
    ['login.mfa', 'required', (mfa) => ({ login: { mfa: mfa as 'required' } })],
    ['login.sessionHours', '12', (hours) => ({ login: { sessionHours: Number(hours) } })],
    ['login.domainPrefix', 'team-claw', (domainPrefix) => ({ login: { domainPrefix } })],
    ['network.cidr', '10.9.0.0/16', (cidr) => ({ network: { cidr } })],
    ['network.allowedCidrs', '10.0.0.0/8', (cidr) => ({ network: { allowedCidrs: [cidr] } })],
    ['network.trustedProxies', '10.0.0.0/24', (cidr) => ({ network: { trustedProxies: [cidr] } })],
    ['machine.architecture', 'arm64', (text) => ({ machine: { architecture: text as 'arm64' } })],
    ['machine.instanceType', 't4g.large', (instanceType) => ({ machine: { instanceType } })],
    ['machine.imageId', 'ami-0123456789abcdef0', (imageId) => ({ machine: { imageId } })],
    ['machine.imageParameter', '/team/image', (imageParameter) => ({ machine: { imageParameter } })],
    ['healthCheck.path', '/healthz', (path) => ({ healthCheck: { path } })],
    ['storage.databases', 'efs', (text) => ({ storage: { databases: text as 'efs' } })],
    ['logs.retentionDays', '30', (days) => ({ logs: { retentionDays: Number(days) } })],
  ];

  test.for(everyText)('may be %s', ([, found, props]) => {
    const template = deployed(
      (stack) => props(StringParameter.valueFromLookup(stack, '/team/value')),
      () => found,
    );
    expect(JSON.stringify(template)).not.toContain('dummy-value-for');
  });

  test.for(everyText.filter(([where]) => !/config|model.name|imageParameter/.test(where)))(
    'is still checked when it was found: %s',
    ([, , props]) => {
      const wrong = (stack: Stack) => props(StringParameter.valueFromLookup(stack, '/team/value'));
      expect(() => deployed(wrong, () => 'so wrong {')).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^[A-Z_]+$/) as string }),
      );
    },
  );

  test('does not put off what is wrong beside it', () => {
    const twice = (stack: Stack): Props => ({
      name: 'My Pod',
      login: { domainPrefix: StringParameter.valueFromLookup(stack, '/team/value') },
    });
    expect(() => pass(twice)).toThrow(
      expect.objectContaining({
        code: 'NAME_INVALID',
        message: expect.not.stringContaining('dummy') as string,
      }),
    );
  });
});
