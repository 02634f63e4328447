import { App, Stack } from 'aws-cdk-lib';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { expect, test } from 'vitest';
import { OpenClawPod, type OpenClawPodProps } from '../src/index.ts';
import { bundle, scratch } from './example-pod.ts';

function pods(...places: readonly (readonly [name: string, region: string])[]) {
  const app = new App({
    outdir: scratch(),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  for (const [index, [name, region]] of places.entries()) podIn(app, `S${index}`, region, { name });
  return app.synth();
}

function podIn(app: App, id: string, region: string, props: Partial<OpenClawPodProps>) {
  const stack = new Stack(app, id, { env: { account: '123456789012', region } });
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789',
    zoneName: 'example.com',
  });
  return new OpenClawPod(stack, 'Pod', {
    bundle,
    domain: { hostedZone, names: ['a.example.com'] },
    ...props,
  });
}

// Looked up zones would put the question off to a second synthesis.
test('two pods of one name in an account and a Region are refused', () => {
  const app = new App({
    outdir: scratch(),
    analyticsReporting: false,
    context: {
      'availability-zones:account=123456789012:region=eu-central-1': ['eu-central-1a', 'eu-central-1b'],
    },
  });
  podIn(app, 'One', 'eu-central-1', { name: 'team' });
  expect(() => podIn(app, 'Two', 'eu-central-1', { name: 'team' })).toThrow(
    expect.objectContaining({
      code: 'POD_NAME_TAKEN',
      message: expect.stringContaining('One/Pod is called team, too') as string,
    }),
  );
});

test('two names, or two Regions, are two pods', () => {
  expect(
    pods(['team', 'eu-central-1'], ['other', 'eu-central-1'], ['team', 'eu-west-1']).stacks,
  ).toHaveLength(3);
});

test('a part is given once, as something of before or as something that is there', () => {
  const app = new App({ outdir: scratch(), analyticsReporting: false });
  const parts = new Stack(app, 'Parts', { env: { account: '123456789012', region: 'eu-central-1' } });
  const fileSystem = efs.FileSystem.fromFileSystemAttributes(parts, 'Files', {
    fileSystemId: 'fs-0123456789abcdef0',
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(parts, 'Group', 'sg-0123456789abcdef0'),
  });
  expect(() =>
    podIn(app, 'Pod', 'eu-central-1', {
      existing: { fileSystem: { fileSystem } },
      retainedFrom: { fileSystemId: 'fs-0123456789abcdef0' },
    }),
  ).toThrow(expect.objectContaining({ code: 'EXISTING_PART_TWICE' }));
});
