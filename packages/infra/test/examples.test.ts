import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Template } from '../src/index.ts';
import { resourcesOf } from './example-pod.ts';
import { unauthenticatedWays } from './unauthenticated.ts';

const folder = new URL('../examples/', import.meta.url);
const examples = readdirSync(folder).toSorted();

/** What the CLI would find in the account. */
function found(key: string): unknown {
  if (key.startsWith('availability-zones:')) return ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
  if (key.startsWith('hosted-zone:')) return { Id: '/hostedzone/Z9876543210', Name: 'example.com.' };
  if (!key.startsWith('vpc-provider:')) throw new Error(`What is looked up by ${key}?`);
  const tier = (name: string, type: string, from: number) => ({
    name,
    type,
    subnets: ['a', 'b'].map((zone, index) => ({
      subnetId: `subnet-0123456789abcde${from}${index}`,
      cidr: `10.1.${from + index}.0/24`,
      availabilityZone: `eu-central-1${zone}`,
      routeTableId: `rtb-0123456789abcde${from}${index}`,
    })),
  });
  return {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.1.0.0/16',
    availabilityZones: [],
    subnetGroups: [tier('Edge', 'Public', 0), tier('App', 'Private', 2), tier('Batch', 'Private', 4)],
  };
}

const flags = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json') as object;

/** One synthesis, with every rule that there is: those of CloudFormation and those of cdk-nag. */
async function synthesis(file: string, context: object) {
  vi.resetModules();
  vi.stubEnv(
    'CDK_CONTEXT_JSON',
    JSON.stringify({ ...flags, '@aws-cdk/core:validateAgainstDefaultRules': true, ...context }),
  );
  const { app } = (await import(new URL(file, folder).pathname)) as { app: App };
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  return app.synth();
}

/** As the CLI does it: what is to be looked up is, and then it is synthesized anew. */
async function deployed(file: string): Promise<Template> {
  const first = await synthesis(file, {});
  const missing = first.manifest.missing ?? [];
  const assembly =
    missing.length === 0
      ? first
      : await synthesis(file, Object.fromEntries(missing.map(({ key }) => [key, found(key)])));
  expect(assembly.manifest.missing ?? []).toEqual([]);
  expect(assembly.stacks).toHaveLength(1);
  return assembly.stacks[0]!.template as Template;
}

afterEach(() => vi.unstubAllEnvs());

test('there is an example of what people ask for first', () => {
  expect(examples).toEqual([
    'another-app.ts',
    'closed-network.ts',
    'existing-vpc.ts',
    'internal.ts',
    'minimal.ts',
  ]);
});

describe.each(examples)('%s', (file) => {
  test('synthesizes, and no rule finds anything', { timeout: 60_000 }, async () => {
    const template = await deployed(file);
    expect(Object.keys(template.Resources).length).toBeGreaterThan(0);
    const pods = resourcesOf(template, 'AWS::AutoScaling::AutoScalingGroup');
    expect(pods).toHaveLength(file === 'another-app.ts' ? 0 : 1);
    expect(unauthenticatedWays(template)).toEqual([]);
    const balancers = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const open = balancers.filter(([, { Properties }]) => Properties?.['Scheme'] === 'internet-facing');
    expect(open).toHaveLength(['minimal.ts', 'existing-vpc.ts'].includes(file) ? 1 : 0);
  });

  test('is in the README', () => {
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(`(examples/${file})`);
  });
});
