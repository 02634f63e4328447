import { parsePodSpec } from '@clawharbor/bootstrap/spec';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, test } from 'vitest';
import { podConfigSchema } from '../src/index.ts';
import { exampleConfig, podTemplate, resourcesOf, specOf, theOne } from './example-pod.ts';

/** The last Region of each partition that CDK knows. */
const regions = [...new Map(RegionInfo.regions.map((region) => [region.partition, region])).values()].map(
  ({ name, partition, domainSuffix }) => ({ name, partition: partition!, domain: domainSuffix! }),
);

test('there are eight partitions', () => expect(regions).toHaveLength(8));

describe.each(regions)('$partition, in $name', ({ name: region, partition, domain }) => {
  const overrides = { region, openclaw: { model: { id: 'amazon.nova-pro-v1:0' } }, logs: { encrypt: true } };
  const template = podTemplate(overrides);

  test('calls models by the domain of the partition', () => {
    const { openclaw } = specOf(template);
    expect(openclaw.config).toHaveProperty(
      'models.providers.amazon-bedrock.baseUrl',
      `https://bedrock-runtime.${region}.${domain}`,
    );
  });

  test('gives the instance a spec that it takes', () => {
    const place = `${region}:123456789012`;
    const made: readonly [RegExp, string][] = [
      [/Secrets.*Key/, `arn:${partition}:kms:${place}:key/pod`],
      [/Secrets/, `arn:${partition}:secretsmanager:${place}:secret:pod-AbCdEf`],
      [/FileSystem(State|Artifacts)/, 'fsap-0123456789abcdef0'],
      [/FileSystem/, 'fs-0123456789abcdef0'],
      [/UserPool/, `${region}_Example`],
      [/Client/, 'client'],
      [/Entrance/, `arn:${partition}:elasticloadbalancing:${place}:loadbalancer/app/pod/1`],
      [/./, 'archives'],
    ];
    const known = JSON.stringify(specOf(template)).replace(
      /<[^>]*>/g,
      (found) => made.find(([name]) => name.test(found))![1],
    );
    expect(parsePodSpec(JSON.parse(known), 'The spec').region).toBe(region);
  });

  test('tells the instance who names its people', () => {
    const { issuer } = specOf(template)['login'] as { issuer?: string };
    const elsewhere = new RegExp(
      `^https://cognito-idp\\.${region}\\.${domain.replaceAll('.', '\\.')}/<.*UserPool`,
    );
    if (domain === 'amazonaws.com') expect(issuer).toBeUndefined();
    else expect(issuer).toMatch(elsewhere);
  });

  // https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
  test('tells the instance where they sign out', () => {
    const { url } = specOf(template)['login'] as { url: string };
    const host = partition === 'aws-us-gov' ? 'auth-fips' : 'auth';
    expect(url).toMatch(new RegExp(`\\.${host}\\.${region}\\.amazoncognito\\.com$`));
  });

  test('lets keys be used through services by that domain, and by principals that exist', () => {
    const policies = JSON.stringify([
      ...resourcesOf(template, 'AWS::IAM::Policy'),
      ...resourcesOf(template, 'AWS::KMS::Key'),
    ]);
    expect(policies).toContain(`secretsmanager.${region}.${domain}`);
    expect(policies).toContain(`s3.${region}.${domain}`);
    expect(policies).toContain(`logs.${region}.${partition === 'aws-cn' ? domain : 'amazonaws.com'}`);
    expect(policies).not.toMatch(/arn:aws:/);
    expect(JSON.stringify(theOne(template, 'AWS::IAM::Role').properties)).toContain('ec2.amazonaws.com');
  });
});

test('no geography is taken for another: a default model there is only where AWS lists one', () => {
  for (const region of ['eusc-de-east-1', 'eu-isoe-west-1', 'us-gov-west-1', 'us-iso-east-1', 'cn-north-1']) {
    expect(() => podTemplate({ region }), region).toThrow(
      expect.objectContaining({ code: 'MODEL_UNKNOWN_IN_REGION' }),
    );
  }
});

test.each(['Frankfurt', 'eu-central', 'eu_central_1', 'europe-west-1x', ''])('%j is no Region', (region) => {
  const { error } = podConfigSchema.safeParse({ ...exampleConfig, region });
  expect(error?.issues[0]).toMatchObject({ path: ['region'], params: { code: 'REGION_INVALID' } });
});
