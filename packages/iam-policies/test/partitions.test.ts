import { createRequire } from 'node:module';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, it } from 'vitest';
import * as bedrock from '../src/catalogue/bedrock.ts';
import * as kms from '../src/catalogue/kms.ts';
import * as logs from '../src/catalogue/logs.ts';
import * as ssm from '../src/catalogue/ssm.ts';
import { domainOf, partitionOf } from '../src/index.ts';
import { decryptWith, encryptLogs } from '../src/intents/index.ts';

/** The SDK keeps its table to itself, but says what it makes of a Region. */
const sdk = createRequire(import.meta.url)('@aws-sdk/core/client') as {
  partition(region: string): { name: string; dnsSuffix: string };
};

const regions = RegionInfo.regions.map(({ name, partition, domainSuffix }) => ({
  name,
  partition: partition ?? '',
  domain: domainSuffix,
}));

it('knows as many Regions as CDK, of as many partitions as there are', () => {
  expect(regions.length).toBeGreaterThan(40);
  expect(new Set(regions.map(({ partition }) => partition))).toEqual(
    new Set(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f']),
  );
});

describe.each(regions)('$name', ({ name: region, partition, domain }) => {
  const place = { partition, region, account: '111122223333' };

  it('is in the partition that CDK and the AWS SDK say, with their domain', () => {
    const own = partitionOf(region)!;
    expect([own, domainOf(own)]).toEqual([partition, domain]);
    expect(sdk.partition(region)).toMatchObject({ name: partition, dnsSuffix: domain });
  });

  it('takes ARNs of its partition, and of no other', () => {
    const parameter = `arn:${partition}:ssm:${region}:111122223333:parameter/pod`;
    expect(ssm.parameter({ ...place, name: 'pod' })).toBe(parameter);
    expect(ssm.parameter(parameter)).toBe(parameter);
    const other = partition === 'aws' ? 'aws-eusc' : 'aws';
    expect(() => ssm.parameter({ ...place, partition: other, name: 'pod' })).toThrow(
      expect.objectContaining({ code: 'ARN_MALFORMED' }),
    );
    expect(() => bedrock.foundationModel({ partition: other, region, model: 'm' })).toThrow(
      expect.objectContaining({ code: 'ARN_MALFORMED' }),
    );
  });

  it('has services that speak for themselves by its own domain, and principals that IAM knows', () => {
    const { content } = decryptWith(kms.key({ ...place, id: 'k' }), { partition, region, via: 'ssm' });
    const hosts = content.conditions['StringEquals']?.['kms:ViaService'] ?? [];
    expect(hosts).toContain(`ssm.${region}.${domain}`);
    expect(hosts.every((host) => host.startsWith(`ssm.${region}.`))).toBe(true);
    expect(hosts.length).toBeLessThanOrEqual(2);
    const group = logs.logGroup({ ...place, name: '/pod' });
    expect(encryptLogs({ partition, region, logGroup: group }).content.principals).toEqual([
      { type: 'Service', id: `logs.${region}.${partition === 'aws-cn' ? domain : 'amazonaws.com'}` },
    ]);
  });
});

it.each(['', '*', 'eu-*', '${AWS::Region}', '${Token[AWS.Region.7]}', 'Frankfurt', 'eu-central'])(
  'does not guess the partition of %j',
  (region) => expect(partitionOf(region)).toBeUndefined(),
);
